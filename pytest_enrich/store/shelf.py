"""The suggestions that lie in a folder: read, checked, and those that cannot be read named.

The folder may have come from a machine that is not trusted (a download from CI), so nothing is followed,
and nothing is believed that names a place outside the project.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from pytest_enrich.data import Suggestion
from pytest_enrich.data.suggestion import SCHEMA, BrokenPart
from pytest_enrich.errors import StoreError
from pytest_enrich.store import disk, folder, identity, targets
from pytest_enrich.store.disk import LARGEST_FILE, LONGEST_LIST, decoded
from pytest_enrich.store.seal import options_of

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
    names = [name for name in folder.names(directory) if identity.is_valid(name)]
    fault = _asked_once(rootdir)
    found = [suggestion(directory / name, fault) for name in names[:LONGEST_LIST] if (directory / name).is_dir()]
    readable = sorted((one for one in found if isinstance(one, Suggestion)), key=order)
    more = len(names) - LONGEST_LIST
    left = (f"{directory.name} holds {more} more than we would write: not used",) if more > 0 else ()
    return Shelf(tuple(readable), (*(one for one in found if isinstance(one, str)), *left))


def suggestion(directory: Path, misplaced: Callable[[Suggestion], str]) -> Suggestion | str:
    """The suggestion in this folder, or why it cannot be read (one line that names it).

    `misplaced` says what is wrong with the files that it names.
    """
    where = f"{directory.parent.name}/{directory.name}"
    if directory.is_symlink():
        return f"{where} is a symbolic link: not followed"
    content = None
    try:
        content = disk.read(directory / "suggestion.json", LARGEST_FILE)
        found = decoded(content or b"", Suggestion)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
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
    return _fault(found, directory.name, where, misplaced) or found


def order(one: Suggestion) -> tuple[str, str, int, str]:
    """Suggestions for one function come together, so that one reading of it serves them all."""
    return (one.gap.path, one.gap.qualname, one.gap.line, one.id)


def _asked_once(rootdir: Path) -> Callable[[Suggestion], str]:
    """What is wrong with the files that suggestions name: many name the same few."""
    known: dict[tuple[str, str, tuple[str, ...]], str] = {}

    def asked(one: Suggestion) -> str:
        key = (one.target.path, one.gap.path, options_of(rootdir, one).words)
        if key not in known:
            known[key] = misplaced(rootdir, *key)
        return known[key]

    return asked


def misplaced(rootdir: Path, target: str, source: str, words: tuple[str, ...]) -> str:
    """Why a test of `source` cannot go into `target`, "" when it can; `words` are of pytest's command line."""
    if not identity.inside(rootdir, source):
        return f"names {source[:_VISIBLE]!r}, no Python file of this project: not used"
    why = targets.fault(rootdir, target, words) or ("is what it tests" if target == source else "")
    return why and f"would go into {target[:_VISIBLE]!r}, which {why}: not used"


def _fault(one: Suggestion, name: str, where: str, misplaced: Callable[[Suggestion], str]) -> str:
    if one.schema != SCHEMA:
        return f"{where}/suggestion.json {_OF_ANOTHER}: not used"
    if one.id != name:
        return f"{where}/suggestion.json says that it is {one.id[:_VISIBLE]!r}: not used"
    if not holds(one):
        return f"{where}/suggestion.json holds no test: not used"
    why = misplaced(one)
    return why and f"{where} {why}"


def holds(one: Suggestion) -> bool:
    """Whether the code is what is promised, below imports that are imports."""
    try:
        above = [node for text in one.test.imports for node in ast.parse(text).body]
        clean = all(isinstance(node, ast.Import | ast.ImportFrom) for node in above)
        named = all(map(_is_name, (*one.test.names, *one.test.argnames, one.target.owner, one.target.anchor)))
        if (one.kind == "bug") != (one.broken is not None) or (one.broken and not _is_mark(one.broken)):
            return False
        return clean and named and (_is_row(one) if one.kind == "row" else _is_test(one))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_name(text: str | None) -> bool:
    """Whether it is a name of Python's, in classes perhaps: it becomes part of a file."""
    return not text or all(part.isidentifier() for part in text.replace("::", ".").split("."))


def _is_test(one: Suggestion) -> bool:
    body = ast.parse(one.test.code).body
    names = tuple(node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return bool(names) and names == one.test.names and len(names) == len(body)


def _is_mark(broken: BrokenPart) -> bool:
    """Whether it is one decorator by which a test is known to fail, and what that needs are imports."""
    (function,) = ast.parse(f"{broken.mark}\ndef test(): pass").body
    marks = function.decorator_list if isinstance(function, ast.FunctionDef) else []
    calls = [one.func for one in marks if isinstance(one, ast.Call)]
    is_mark = len(marks) == len(calls) == 1 and isinstance(calls[0], ast.Attribute) and calls[0].attr == "xfail"
    needed = [node for text in broken.mark_imports for node in ast.parse(text).body]
    return is_mark and all(isinstance(node, ast.Import | ast.ImportFrom) for node in needed)


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
