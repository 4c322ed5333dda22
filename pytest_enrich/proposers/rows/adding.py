"""Where an existing test may do more or other things than it does: pass, set, or leave at its default.

A keyword of a call, an option of a command's words, a key, an attribute, a class of the same kind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, permutations
from typing import TypeAlias
from urllib.parse import urlencode

from msgspec.structs import replace

from pytest_enrich.data import Hole, Span, Template
from pytest_enrich.proposers.rows import asked, steps
from pytest_enrich.proposers.rows.addable import ATTRIBUTE, INSTEAD, ITEM, KEYS, METHOD, VERBS, WORDS, Addable, Kin
from pytest_enrich.proposers.rows.mocks import MOCKS, NOT_BY_ITSELF, PATCHES, RAISES, RETURNS
from pytest_enrich.proposers.rows.options import Option
from pytest_enrich.writing.syntax import (
    Edit,
    Function,
    Text,
    arguments,
    calls,
    is_literal,
    last_name,
    nodes_of,
    span,
    texts,
)

NOTHING = {WORDS: "[]", KEYS: "{}"}
"""What stands for nothing added; for a keyword it is `...`."""
Holder: TypeAlias = ast.List | ast.Dict | ast.Call
RUNNERS = {"invoke", "main", "run", "parse_args", "parse_known_args", "call"}
"""Functions that a command's words are passed to."""
PATH = re.compile(r"(https?:/)?/[\w./~-]*(\?\S*)?")
"""What stands for a page of a server."""
MOST_HOLES, MOST_VALUES, MOST_WORDS, MOST_NAMED = 24, 6, 8, 4
MOST_DEFAULTS = 8
MOST_SETTINGS, MOST_SET = 12, 5
MOST_KIN = 8


def added_holes(function: Function, known: Addable) -> list[Hole]:
    """The places in a test's body where something of what is known may be added."""
    made = list(calls(function))
    words = {span(node): node for call in made if last_name(call.func) in RUNNERS for node in _lists(call)}
    named = _identifiers(function)
    compared = {span(node) for test in nodes_of(ast.Compare, function) for node in test.comparators}
    holes = [
        *(hole for call in made for hole in (*_of_call(call, known), *_of_mock(call, known))),
        *(_of_words(node, named, known) for node in words.values()),
        *(_of_keys(node, known) for node in nodes_of(ast.Dict, *function.body) if span(node) not in compared),
    ]
    return [hole for hole in holes if hole.offers][:MOST_HOLES]


def adding_edit(text: Text, hole: Hole, value: str) -> Edit:
    """What writes the value of such a hole into the test."""
    node = _holder(text.tree, hole)
    keywords = getattr(node, "keywords", ()) if hole.adds == RAISES else ()
    returned = next((keyword for keyword in keywords if keyword.arg == RETURNS), None)
    if returned is not None:  # what the mock gives says nothing any more
        return span(returned), f"{RAISES}={value}"
    added = value[1:-1] if hole.adds in NOTHING else f"{hole.adds}={value}"
    ends = [span(part)[2:] for part in _parts(node)]
    line, column = max(ends, default=(node.end_lineno or 0, (node.end_col_offset or 1) - 1))
    return (line, column, line, column), f", {added}" if ends else added


def with_words(hole: Hole, function: Function, known: Addable) -> Hole:
    """A parameter that is the words of a command in its rows, and the options that they do without."""
    rows = [words for value in hole.values if hole.name and (words := _listed_words(value)) is not None]
    if not any(word[:1] == "-" for words in rows for word in words):
        return hole
    plain = [*(word for words in rows for word in words if word[:1] not in {"-", ""}), *_identifiers(function)]
    shortest = min(rows, key=len)
    added = (words for option in known.options for words in islice(_with_option(option, plain), MOST_VALUES))
    return replace(hole, offers=tuple(repr([*shortest, *words]) for words in added))


def with_keys(hole: Hole, function: Function, known: Addable) -> Hole:
    """A literal or a parameter that a function looks up in a table, and the other keys of that."""
    made = calls(function) if known.tables else ()
    pairs = ((call, argument) for call in made for argument in arguments(call) if _is_of(hole, argument))
    keys = dict.fromkeys(key for pair in pairs for key in asked.table_keys(*pair, known.tables))
    return _offering(hole, keys)


def with_query(hole: Hole, known: Addable) -> Hole:
    """A path on a server, and it with what the code behind it takes besides, as a query."""
    paths = [text for value in hole.values if isinstance(text := _value(value), str) and PATH.fullmatch(text)]
    if hole.adds or not paths or len(paths) < len(hole.values):
        return hole
    start = f"{paths[0].partition('?')[0]}?"
    given = (
        (keyword.name, _value(value)) for keyword in (*known.keywords, *known.keys) for value in keyword.values
    )
    plain = ((name, value) for name, value in given if isinstance(value, str | int))
    queries = dict.fromkeys(urlencode({name: value}) for name, value in plain)
    return _offering(hole, islice((repr(start + query) for query in queries), MOST_VALUES * MOST_NAMED))


