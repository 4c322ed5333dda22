"""Where an existing test may do more or other things than it does: pass, set, or leave at its default.

A keyword of a call, an option of a command's words, a key, an attribute, a class of the same kind.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import islice, permutations
from typing import TypeAlias

from msgspec.structs import replace

from pytest_enrich.data import Hole, Span, Template
from pytest_enrich.proposers.rows import asked, steps
from pytest_enrich.proposers.rows.addable import ATTRIBUTE, INSTEAD, ITEM, KEYS, WORDS, Addable, Keyword, Kin
from pytest_enrich.proposers.rows.asked import Option
from pytest_enrich.proposers.rows.mocks import MOCKS, NOT_BY_ITSELF, PATCHES, RAISES, RETURNS
from pytest_enrich.writing.syntax import (
    Edit,
    Function,
    Text,
    arguments,
    calls,
    inner_nodes,
    is_literal,
    last_name,
    span,
)

NOTHING = {WORDS: "[]", KEYS: "{}"}
"""What stands for nothing added; for a keyword it is `...`."""
Holder: TypeAlias = ast.List | ast.Dict | ast.Call
RUNNERS = {"invoke", "main", "run", "parse_args", "parse_known_args", "call"}
"""Functions that a command's words are passed to."""
MOST_HOLES, MOST_VALUES, MOST_WORDS, MOST_NAMED = 24, 6, 8, 4
MOST_DEFAULTS = 8
MOST_SETTINGS, MOST_SET = 12, 5
MOST_KIN = 8


def added_holes(function: Function, known: Addable) -> list[Hole]:
    """The places in a test's body where something of what is known may be added."""
    made = list(calls(function))
    words = {span(one): one for call in made if last_name(call.func) in RUNNERS for one in _lists(call)}
    named = _identifiers(function)
    told = {span(one) for node in ast.walk(function) if isinstance(node, ast.Compare) for one in node.comparators}
    held = (node for node in inner_nodes(function) if isinstance(node, ast.Dict))
    found = [
        *(hole for call in made for hole in (*_of_call(call, known), *_of_mock(call, known))),
        *(_of_words(one, named, known) for one in words.values()),
        *(_of_keys(one, known) for one in held if span(one) not in told),
    ]
    return [one for one in found if one.offers][:MOST_HOLES]


def with_words(hole: Hole, function: Function, known: Addable) -> Hole:
    """A parameter that is the words of a command in its rows, and the options that they do without."""
    rows = [words for value in hole.values if hole.name and (words := _listed_words(value)) is not None]
    if not any(word[:1] == "-" for words in rows for word in words):
        return hole
    plain = [*(word for words in rows for word in words if word[:1] not in {"-", ""}), *_identifiers(function)]
    shortest = min(rows, key=len)
    added = (taken for option in known.options for taken in islice(_with_words(option, plain), MOST_VALUES))
    return replace(hole, offers=tuple(repr([*shortest, *one]) for one in added))


def with_keys(hole: Hole, function: Function, known: Addable) -> Hole:
    """A literal or a parameter that a function looks up in a table, and the other keys of that."""
    made = calls(function) if known.tables else ()
    passed = ((call, one) for call in made for one in arguments(call))
    mine = ((call, one) for call, one in passed if _is_of(hole, one))
    keys = dict.fromkeys(key for call, one in mine for key in asked.table_keys(call, one, known.tables))
    return replace(hole, offers=(*hole.offers, *(key for key in keys if key not in hole.values)))


def _is_of(hole: Hole, argument: ast.expr) -> bool:
    """Whether it is what stands in a hole, or the parameter that it is."""
    is_parameter = isinstance(argument, ast.Name) and argument.id == hole.name
    return is_parameter or (hole.span == span(argument) and not hole.adds)


def _listed_words(value: str) -> list[str] | None:
    """The texts of a list; None where it is none, or of something else."""
    try:
        words = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return None
    return words if isinstance(words, list) and all(isinstance(one, str) for one in words) else None


def adding_edit(text: Text, hole: Hole, value: str) -> Edit:
    """What writes the value of such a hole into the test."""
    node = _holder(text.tree, hole)
    given = next(
        (one for one in getattr(node, "keywords", ()) if hole.adds == RAISES and one.arg == RETURNS), None
    )
    if given is not None:  # what it gives says nothing any more
        return span(given), f"{RAISES}={value}"
    added = value[1:-1] if hole.adds in NOTHING else f"{hole.adds}={value}"
    ends = [span(one)[2:] for one in _held(node)]
    line, column = max(ends, default=(node.end_lineno or 0, (node.end_col_offset or 1) - 1))
    return (line, column, line, column), f", {added}" if ends else added


