"""What a docstring says of exceptions and of the result, as promises about calls of its function."""

from __future__ import annotations

import ast
import doctest
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pytest_enrich.contracts.function import Claim, Documented, exception_named
from pytest_enrich.source.function import docstring_types
from pytest_enrich.writing.syntax import literal_value, nodes_of

_EXC = r"`{0,2}(?P<exc>[A-Za-z_][\w.]*(?:Error|Exception))`{0,2}"
_SPHINX = re.compile(rf"^:raises?\s+{_EXC}\s*:\s*(?P<when>.+)$", re.IGNORECASE)
_LISTED = re.compile(rf"^{_EXC}\s*(?::|--|-)\s*(?P<when>.+)$")
_SENTENCE = re.compile(rf"^(?:it )?raises? (?:an? |the )?{_EXC} (?P<when>(?:if|when) .+)$", re.IGNORECASE)
_BARE = re.compile(rf"^{_EXC}$")

_NAME = r"(?:the )?(?:argument |parameter )?`{0,2}(?P<name>\w+)`{0,2}"
_WHEN = re.compile(r"^(?:raised )?(?:if|when)\s+(?P<rest>.+?)\.?$", re.IGNORECASE)
_IS = re.compile(rf"^(?:{_NAME} (?:is|was) )?(?P<what>negative|zero|None|less than zero|empty)$")
_COMPARED = re.compile(rf"^{_NAME}\s*(?:is )?(?P<op><=|>=|<|>|==|less than|greater than)\s*(?P<value>-?\d+)$")
_NUMBERS = re.compile(r"^(int|float|number|integer|Number)$")
_NEXT = re.compile(rf"^(?:{_EXC}|:|>>>)")
_OPERATORS = {"less than": "<", "greater than": ">", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "==": "=="}
_PLAIN = {
    "negative": ("<", "0"),
    "less than zero": ("<", "0"),
    "zero": ("==", "0"),
    "None": ("is", "None"),
    "empty": ("empty", ""),
}
_EMPTY = {"str": "''", "bytes": "b''", "list": "[]", "dict": "{}", "tuple": "()"}
_INPUTS: dict[str, Callable[[str], str]] = {
    "<": lambda value: str(int(value) - 1),
    ">": lambda value: str(int(value) + 1),
    **dict.fromkeys(("<=", ">=", "==", "is", "empty"), str),
}
_MEETS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "is": operator.is_,
    "empty": operator.eq,
}
TYPES = {"str": "str", "string": "str", "int": "int", "integer": "int", "bool": "bool", "boolean": "bool"}
TYPES |= {name: name for name in ("bytes", "list", "dict", "tuple", "set", "float")}

_RETURNS_SPHINX = re.compile(r"^:rtype:\s*`{0,2}(?P<type>\w+)`{0,2}\.?$")
_ONE_LINE = re.compile(r"^Returns?:\s*`{0,2}(?P<type>\w+)`{0,2}(?:\s*[:.].*)?$")
_RETURNS_LISTED = re.compile(r"^`{0,2}(?P<type>\w+)`{0,2}(?::\s.*|\.)?$")
_NAMED = re.compile(r"^\w+\s*:\s*`{0,2}(?P<type>\w+)`{0,2}$")
_MOST = 12
"""Calls of one function that are tried."""


def parameters(function: Documented) -> dict[str, str]:
    """Each that can be passed by position, with its annotation or documented type, "" for none; {} of a class."""
    if isinstance(function.node, ast.ClassDef):
        return {}
    types = docstring_types(function.docstring)
    found = [*function.node.args.posonlyargs, *function.node.args.args]
    return {
        each.arg: ast.unparse(each.annotation) if each.annotation else types.get(each.arg, "") for each in found
    }


def with_argument(function: Documented, name: str, value: str) -> str | None:
    """`⟨module:f⟩(value)`, with other arguments as an example has them; None where nothing is known."""
    assert isinstance(function.node, ast.FunctionDef)
    args = function.node.args
    found, plain = list(parameters(function)), len(args.posonlyargs) + len(args.args) - len(args.defaults)
    if name not in found or any(default is None for default in args.kw_defaults):
        return None
    at = found.index(name)
    needed = found[: max(plain, at + 1)]
    others = ["None"] * len(needed) if needed == [name] else _example(function, len(needed))
    if others is None:
        return None
    words = [*others[:at], value, *others[at + 1 :]]
    return f"⟨{function.module}:{function.name}⟩({', '.join(words)})"


def _example(function: Documented, count: int) -> list[str] | None:
    """The first arguments of an example in the docstring that has them all as literals."""
    try:
        examples = doctest.DocTestParser().get_examples(function.docstring)
        trees = [ast.parse(example.source) for example in examples if not example.exc_msg]
    except (ValueError, SyntaxError):
        return None
    for call in nodes_of(ast.Call, *trees):
        first = call.args[:count]
        if (
            getattr(call.func, "id", "") == function.name
            and len(first) == count
            and all(map(literal_value, first))
        ):
            return [ast.unparse(argument) for argument in first]
    return None