def with_default(hole: Hole, function: Function, known: Addable) -> Hole:
    """A literal that is an optional argument, with its default besides."""
    passed = _passed_defaults(function, known) if not hole.adds else ()
    return _offering(hole, [default for value, default in passed if span(value) == hole.span])


def default_holes(text: Text, function: Function, known: Addable) -> list[Hole]:
    """A place for each other optional argument."""
    passed = ((value, default) for value, default in _passed_defaults(function, known) if not is_literal(value))
    holes = (_instead(text, value, default) for value, default in passed)
    return [hole for hole in holes if hole.offers != hole.values][:MOST_DEFAULTS]


def verb_holes(function: Function, known: Addable) -> list[Hole]:
    """The places where a client asks by one method, for the others that the code tells apart."""
    named = (call.func for call in calls(function) if isinstance(call.func, ast.Attribute) and known.verbs)
    return [
        Hole(
            span=span(node),
            values=(repr(node.attr),),
            adds=METHOD,
            offers=tuple(repr(verb) for verb in sorted({"get", *known.verbs} - {node.attr})),
        )
        for node in named
        if node.attr in VERBS
    ]


def kin_holes(text: Text, function: Function, kin: Kin) -> list[Hole]:
    """The places where a test makes another one: its class, and the whole call, where that passes something."""
    made = kin.made(function)
    places: list[tuple[ast.expr, Template]] = [(call.func, kin.own) for call in made]
    places += [(call, f"{kin.own}()") for call in made if call.args or call.keywords]
    return [_instead(text, node, other) for node, other in places[:MOST_KIN]]


def is_setting(hole: Hole) -> bool:
    """Whether it is a place for one more assignment."""
    return hole.adds[:1] in {ATTRIBUTE, ITEM}


def setting_holes(function: Function, known: Addable) -> list[Hole]:
    """A place behind the last assignment to each object, for each of what the target asks of such objects."""
    assignments = [(step, ast.unparse(target.value), _set_part(target)) for step, target in _assignments(function)]
    last = {(receiver, part[0]): step for step, receiver, part in assignments}
    there = {f"{receiver}{part}" for _, receiver, part in assignments}
    asked_for = {ATTRIBUTE: known.attributes, ITEM: known.keys}
    holes = [
        Hole(span=span(step), values=("...",), adds=part, offers=keyword.values[:MOST_SET])
        for (receiver, kind), step in last.items()
        for keyword in asked_for[kind]
        if f"{receiver}{(part := _part(kind, keyword.name))}" not in there
    ]
    return holes[:MOST_SETTINGS]


def setting_edit(text: Text, hole: Hole, value: str) -> Edit:
    """What writes such an assignment below the one that is there."""
    statement = next(node for node in nodes_of(ast.Assign, text.tree) if span(node) == hole.span)
    target = statement.targets[0]
    assert isinstance(target, ast.Attribute | ast.Subscript)
    line, end = span(statement)[2:]
    code = f"{' ' * statement.col_offset}{text.source(target.value)}{hole.adds} = {value}"
    return (line, end, line, end), f"\n{code}"


def _offering(hole: Hole, values: Iterable[str]) -> Hole:
    """The hole with these besides."""
    return replace(hole, offers=(*hole.offers, *(value for value in values if value not in hole.values)))


def _instead(text: Text, node: ast.expr, other: Template) -> Hole:
    """A place for something else than an expression."""
    return Hole(span=span(node), values=(text.source(node),), adds=INSTEAD, offers=(other,))


def _is_of(hole: Hole, argument: ast.expr) -> bool:
    """Whether it is what stands in a hole, or the parameter that it is."""
    is_parameter = isinstance(argument, ast.Name) and argument.id == hole.name
    return is_parameter or (hole.span == span(argument) and not hole.adds)


def _value(template: str) -> object:
    """Of a literal; None for anything else."""
    try:
        value: object = ast.literal_eval(template)
    except (ValueError, SyntaxError):
        return None
    return value


def _listed_words(value: str) -> list[str] | None:
    """The texts of a list; None where it is none, or of something else."""
    words = _value(value)
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def _holder(tree: ast.Module, hole: Hole) -> Holder:
    """The list, the dictionary, or the call, that something is added to."""
    sort = {WORDS: ast.List, KEYS: ast.Dict}.get(hole.adds, ast.Call)
    holders = (node for node in ast.walk(tree) if isinstance(node, Holder) and isinstance(node, sort))
    return next(node for node in holders if span(node.func if isinstance(node, ast.Call) else node) == hole.span)


