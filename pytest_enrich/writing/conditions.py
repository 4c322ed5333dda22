"""What a decision says about the arguments: `if total < 0:` is about a negative total."""

from __future__ import annotations

import ast
import builtins
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

from pytest_enrich.data import Template
from pytest_enrich.writing import words
from pytest_enrich.writing.cases import GENERAL, Case
from pytest_enrich.writing.syntax import expression, last_name, literal_value, nodes_of, used

NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ABOUT_ZERO: dict[type[ast.cmpop], str] = {ast.Lt: "negative", ast.Gt: "positive", ast.Eq: "zero"}
COMPARES: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
    ast.NotEq: operator.ne, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
KINDS = {"str": "string", "int": "integer", "bool": "boolean"}
BASES = re.compile(r"^(?:abstract|base)_(?=\w)|(?<=\w)_(?:base|mixin)$")
"""What the names of base classes say in addition."""
DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
MADE = (*DISPLAYS, ast.Lambda, ast.JoinedStr)
"""Expressions that are not None, whatever they contain."""
AFFIXES = {"startswith": "leading", "endswith": "trailing"}
KEYWORDS = {"kwargs", "kwds", "kw"}
"""Parameters whose items are passed by name."""
SEVERAL = re.compile(r"[a-z]{2}s$")
FLAG = re.compile(r"_*(?:allow|by|can|do|enable|has|ignore|include|is|keep|no|not|should|skip|use|was)_|\w+ed$")
"""The names of attributes that are several things, and of those that are flags."""


def condition(text: str, outcome: str) -> ast.expr | None:
    """What holds if the decision in `text` (`if not sep:`) has this outcome; None if it is not a condition."""
    match = re.fullmatch(r"(?:el)?(?:if|while)\b\s*(.*?):?", text, re.DOTALL)
    test = expression(match[1]) if match is not None and outcome in {"true", "false"} else None
    return negated(test) if test is not None and outcome == "false" else test


def negated(test: ast.expr) -> ast.expr:
    """The opposite condition, as a person would write it."""
    match test:
        case ast.UnaryOp(ast.Not(), operand):
            return operand
        case ast.Compare(left, [sign], comparators):
            return ast.Compare(left, [NEGATED[type(sign)]()], comparators)
        case ast.BoolOp(joint, values):
            opposite = ast.Or() if isinstance(joint, ast.And) else ast.And()
            return ast.BoolOp(opposite, [negated(value) for value in values])
    return ast.UnaryOp(ast.Not(), test)


def is_of_parameters(holds: ast.expr, case: Case) -> bool:
    """Whether a condition is only about what a caller passes."""
    return used(holds) <= {*case.arguments, *case.parameters, *case.optional, *dir(builtins)}


def said(node: ast.expr, case: Case) -> Iterator[str]:
    """What a condition says about the arguments; nothing about values that only the code knows."""
    match node:
        case ast.BoolOp(joint, values):
            spoken = [value for value in values if _is_passed(value, case)]
            values = spoken or (values if isinstance(joint, ast.And) else [])
            yield from (next(filter(None, said(value, case)), "") for value in values)
        case ast.UnaryOp(ast.Not(), operand):
            # What takes the other way than what is asked for may be refused for something else later.
            is_asked = case.outcome == "true" or case.raised == "TypeError"
            yield _refused(operand, case) if case.raised and is_asked else ""
            yield _of_truth(operand, case, is_true=False)
        case ast.Compare(ast.Subscript(about, at), [ast.Eq() | ast.NotEq() as sign], [ast.Constant(str(text))]):
            affix = {"0": "startswith", "-1": "endswith"}.get(ast.unparse(at))
            yield _affixed(about, affix, text, case, is_true=isinstance(sign, ast.Eq)) if affix else ""
        case ast.Compare(left, [sign], [right]):
            yield _compared(left, sign, right, case)
        case _:
            yield _of_truth(node, case, is_true=True)


