"""A Python file of the user's project: its text, its encoding, and where the gap of a suggestion is now."""

from __future__ import annotations

import ast
import codecs
import io
import tokenize
from collections.abc import Collection, Iterable
from functools import cache, partial
from pathlib import Path

from msgspec import Struct

from pytest_enrich.data import SourceLine, Suggestion
from pytest_enrich.errors import EnrichError, RefusedError, StoreError
from pytest_enrich.imports.text import parse
from pytest_enrich.store import Store, disk

Function = ast.FunctionDef | ast.AsyncFunctionDef


class PythonFile(Struct, frozen=True):
    """A file as it was read; `content` is None if it does not exist."""

    path: Path
    name: str
    content: bytes | None
    text: str
    encoding: str

    @property
    def sha256(self) -> str:
        """The digest of the bytes, "" if there is no file."""
        return "" if self.content is None else disk.sha256(self.content)

    @property
    def before(self) -> str | None:
        """The text, None if there is no file."""
        return None if self.content is None else self.text

    def encoded(self, text: str) -> bytes:
        """Another text for the file, in its encoding.

        Raises:
            RefusedError: The file's encoding has no such characters.
        """
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise RefusedError(
                f"{self.name} is in {self.encoding}, which cannot say {error.object[error.start]!r}\n"
                "The file was not changed.\n"
                f"Change its encoding to utf-8, then:  pytest-enrich list"
            ) from error


def read(rootdir: Path, name: str) -> PythonFile:
    """Read a Python file in its declared encoding; symbolic links are followed.

    Raises:
        RefusedError: It cannot be decoded or parsed.
        StoreError: The system refuses.
    """
    path = disk.real(rootdir / name)
    content = disk.read(path)
    if content is None:
        return PythonFile(path, name, None, "", "utf-8")
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
        text = codecs.decode(content, encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise RefusedError(
            f"{name} cannot be decoded: {error}\nIt was not changed.\nMend it, then:  pytest-enrich list"
        ) from error
    tree(text, name)
    return PythonFile(path, name, content, text, encoding)


def text_of(rootdir: Path, name: str) -> str | None:
    """A file's text as used for patches, with its byte order mark; None if it cannot be read."""
    from pytest_enrich import patch

    try:
        content = disk.read(disk.real(rootdir / name))
        return None if content is None else patch.decode(content, name)
    except EnrichError:
        return None


def write(file: PythonFile, content: bytes) -> None:
    """Replace the content of the file atomically.

    Raises:
        RefusedError: The system refuses; the file is as it was.
    """
    try:
        disk.write(file.path, content)
    except StoreError as error:
        first = str(error).splitlines()[0]
        raise RefusedError(
            f"{first}\nThe file is as it was.\nMake it and its folder writable:  chmod u+w {file.name}"
        ) from error


def tree(text: str, name: str) -> ast.Module:
    """The text's syntax tree, which must not be changed.

    Raises:
        RefusedError: It has none.
    """
    return parse(text, name)


def functions(text: str, name: str) -> dict[str, Function]:
    """The functions of the text by qualified name (`Class.method`, `outer.inner`)."""
    by_name: dict[str, Function] = {}
    stack: list[tuple[str, ast.AST]] = [("", tree(text, name))]
    while stack:
        prefix, node = stack.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                by_name[prefix + child.name] = child
            inside = f"{prefix}{child.name}." if isinstance(child, Function | ast.ClassDef) else prefix
            stack.append((inside, child))
    return by_name


def today_line(store: Store, suggestion: Suggestion) -> int | None:
    """The line that the suggestion's gap is on now, None if the source has no such gap any more."""
    return lines(store, [suggestion])[suggestion.id]


def lines(store: Store, suggestions: Iterable[Suggestion]) -> dict[str, int | None]:
    """`today_line` for several suggestions, by id: each source file is read once."""
    places = cache(partial(stale_places, store))
    return {
        suggestion.id: _promised(store, suggestion)
        if suggestion.kind == "bug"
        else places(suggestion.gap.path).get(suggestion.id, ("", None))[1]
        for suggestion in suggestions
    }


def stale_places(store: Store, path: str) -> dict[str, tuple[str, int]]:
    """The gaps that a source file can have as it is now: qualname and line by id; none if it cannot be read."""
    from pytest_enrich import gaps

    try:
        return gaps.identify(path, read(store.rootdir, path).text)
    except EnrichError:
        return {}


def _promised(store: Store, bug: Suggestion) -> int | None:
    """The line of the function whose docstring contains the quote of a possible bug, None if none does now."""
    try:
        tree = ast.parse(read(store.rootdir, bug.gap.path).text)
    except EnrichError:
        return None
    wanted = " ".join(bug.gap.text.split())
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef):
            words = " ".join((ast.get_docstring(node, clean=False) or "").split())
            if node.name == bug.gap.qualname.rpartition(".")[2] and wanted in words:
                return node.lineno
    return None


def is_stale(store: Store, suggestion: Suggestion) -> bool:
    """Whether the code around the gap has changed or is gone."""
    return today_line(store, suggestion) is None


_AROUND = 2
_MOST = 30


def source(text: str, suggestion: Suggestion, line: int) -> tuple[SourceLine, ...]:
    """The lines around the gap, which is on `line` of `text` now; those that no test runs are `missing`.

    They include the lines of other gaps that the suggestion closes, if they are near.
    """
    lines = _lines(text)
    moved = line - suggestion.gap.line
    near_lines = (
        number for number in suggestion.gap.also_lines if abs(number - suggestion.gap.line) <= _MOST - _AROUND
    )
    missing = {number + moved for number in (*suggestion.gap.lines, *near_lines)}
    shown = sorted({line, *missing})
    first, last = max(1, shown[0] - _AROUND), min(len(lines), shown[-1] + _AROUND)
    return between(text, range(first, min(last, first + _MOST) + 1), missing)


def between(text: str, numbers: Iterable[int], missing: Collection[int]) -> tuple[SourceLine, ...]:
    """The lines of `text` with these numbers, as far as they exist; those in `missing` are marked."""
    lines = _lines(text)
    return tuple(
        SourceLine(number=number, text=lines[number - 1].expandtabs(), missing=number in missing)
        for number in numbers
        if number <= len(lines)
    )


def _lines(text: str) -> list[str]:
    """The lines as Python counts them: a form feed does not begin a new one."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
