"""Variations of a template: its literals changed one at a time, as a curious tester would."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

NUMBER = re.compile(r"-?\d+")
"""A whole number, as a template."""
LITERAL = re.compile(
    r"""(?P<string>(?<![\w])b?'(?:[^'\\]|\\.)*'|(?<![\w])b?"(?:[^"\\]|\\.)*")"""
    r"""|(?P<number>(?<![\w.⟩'"])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.'"]))"""
    r"""|(?P<word>(?<![\w.])(?:True|False|None)(?![\w]))"""
    r"""|(?P<name>⟨[^⟩]*⟩)"""
)
LARGEST = 10**18
MOST_KNOWN = 4096


def literals(template: str) -> list[re.Match[str]]:
    """The literals of a template, in order; names to be imported are none."""
    return [match for match in LITERAL.finditer(template) if match.lastgroup != "name"]


def vary(template: str, where: int, how: int, what: int, constants: Sequence[str]) -> str:
    """`template` with one literal changed: `where`, `how` and `what` are any numbers, small ones change little.

    `constants` are literals to put in its place or to build the new one from.
    """
    found = literals(template)
    if not found:
        return constants[what % len(constants)] if constants else template
    match = found[where % len(found)]
    changed = _changed(match, how, what, constants)
    return template[: match.start()] + changed + template[match.end() :]


def _changed(match: re.Match[str], how: int, what: int, constants: Sequence[str]) -> str:
    text = match[0]
    same = [constant for constant in constants if _kind(constant) == match.lastgroup]
    if same and how % 3 == 0:
        return same[what % len(same)]
    if match.lastgroup == "number":
        return _number(text, how, what)
    if match.lastgroup == "string":
        return _string(text, how, what, same)
    return {"True": "False", "False": "True"}.get(text, text)


@lru_cache(MOST_KNOWN)
def _kind(literal: str) -> str | None:
    match = LITERAL.fullmatch(literal)
    return match.lastgroup if match else None


def _number(text: str, how: int, what: int) -> str:
    value = float(text) if re.search(r"[.e]", text) else int(text)
    ways: list[Callable[[], float]] = [
        lambda: value - 1,
        lambda: value + 1,
        lambda: -value,
        lambda: 0,
        lambda: value * 10,
        lambda: value // 2,
        lambda: value * 1000,
        lambda: what,
        lambda: value + 0.5 if isinstance(value, float) else value * 2,
        lambda: value + what,
    ]
    changed = ways[how % len(ways)]()
    return repr(changed) if abs(changed) < LARGEST else text


def _string(text: str, how: int, what: int, constants: Sequence[str]) -> str:
    value = eval(text, {})
    if isinstance(value, bytes):
        # The capitals of a few characters are beyond latin-1.
        return repr(_characters(value.decode("latin-1"), how, what, None).encode("latin-1", "replace"))
    texts = [constant for constant in constants if constant[0] != "b"]
    return repr(_characters(value, how, what, eval(texts[what % len(texts)], {}) if texts else None))


def _characters(value: str, how: int, what: int, part: str | None) -> str:
    at = what % (len(value) + 1)
    alphabet = "0129 aAzZ-+.,:;/_'\"\\\n\t#=%{}()[]<>$@é" + value
    char = alphabet[(what * 7 + how) % len(alphabet)]
    part = char if part is None else part
    ways: list[Callable[[], str]] = [
        lambda: value[: at - 1] + value[at:] if at else value[1:],
        lambda: value[:at] + char + value[at:],
        lambda: value[:at] + char + value[at + 1 :],
        lambda: value[:at],
        lambda: value[at:],
        lambda: "",
        value.upper,
        value.lower,
        lambda: part + value,
        lambda: value + part,
        lambda: value[:at] + part + value[at:],
        lambda: value * 2,
        lambda: f" {value} ",
        value.swapcase,
        lambda: "-" + value,
        lambda: "".join(c for c in value if not c.isdigit()),
        lambda: _counted(value, what, lambda number: number + 1),
        lambda: _counted(value, what, lambda number: number * 11),
        lambda: _counted(value, what, lambda number: max(number - 1, 0)),
    ]
    return ways[how % len(ways)]()


def _counted(value: str, which: int, change: Callable[[int], int]) -> str:
    """A text with one of the numbers in it changed."""
    numbers = [*re.finditer(r"[0-9]{1,9}", value)]
    if not numbers:
        return value
    match = numbers[which % len(numbers)]
    return f"{value[: match.start()]}{change(int(match[0]))}{value[match.end() :]}"