def of_object(node: ast.expr, *, is_refused: bool = False) -> str:
    """What a condition says about the object itself: `self._span is None` gives `without_span`.

    If something is refused, it says too little that the object has something.
    """
    match node:
        case ast.Compare(ast.Attribute(ast.Name("self"), name), [ast.Is()], [ast.Constant(None)]):
            return f"without_{words.snake(name)}"
        case ast.UnaryOp(ast.Not(), ast.Attribute(ast.Name("self"), name)) if SEVERAL.search(name) or (
            _is_thing(name) and not is_refused
        ):
            return f"without_{words.snake(name)}"
        case ast.Attribute(ast.Name("self"), name) if _is_thing(name) and not is_refused:
            return f"with_{words.snake(name)}"
    return ""


def _is_thing(name: str) -> bool:
    """Whether an attribute has several words and names a thing, not a flag."""
    return "_" in name.strip("_") and FLAG.match(name) is None


def asked(text: str, outcome: str) -> Iterator[str]:
    """A variable and the word that it is equal to: `type == "l"` gives `type_l`."""
    match condition(text, outcome):
        case ast.Compare(ast.Name(name), [ast.Eq()], [ast.Constant(str(word))]) if slug := words.value_slug(
            repr(word)
        ):
            yield f"{words.snake(name)}_{slug}"
        case ast.Compare(ast.Name(name), [ast.In()], [ast.Tuple() | ast.List() | ast.Set() as several]):
            slugs = {words.value_slug(repr(item.value)) for item in several.elts if isinstance(item, ast.Constant)}
            # In lower and in upper case it is the same word.
            yield from (f"{words.snake(name)}_{slug}" for slug in slugs if len(slugs) == 1 and slug)


def _is_passed(node: ast.expr, case: Case) -> bool:
    """Whether a condition mentions anything that is passed."""
    return any(_parameter(part, case) in case.arguments for part in nodes_of(ast.expr, node))


def _of_truth(node: ast.expr, case: Case, *, is_true: bool) -> str:
    """What is said if a parameter, or a question about it, is true or false."""
    if name := _parameter(node, case):
        passed = literal_value(case.arguments.get(name, ""))
        if passed is not None and bool(passed[0]) != is_true:
            return ""
        return case.evident(name) or _there(name, case, is_there=is_true)
    match node:
        case ast.Call(ast.Name("isinstance"), [about, kind]) if is_true and (name := _parameter(about, case)):
            kinds = [last_name(element) for element in (kind.elts if isinstance(kind, ast.Tuple) else [kind])]
            given = expression(case.arguments.get(name, ""))
            if isinstance(given, DISPLAYS) and type(given).__name__.lower() not in kinds:
                return ""
            made = last_name(getattr(given, "func", None))
            # A text is refused for what it says, not for being a text.
            is_told = any(kinds) and not (case.raised and hasattr(builtins, kinds[0]))
            return _of_kind(case.known_as(name), made if made in kinds else kinds[0]) if is_told else ""
        case ast.Call(ast.Attribute(about, affix), [texts]) if affix in AFFIXES:
            literal = literal_value(texts)
            return _affixed(about, affix, literal[0], case, is_true=is_true) if literal is not None else ""
    return ""


def _refused(node: ast.expr, case: Case) -> str:
    """A parameter that is not of the required kind: `non_string_name`, `non_callable_key`."""
    match node:
        case ast.Call(ast.Name("isinstance"), [about, kinds]):
            kind = _kind_of(kinds)
        case ast.Call(ast.Name("callable"), [about]):
            kind = "callable"
        case _:
            return ""
    name = _parameter(about, case)
    if not kind or not name or case.arguments.get(name) == "None":
        return ""
    # It may be named like its class: `exception` for a `BaseException`.
    known = case.known_as(name)
    is_same = f"_{kind}".endswith(f"_{known}") or f"{known}_".startswith(f"{kind}_")
    return f"non_{known}" if is_same else f"non_{kind}_{known}"


def _kind_of(kinds: ast.expr) -> str:
    """The required class, in words: the first of several, `numeric` for numbers, "" for none."""
    names = [last_name(element) for element in (kinds.elts if isinstance(kinds, ast.Tuple) else [kinds])]
    if {*names} & {"int"} and {*names} & {"float", "Decimal"}:
        return "numeric"
    return KINDS.get(names[0], BASES.sub("", words.snake(names[0]))) if names else ""


