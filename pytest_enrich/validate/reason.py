"""What a text of a failure comes down to: one line for people, and what alike failures have in common."""

from __future__ import annotations

import re

_ERROR = re.compile(r"[\w.]+(Error|Exception|Exit|Interrupt|Warning)\b")
_ASSERTION = re.compile(r"^(E +)?(assert\b|AssertionError)", re.MULTILINE)
_PATH = r"""/[^\s:'"]+"""
_PARTICULAR = re.compile(rf"""0x[0-9a-f]+|{_PATH}|'[^']*'|"[^"]*"|\d+""")


def first(text: str) -> str:
    """What a job that did not end is said to have come to; what it printed follows."""
    return text.partition("\n")[0]


def last(text: str) -> str:
    """The error that a failure ends with, else its last line."""
    lines = [line.strip().removeprefix("E ").strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR.match(line)]
    return (errors or lines or ["no reason given"])[-1]


def lasting(text: str) -> str:
    """The last line without paths: those of scratch folders are others each time."""
    return re.sub(_PATH, "...", last(text))


def shape(text: str) -> str:
    """The last line without what is particular to one test: paths, numbers, quoted texts.

    It is "" for nothing, and for a failed assertion: that is about the test that makes it.
    """
    return "" if not text.strip() or _ASSERTION.search(text) else _PARTICULAR.sub("_", last(text))
