"""Source text as Python's parser sees it: lines, columns, and the message when there is no sense in it."""

from __future__ import annotations

import ast
import re
import warnings

from pytest_enrich.errors import RefusedError

# Only these end a line for Python; str.splitlines also splits at form feeds and U+2028.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BREAK = re.compile(r"\r\n|\r|\n")
_MARKER = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
BOM = "\ufeff"
UNNAMED = "the test file"


def split(text: str) -> list[str]:
    """The lines of `text`, each with its own ending."""
    return _LINE.findall(text)


def newline(text: str) -> str:
    r"""The first line ending in `text`, "\n" when it has none."""
    found = _BREAK.search(text)
    return found.group() if found else "\n"


def column(line: str, offset: int) -> int:
    """The index in `line` of the UTF-8 byte `offset` that `ast` counts in."""
    return len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))


def parse(text: str, path: str = UNNAMED) -> ast.Module:
    """Parse `text`, with or without a byte order mark.

    Raises:
        RefusedError: It is not Python; `path` names the file in the message.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.removeprefix(BOM))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise unreadable(path, text, error) from error


def parsed(text: str) -> ast.Module | None:
    """The tree of `text`, None when it is not Python."""
    try:
        return parse(text)
    except RefusedError:
        return None


def only_statement(code: str) -> ast.stmt | None:
    """The statement that `code` is, None when it is no Python, or not just one."""
    tree = parsed(code)
    return tree.body[0] if tree and len(tree.body) == 1 else None


def unreadable(path: str, text: str, error: BaseException) -> RefusedError:
    """What to say of a `path` whose `text` cannot be parsed."""
    if _MARKER.search(text):
        why, cure = "has conflict markers", "Resolve the conflict, see it:  git diff"
    else:
        line = getattr(error, "lineno", None)
        why = f"cannot be parsed{f' (line {line})' if line else ''}: {_reason(error)}"
        cure = "See the error:  python -m py_compile"
    return RefusedError(f"{path} {why}\nNothing was changed in it.\n{cure} {path}")


def _reason(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return " ".join((text or type(error).__name__).split())[:120]
