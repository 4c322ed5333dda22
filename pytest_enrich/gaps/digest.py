"""Hashes of code: equal on every Python as long as only comments, spacing and places change."""

from __future__ import annotations

import ast
import base64
import hashlib
from collections.abc import Iterable

from pytest_enrich.gaps.text import parse, whole_strings

_LENGTH = 8


def digest(parts: Iterable[str]) -> str:
    """Eight letters and digits (40 bits) that stand for `parts`."""
    hashed = hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).digest()
    return base64.b32encode(hashed).decode()[:_LENGTH].lower()


def tokens_digest(text: str) -> str:
    """Hash of a text's tokens: comments, spacing and indentation do not change it.

    Returns:
        64 hexadecimal digits. A text that cannot be tokenised counts as it stands.
    """
    try:
        found = " ".join(token.text for token in whole_strings(text.replace("\r\n", "\n")) if token.text)
    except SyntaxError:
        found = text
    return hashlib.sha256(found.encode(errors="surrogatepass")).hexdigest()


def body_digest(code: str) -> str:
    """Hash of a test's tokens without its name: the same idea under another name is the same.

    Returns:
        64 hexadecimal digits.
    """
    try:
        tree = parse(code)
    except SyntaxError:
        return tokens_digest(code)
    words = [token.text for token in whole_strings(code.replace("\r\n", "\n")) if token.text]
    if any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in tree.body):
        del words[words.index("def") + 1]
    return hashlib.sha256(" ".join(words).encode(errors="surrogatepass")).hexdigest()