def claims(function: Documented) -> Iterator[Claim]:
    """What the docstring says that the function refuses."""
    if not function.is_plain:
        return
    for at, (exc, when, count) in _said(function):
        expected, refused = exception_named(exc, function.module, function.names), _refused(function, when)
        call = with_argument(function, refused[0], _INPUTS[refused[1]](refused[2])) if refused else None
        if expected is not None and call is not None:
            yield function.claim("raises", at, count, action=call, expected=expected, refuses=refused)


def meets(function: Documented, claim: Claim, call: ast.Call) -> bool:
    """Whether a call with literals passes what is refused."""
    if claim.refuses is None:
        return False
    name, how, value = claim.refuses
    found = dict(zip(parameters(function), call.args, strict=False))
    found |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    given, refused = literal_value(found[name]) if name in found else None, literal_value(value)
    if given is None or refused is None:
        return False
    try:
        return bool(_MEETS[how](given[0], refused[0]))
    except TypeError:
        return False


def _said(function: Documented) -> Iterator[tuple[int, tuple[str, str, int]]]:
    """The exceptions, each with its condition and on how many lines both are."""
    inside = False
    for at, raw in enumerate(function.lines):
        line, below = raw.strip(), function.lines[at + 1].strip() if at + 1 < len(function.lines) else ""
        inside = (inside and bool(line)) or line.lower() in {"raises:", "raises"}
        ends = not below or line.endswith(".") or bool(_NEXT.match(below))
        found = _SPHINX.match(line) or _SENTENCE.match(line) or (_LISTED.match(line) if inside else None)
        if found and ends:
            yield at, (found["exc"], found["when"], 1)
        elif inside and (bare := _BARE.match(line)) and below:
            after = function.lines[at + 2].strip() if at + 2 < len(function.lines) else ""
            if not after or _BARE.match(after) or below.endswith("."):
                yield at, (bare["exc"], below, 2)


def _refused(function: Documented, when: str) -> tuple[str, str, str] | None:
    """The argument, the comparison and the value; None unless it is beyond doubt."""
    said = _WHEN.match(when.strip())
    rest, found = said["rest"].strip() if said else "", parameters(function)
    if compared := _COMPARED.match(rest):
        name, how, value = compared["name"], _OPERATORS[compared["op"]], compared["value"]
    elif plain := _IS.match(rest):
        name = plain["name"] or (next(iter(found)) if len(found) == 1 else "")
        how, value = _PLAIN[plain["what"]]
        value = value or _EMPTY.get(found.get(name, "").partition("[")[0], "")
    else:
        return None
    fits = name in found and value and (how in {"is", "empty"} or _NUMBERS.match(found[name]) or not found[name])
    return (name, how, value) if fits else None


def return_claims(function: Documented, calls: Iterable[str]) -> Iterator[Claim]:
    """That each of these calls (templates) returns what the docstring says."""
    said = promised_result(function)
    if said is None or not function.is_plain:
        return
    at, count, name = said
    for call in list(dict.fromkeys(calls))[:_MOST]:
        yield function.claim("returns", at, count, action=call, expected=name)


def promised_result(function: Documented) -> tuple[int, int, str] | None:
    """The place in the docstring, on how many lines, and the type; None where anything else is thinkable."""
    returns = getattr(function.node, "returns", None)
    written = ast.unparse(returns) if returns else ""
    if re.search(r"\b(None|optional|nothing)\b", function.docstring + written, re.IGNORECASE) or "|" in written:
        return None
    found = [said for at in range(len(function.lines)) if (said := _at(function.lines, at)) is not None]
    return found[0] if len({name for _, _, name in found}) == 1 else None


def _at(lines: tuple[str, ...], at: int) -> tuple[int, int, str] | None:
    line = lines[at].strip()
    if found := _RETURNS_SPHINX.match(line) or _ONE_LINE.match(line):
        return _named(at, 1, found["type"])
    heading, count = line.lower() in {"returns", "returns:"}, 2
    if heading and at + 1 < len(lines) and set(lines[at + 1].strip()) == {"-"}:
        count = 3
    if not heading or at + count > len(lines):
        return None
    below = lines[at + count - 1].strip()
    listed = [found["type"] for found in (_RETURNS_LISTED.match(below), _NAMED.match(below)) if found]
    return next((said for name in listed if (said := _named(at, count, name)) is not None), None)


def _named(at: int, count: int, name: str) -> tuple[int, int, str] | None:
    return (at, count, TYPES[name]) if name in TYPES else None