def _parts(holder: Holder) -> list[ast.expr]:
    """What is in it by now."""
    if isinstance(holder, ast.Call):
        return arguments(holder)
    return [*(holder.elts if isinstance(holder, ast.List) else holder.values)]


def _of_call(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """A keyword that it does not pass yet; none where the code cannot take it, or all of them are passed on."""
    is_about = set(map(last_name, (call.func, *call.args))) & known.callables
    keywords = known.keywords if is_about else known.made.get(last_name(call.func), ())
    passed = {keyword.arg for keyword in call.keywords}
    if None not in passed and not any(isinstance(value, ast.GeneratorExp) for value in call.args):
        for keyword in keywords:
            if keyword.name not in passed:
                yield _hole(span(call.func), keyword.name, keyword.values)


def _of_mock(call: ast.Call, known: Addable) -> Iterator[Hole]:
    """That what stands for a collaborator raises what is caught, where the test says only what it gives."""
    name, passed = last_name(call.func), {keyword.arg for keyword in call.keywords}
    is_mock = (name in {*MOCKS, *PATCHES} and RETURNS in passed) or len(call.args) == PATCHES.get(name, -1)
    if is_mock and not passed & {RAISES, *NOT_BY_ITSELF}:
        yield _hole(span(call.func), RAISES, known.caught)


def _of_words(words: ast.List, named: Sequence[str], known: Addable) -> Hole:
    there = [*texts(words.elts)]
    plain = [
        *(name for name in named if name not in there),
        *(word for word in there if word[:1] not in {"-", ""}),
    ]
    offers = [repr([*added]) for option in known.options for added in _with_option(option, plain)]
    return _hole(span(words), WORDS, offers, most=MOST_VALUES * MOST_WORDS)


def _of_keys(mapping: ast.Dict, known: Addable) -> Hole:
    """Keys that a dictionary of texts lacks; a parameter or a field is one where a client sends it."""
    there = {getattr(key, "value", None) for key in mapping.keys}
    is_of_texts = all(isinstance(key, str) for key in there)
    names = (*known.keys, *known.keywords) if is_of_texts else ()
    lacking = [keyword for keyword in names if keyword.name not in there]
    offers = [f"{{{keyword.name!r}: {value}}}" for keyword in lacking for value in keyword.values]
    return _hole(span(mapping), KEYS, offers, most=MOST_VALUES * MOST_WORDS)


def _hole(place: Span, adds: str, offers: Sequence[str], most: int = MOST_VALUES) -> Hole:
    return Hole(span=place, values=(NOTHING.get(adds, "..."),), adds=adds, offers=tuple(offers[:most]))


def _identifiers(function: Function) -> list[str]:
    """What the test names otherwise: the columns of its table, the keys of its document."""
    names = filter(str.isidentifier, texts(nodes_of(ast.Constant, *function.body)))
    return [*dict.fromkeys(names)][:MOST_NAMED]


def _with_option(option: Option, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The option with words for it: its choices, else those that stand there, and plain ones."""
    each = dict.fromkeys([*option.choices] or [*words, "1", "a"])
    several = permutations([*each][:MOST_WORDS], option.words)
    yield from ((option.text, *taken) for taken in islice(several, MOST_WORDS))


def _lists(call: ast.Call) -> Iterator[ast.List]:
    """The lists of words among its arguments, those that something is added to included."""
    for argument in arguments(call):
        left = argument
        while isinstance(left, ast.BinOp):
            left = left.left
        if isinstance(left, ast.List):
            yield left


def _passed_defaults(function: Function, known: Addable) -> Iterator[tuple[ast.expr, str]]:
    """What the calls pass for parameters of which the default is known, and that."""
    defaults = {keyword.name: keyword.default for keyword in known.keywords if keyword.default}
    for call in (call for call in calls(function) if last_name(call.func) in known.callables):
        passed = ((keyword.value, defaults.get(keyword.arg or "", "")) for keyword in call.keywords)
        yield from ((value, default) for value, default in passed if default)


def _assignments(function: Function) -> Iterator[tuple[ast.stmt, ast.Attribute | ast.Subscript]]:
    """The steps that set an attribute or a key of what a name, or an attribute of one, stands for."""
    places = {hole.span for hole in steps.step_holes(function) if hole.span is not None}
    for step in steps.statements_at(function, places):
        target = step.targets[0] if isinstance(step, ast.Assign) else None
        if isinstance(target, ast.Attribute) or (isinstance(target, ast.Subscript) and [*texts([target.slice])]):
            yield step, target


def _set_part(target: ast.Attribute | ast.Subscript) -> str:
    """What it sets, as `Hole.adds` has it."""
    if isinstance(target, ast.Attribute):
        return _part(ATTRIBUTE, target.attr)
    return _part(ITEM, *texts([target.slice]))


def _part(kind: str, name: str) -> str:
    return f".{name}" if kind == ATTRIBUTE else f'["{name}"]'
