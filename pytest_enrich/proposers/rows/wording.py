"""What a person is asked about an expected value."""

from __future__ import annotations

import re

from pytest_enrich.data import Target, Template
from pytest_enrich.proposers.search import body


def still(done: str, value: Template) -> str:
    """The same about a test that asserts what it did before, "with" another value or "without" a step."""
    return f"what the test asserts holds {'for' if done == 'with' else done} {body.shown(value)}: should it?"


def look(target: Target, value: Template, *, raised: bool = False) -> str:
    """The one question that only a person can answer."""
    shown, documented = body.shown(value), target.docstring or ""
    if raised and re.search(rf"\b{re.escape(body.bare(value))}\b", documented):
        return f"the docstring names {shown}; its message was read off the code"
    if not raised and len(value) > 3 and value in documented:  # noqa: PLR2004 - `1` stands in any text
        return f"{shown} stands in the docstring, too: is it for this input?"
    return f"{shown} was seen when the code ran; no docstring promises it"