def _holder(tree: ast.Module, hole: Hole) -> Holder:
    """The list, the dictionary, or the call, that something is added to."""
    sort = {WORDS: ast.List, KEYS: ast.Dict}.get(hole.adds, ast.Call)
    held = (node for node in ast.walk(tree) if isinstance(node, Holder) and isinstance(node, sort))
    return next(one for one in held if span(one.func if isinstance(one, ast.Call) else one) == hole.span)


def _held(node: Holder) -> list[ast.expr]:
    """What is in it by now."""
    if isinstance(node, ast.Call):
        return arguments(node)
    return [*(node.elts if isinstance(node, ast.List) else node.values)]


def _of_call(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """A keyword that it does not pass yet; none where the code cannot take it, or all of them are passed on."""
    is_about = {last_name(one) for one in (call.func, *call.args)} & known.callables
    is_open = any(one.arg is None for one in call.keywords) or any(
        isinstance(one, ast.GeneratorExp) for one in call.args
    )
    if not is_about or is_open:
        return
    passed = {one.arg for one in call.keywords}
    for keyword in known.keywords:
        if keyword.name not in passed:
            yield _hole(span(call.func), keyword.name, keyword.values)


def _of_mock(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """That what stands for a collaborator raises what is caught, where the test says only what it gives."""
    name, passed = last_name(call.func), {one.arg for one in call.keywords}
    is_mock = (name in {*MOCKS, *PATCHES} and RETURNS in passed) or len(call.args) == PATCHES.get(name, -1)
    if is_mock and not passed & {RAISES, *NOT_BY_ITSELF}:
        yield _hole(span(call.func), RAISES, known.caught)


def _identifiers(function: Function) -> list[str]:
    """What the test names otherwise: the columns of its table, the keys of its document."""
    constants = (node for node in inner_nodes(function) if isinstance(node, ast.Constant))
    texts = (node.value for node in constants if isinstance(node.value, str) and node.value.isidentifier())
    return [*dict.fromkeys(texts)][:MOST_NAMED]


def _of_words(words: ast.List, named: Sequence[str], known: Addable) -> Hole:
    texts = [one.value for one in words.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    plain = [*(one for one in named if one not in texts), *(one for one in texts if one[:1] not in {"-", ""})]
    offers = [repr([*taken]) for option in known.options for taken in _with_words(option, plain)]
    return _hole(span(words), WORDS, tuple(offers), most=MOST_VALUES * MOST_WORDS)


def _of_keys(known_by: ast.Dict, known: Addable) -> Hole:
    """Keys that a dictionary of texts lacks."""
    texts = {getattr(one, "value", None) for one in known_by.keys}
    is_named = all(isinstance(one, str) for one in texts)
    lacking = [one for one in known.keys if one.name not in texts] if is_named else []
    offers = [f"{{{one.name!r}: {value}}}" for one in lacking for value in one.values]
    return _hole(span(known_by), KEYS, offers, most=MOST_VALUES * MOST_WORDS)


def _with_words(option: Option, texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The option with words for it: its choices, else those that stand there, and plain ones."""
    each = dict.fromkeys([*option.choices] or [*texts, "1", "a"])
    several = permutations([*each][:MOST_WORDS], option.words)
    yield from ((option.text, *words) for words in islice(several, MOST_WORDS))


def _hole(place: Span, adds: str, offers: Sequence[str], most: int = MOST_VALUES) -> Hole:
    return Hole(span=place, values=(NOTHING.get(adds, "..."),), adds=adds, offers=tuple(offers[:most]))


def _lists(call: ast.Call) -> Iterator[ast.List]:
    """The lists of words among its arguments, those that something is added to included."""
    for argument in arguments(call):
        left = argument
        while isinstance(left, ast.BinOp):
            left = left.left
        if isinstance(left, ast.List):
            yield left


def with_default(hole: Hole, function: Function, known: Addable) -> Hole:
    """A literal that is an optional argument, with its default besides."""
    passed = (
        default for one, default in _passed_defaults(function, known) if span(one) == hole.span and not hole.adds
    )
    return replace(hole, offers=(*hole.offers, *(one for one in passed if one not in hole.values)))


def default_holes(text: Text, function: Function, known: Addable) -> list[Hole]:
    """A place for each other optional argument."""
    passed = [(one, default) for one, default in _passed_defaults(function, known) if not is_literal(one)]
    found = ((span(one), text.source(one), default) for one, default in passed)
    made = (Hole(span=at, values=(own,), adds=INSTEAD, offers=(default,)) for at, own, default in found)
    return [one for one in made if one.offers != one.values][:MOST_DEFAULTS]


def _passed_defaults(function: Function, known: Addable) -> Iterator[tuple[ast.expr, str]]:
    """What the calls pass for parameters of which the default is known, and that."""
    values = {one.name: one.default for one in known.keywords if one.default}
    for call in (one for one in calls(function) if last_name(one.func) in known.callables):
        yield from ((one.value, values[one.arg]) for one in call.keywords if one.arg in values)


def kin_holes(text: Text, function: Function, kin: Kin) -> list[Hole]:
    """The places where a test makes another one: its class, and the whole call, where that passes something."""
    made = kin.made(function)
    found: list[tuple[ast.expr, Template]] = [(one.func, kin.own) for one in made]
    found += [(one, f"{kin.own}()") for one in made if one.args or one.keywords]
    places = ((span(one), text.source(one), other) for one, other in found[:MOST_KIN])
    return [Hole(span=place, values=(own,), adds=INSTEAD, offers=(other,)) for place, own, other in places]


def is_setting(hole: Hole) -> bool:
    """Whether it is a place for one more assignment."""
    return hole.adds[:1] in {ATTRIBUTE, ITEM}


def setting_holes(function: Function, known: Addable) -> list[Hole]:
    """A place behind the last assignment to each object, for each of what the target asks of such objects."""
    assigned = {(ast.unparse(target.value), _set_part(target)[0]): one for one, target in _assignments(function)}
    known_by = {ATTRIBUTE: known.attributes, ITEM: known.keys}
    there = {f"{ast.unparse(target.value)}{_set_part(target)}" for _, target in _assignments(function)}
    found = []
    for (receiver, kind), statement in assigned.items():
        lacking = ((_adds(kind, one.name), one) for one in known_by[kind])
        found += [_setting_hole(statement, adds, one) for adds, one in lacking if f"{receiver}{adds}" not in there]
    return found[:MOST_SETTINGS]


def setting_edit(text: Text, hole: Hole, value: str) -> Edit:
    """What writes such an assignment below the one that is there."""
    statements = (one for one in ast.walk(text.tree) if isinstance(one, ast.Assign))
    one = next(one for one in statements if span(one) == hole.span)
    target = one.targets[0]
    assert isinstance(target, ast.Attribute | ast.Subscript)
    last, end = span(one)[2:]
    line = f"{' ' * one.col_offset}{text.source(target.value)}{hole.adds} = {value}"
    return (last, end, last, end), f"\n{line}"


def _assignments(function: Function) -> Iterator[tuple[ast.stmt, ast.Attribute | ast.Subscript]]:
    """The steps that set an attribute or a key of what a name, or an attribute of one, stands for."""
    places = {one.span for one in steps.step_holes(function) if one.span is not None}
    for step in steps.statements_at(function, places):
        target = step.targets[0] if isinstance(step, ast.Assign) else None
        if isinstance(target, ast.Attribute) or (
            isinstance(target, ast.Subscript)
            and isinstance(target.slice, ast.Constant)
            and isinstance(target.slice.value, str)
        ):
            yield step, target


def _set_part(target: ast.Attribute | ast.Subscript) -> str:
    """What it sets, as `Hole.adds` has it."""
    if isinstance(target, ast.Attribute):
        return _adds(ATTRIBUTE, target.attr)
    assert isinstance(target.slice, ast.Constant)
    return _adds(ITEM, str(target.slice.value))


def _adds(kind: str, name: str) -> str:
    return f".{name}" if kind == ATTRIBUTE else f'["{name}"]'


def _setting_hole(statement: ast.stmt, adds: str, asked: Keyword) -> Hole:
    place: Span = span(statement)
    return Hole(span=place, values=("...",), adds=adds, offers=asked.values[:MOST_SET])
