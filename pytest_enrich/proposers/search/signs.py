"""A sign in words, as part of a name: what is asked about is often a single one (`if kind == "%"`)."""

from __future__ import annotations

import ast
import re
import unicodedata

KNOWN = {
    "\n": "newline", "\t": "tab", "\r": "carriage_return", ".": "dot", "/": "slash", "\\": "backslash",
    "_": "underscore", "-": "hyphen", "#": "hash", "{": "brace", "}": "closing_brace", "[": "bracket",
    "]": "closing_bracket", "(": "parenthesis", ")": "closing_parenthesis", "'": "quote", '"': "double_quote",
}  # fmt: skip
"""Where people say something else than Unicode does."""


def said(node: ast.expr) -> str:
    """`percent_sign` for `"%"`, `empty` for what has nothing in it; "" for all that is more than a sign."""
    match node:
        case ast.Constant(str(text)):
            return _sign(text)
        case ast.List([]) | ast.Tuple([]) | ast.Dict([]):
            return "empty"
    return ""


def _sign(text: str) -> str:
    if not text:
        return "empty"
    if len(text) > 1 or text.isalnum():
        return ""
    name = KNOWN[text] if text in KNOWN else unicodedata.name(text, "")
    return re.sub(r"\W+", "_", name.lower())
