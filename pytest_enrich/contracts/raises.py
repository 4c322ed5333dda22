"""Documented exceptions whose condition names one argument and says plainly what of it is refused."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

from pytest_enrich.contracts import names
from pytest_enrich.contracts.arguments import parameters, with_argument
from pytest_enrich.contracts.claim import Claim
from pytest_enrich.contracts.function import Documented

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


def claims(one: Documented) -> Iterator[Claim]:
    """What the docstring says that the function refuses."""
    if not one.is_plain:
        return
    for at, (exc, when, count) in _said(one):
        expected, refused = names.exception(exc, one.module, one.names), _refused(one, when)
        call = with_argument(one, refused[0], _INPUTS[refused[1]](refused[2])) if refused else None
        if expected is not None and call is not None:
            yield one.claim("raises", at, count, action=call, expected=expected, refuses=refused)


def meets(one: Documented, claim: Claim, call: ast.Call) -> bool:
    """Whether a call with literals passes what is refused."""
    if claim.refuses is None:
        return False
    name, how, value = claim.refuses
    found = dict(zip(parameters(one), call.args, strict=False))
    found |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    try:
        given = ast.literal_eval(found[name])
        return bool(_MEETS[how](given, ast.literal_eval(value)))
    except (KeyError, TypeError, ValueError):
        return False


def _said(one: Documented) -> Iterator[tuple[int, tuple[str, str, int]]]:
    """The exceptions, each with its condition and on how many lines both are."""
    inside = False
    for at, raw in enumerate(one.lines):
        line, below = raw.strip(), one.lines[at + 1].strip() if at + 1 < len(one.lines) else ""
        inside = (inside and bool(line)) or line.lower() in {"raises:", "raises"}
        ends = not below or line.endswith(".") or bool(_NEXT.match(below))
        found = _SPHINX.match(line) or _SENTENCE.match(line) or (_LISTED.match(line) if inside else None)
        if found and ends:
            yield at, (found["exc"], found["when"], 1)
        elif inside and (bare := _BARE.match(line)) and below:
            after = one.lines[at + 2].strip() if at + 2 < len(one.lines) else ""
            if not after or _BARE.match(after) or below.endswith("."):
                yield at, (bare["exc"], below, 2)


def _refused(one: Documented, when: str) -> tuple[str, str, str] | None:
    """The argument, the comparison and the value; None unless it is beyond doubt."""
    said = _WHEN.match(when.strip())
    rest, found = said["rest"].strip() if said else "", parameters(one)
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
