"""The suggestions that lie in a folder: read, checked, and those that cannot be read named.

The folder may have come from a machine that is not trusted (a download from CI), so nothing is followed,
and nothing is believed that names a place outside the project.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from pytest_enrich.data import Suggestion
from pytest_enrich.data.suggestion import SCHEMA
from pytest_enrich.errors import StoreError
from pytest_enrich.store import disk, folder, identity

_DECODER = msgspec.json.Decoder(Suggestion)
_OF_ANOTHER = "is of another version of pytest-enrich"
_VISIBLE = 60


class _Any(Struct):
    """What files of all versions have."""

    schema: str = ""


class Shelf(Struct, frozen=True):
    """What a folder of suggestions holds: the readable ones in reading order, and one line for each other."""

    suggestions: tuple[Suggestion, ...]
    problems: tuple[str, ...]


def read(directory: Path, rootdir: Path) -> Shelf:
    """Read `pending/` or `decided/`; names that cannot be an id are passed over."""
    if directory.is_symlink() or directory.is_file():
        return Shelf((), (f"{directory.name} is no folder: not used",))
    names = (name for name in folder.names(directory) if identity.is_valid(name))
    inside = functools.cache(functools.partial(identity.inside, rootdir))  # many name the same few files
    found = [suggestion(directory / name, inside) for name in names if (directory / name).is_dir()]
    readable = sorted((one for one in found if isinstance(one, Suggestion)), key=order)
    return Shelf(tuple(readable), tuple(one for one in found if isinstance(one, str)))


def suggestion(directory: Path, inside: Callable[[str], bool]) -> Suggestion | str:
    """The suggestion in this folder, or why it cannot be read (one line that names it).

    `inside` says of a path whether it names a Python file of the project.
    """
    where = f"{directory.parent.name}/{directory.name}"
    if directory.is_symlink():
        return f"{where} is a symbolic link: not followed"
    content = None
    try:
        content = disk.read(directory / "suggestion.json")
        found = _DECODER.decode(content or b"")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        why = (
            f"{_OF_ANOTHER}: not used"
            if _schema(content) not in {"", SCHEMA}
            else f"cannot be read: {_short(error)}"
        )
        return f"{where}/suggestion.json {why}"
    except StoreError as error:
        cause = error.__cause__
        why = disk.explained(cause) if isinstance(cause, OSError) else _short(error)
        return f"{where}/suggestion.json cannot be read: {why}"
    return _fault(found, directory.name, where, inside) or found


def order(one: Suggestion) -> tuple[str, str, int, str]:
    """Suggestions for one function come together, so that one reading of it serves them all."""
    return (one.gap.path, one.gap.qualname, one.gap.line, one.id)


def _fault(one: Suggestion, name: str, where: str, inside: Callable[[str], bool]) -> str:
    if one.schema != SCHEMA:
        return f"{where}/suggestion.json {_OF_ANOTHER}: not used"
    if one.id != name:
        return f"{where}/suggestion.json says that it is {one.id[:_VISIBLE]!r}: not used"
    for path in (one.target.path, one.gap.path):
        if not inside(path):
            return f"{where} names {path[:_VISIBLE]!r}, no Python file of this project: not used"
    return "" if _holds(one) else f"{where}/suggestion.json holds no test: not used"


def _holds(one: Suggestion) -> bool:
    """Whether the code is what is promised, below imports that are imports."""
    try:
        above = [node for text in one.test.imports for node in ast.parse(text).body]
        clean = all(isinstance(node, ast.Import | ast.ImportFrom) for node in above)
        return clean and (_is_row(one) if one.kind == "row" else _is_test(one))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_test(one: Suggestion) -> bool:
    body = ast.parse(one.test.code).body
    names = tuple(node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return bool(names) and names == one.test.names


def _is_row(one: Suggestion) -> bool:
    """One element of a list, or one decorator."""
    named = len(one.test.names) == 1 and one.test.names[0].isidentifier()
    if not one.test.argnames:
        body = ast.parse(f"{one.test.code}\ndef test(): pass").body
        return named and len(body) == 1 and len(getattr(body[0], "decorator_list", ())) == 1
    ast.parse(one.test.code.strip(), mode="eval")
    tree = ast.parse(f"[{one.test.code}\n]", mode="eval").body
    return named and isinstance(tree, ast.List) and len(tree.elts) == 1


def _schema(content: bytes | None) -> str:
    try:
        return msgspec.json.decode(content or b"", type=_Any).schema
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:_VISIBLE] if str(error) else type(error).__name__