def _affixed(about: ast.expr, affix: str, texts: object, case: Case, *, is_true: bool) -> str:
    """What is said about a parameter that begins or ends with a text; of several texts, the one that it has.

    After an `elif`, that it does not is only half the truth: others were asked for before.
    """
    name = _parameter(about, case) if is_true or not case.text.startswith("elif") else ""
    if isinstance(texts, tuple):
        passed = literal_value(case.arguments.get(name, "")) or ("",)
        texts = next((text for text in texts if getattr(str(passed[0]), affix)(str(text))), None)
    slug = words.value_slug(repr(texts)) if isinstance(texts, str) else ""
    said = f"{'with' if is_true else 'without'}_{AFFIXES[affix]}_{slug}"
    return f"{case.known_as(name)}_{said}" if name and slug else ""


def _compared(  # noqa: PLR0911 - one line a comparison
    left: ast.expr, sign: ast.cmpop, right: ast.expr, case: Case
) -> str:
    """What is said about a parameter that is compared with something."""
    name, literal = _parameter(left, case), literal_value(right)
    if not name:
        return _held(left, sign, right, case)
    if literal is not None and not _may_hold(case.arguments.get(name, ""), sign, literal[0]):
        return ""
    if seen := case.evident(name):
        return seen
    if literal == (0,) and type(sign) in ABOUT_ZERO:
        return f"{ABOUT_ZERO[type(sign)]}_{case.known_as(name)}"
    match sign:
        case ast.Is() | ast.IsNot() if literal == (None,):
            return _there(name, case, is_there=isinstance(sign, ast.IsNot))
        case ast.NotIn():
            return f"unknown_{case.known_as(name)}"
        case ast.Eq() if literal is not None and isinstance(literal[0], str):
            said = words.value_slug(repr(literal[0]))
            return f"{said}_{case.known_as(name)}" if said else ""
    return ""


def _there(name: str, case: Case, *, is_there: bool) -> str:
    """That an argument is passed or is not; nothing if it is required and passed."""
    if is_there and name in case.parameters:
        return ""
    return f"{'with' if is_there else 'without'}_{case.known_as(name)}"


def _of_kind(known: str, kind: str) -> str:
    """That a parameter is of a class; for a builtin class, the parameter's name says more."""
    is_plain = hasattr(builtins, kind) and known not in GENERAL
    return f"{known}_as_{kind}" if is_plain else f"with_{words.snake(kind)}"


def _may_hold(value: Template, sign: ast.cmpop, other: object) -> bool:
    """Whether a comparison can be true of a passed value, as far as it shows: the name may mean another value."""
    passed = literal_value(value) if value else None
    if passed is None and other is None and isinstance(expression(value), MADE):
        return isinstance(sign, ast.IsNot | ast.NotEq)
    if passed is None or type(sign) not in COMPARES:
        return True
    try:
        return bool(COMPARES[type(sign)](passed[0], other))
    except TypeError:
        return False


def _held(left: ast.expr, sign: ast.cmpop, right: ast.expr, case: Case) -> str:
    """What is said about a parameter that is asked whether it contains something."""
    name, literal = _parameter(right, case), literal_value(left)
    said = words.value_slug(repr(literal[0])) if literal is not None else ""
    # That a text has no dot only shows how the code looks at it.
    is_usual = isinstance(sign, ast.NotIn) and literal is not None and not re.search(r"\w", str(literal[0]))
    if not name or not said or not isinstance(sign, ast.In | ast.NotIn) or is_usual:
        return ""
    situation = f"{'with' if isinstance(sign, ast.In) else 'without'}_{said}"
    return situation if name in KEYWORDS else f"{case.known_as(name)}_{situation}"


def _parameter(node: ast.expr, case: Case) -> str:
    """The parameter, or the public attribute of one, that a node stands for; "" for anything else."""
    match node:
        case ast.Name(name) if name in {*case.arguments, *case.parameters, *case.optional}:
            return name
        case ast.Attribute(ast.Name("self" | "cls"), name) if name in case.arguments:
            return name
        case ast.Attribute(ast.Name(owner), name) if name[:1] != "_" and owner in {
            *case.arguments,
            *case.optional,
        }:
            return name
    return ""
