"""Files and directories of tests, and directories listed in another order: file systems need not agree on one."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import pathlib
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pytest

FOLDER, PRIVATE = "tmp_path", 0o700
FILE, DIRECTORY = "file", "directory"
MARK, FOLDER_MARK = "⟨file⟩", "⟨folder⟩"
WRITTEN = re.compile(rf"{MARK}\(('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|)\)")
CONTENT = re.compile(rf"((?:{MARK}|⟨io:\w+⟩)\()b?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
"""The text of a file, or of a stream, in a template."""
LAYOUT = re.compile(rf"{FOLDER_MARK}\(([\w., /-]*)\)")
PLACE = "<tmp_path>"
NAMING = re.compile(rf"path(_\d+)? = {FOLDER} / ")
NAMED = re.compile(r"(\w+_)?(path|file|filename|filepath)")
FOLDER_NAMED = re.compile(r"(\w+_)?(dir|directory|folder|dirname|dirpath)|(base|root|src|dst|out|work)dir")
TEXTS = (
    "a=b",
    "a",
    "a b\nc\n",
    "a=1\nb=2\n",
    "# a\nb\n",
    "1,2\n3,4\n",
    '{"a": 1}',
    "[a]\nb = 1\n",
    "a: b\n",
    "",
)
FILLED: Mapping[type, str] = {
    pathlib.Path: f"{MARK}({{}})",
    io.StringIO: "⟨io:StringIO⟩({})",
    io.BytesIO: "⟨io:BytesIO⟩({}.encode())",
}
"""How a file or a stream with a text in it is written."""
LAYOUTS = ("a.txt", "a.txt, b.py, sub/c.txt", "", "a.py, sub/b.txt, sub/sub/c.py")


@contextlib.contextmanager
def listed_backwards() -> Iterator[None]:
    """Within this context, directories are listed in the reverse order."""
    names, open_folder = os.listdir, os.scandir

    def scandir(*place: Any) -> _Entries:
        with open_folder(*place) as entries:
            return _Entries([*entries][::-1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "listdir", lambda *place: names(*place)[::-1])
        patch.setattr(os, "scandir", scandir)
        yield


class _Entries(contextlib.AbstractContextManager["_Entries"], Iterator[Any]):
    """The entries of a directory, as `os.scandir` gives them."""

    def __init__(self, entries: list[Any]) -> None:
        self._left = iter(entries)

    def __next__(self) -> Any:
        return next(self._left)

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give no more entries."""
        self._left = iter(())


def called(name: str) -> str:
    """What a text parameter of this name is the path of, by custom: a file or a directory; "" for neither."""
    return DIRECTORY if FOLDER_NAMED.fullmatch(name) else FILE if NAMED.fullmatch(name) else ""


def leads_away(value: object) -> bool:
    """Whether a value is a path to a place on the machine, outside of the test's own directory."""
    if not isinstance(value, str | pathlib.PurePath):
        return False
    return str(value)[:1] in {"/", "~"} or not {".", ".."}.isdisjoint(str(value).split("/"))


def paths() -> list[str]:
    """Templates of paths, with and without a file."""
    return [*(f"{MARK}({text!r})" for text in TEXTS), f"{MARK}()"]


def folders() -> list[str]:
    """Templates of directories, with and without files; one of them does not exist."""
    return [*(f"{FOLDER_MARK}({layout})" for layout in LAYOUTS), f"{MARK}()"]


def texts(place: str) -> list[str]:
    """Templates of paths, as texts, for a parameter whose name says file or directory."""
    templates = folders() if place == DIRECTORY else paths() if place == FILE else []
    return [f"str({path})" for path in templates]


def unfolded(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines of a program, the last one its action, after lines that make the files they ask for."""
    names: dict[str, str] = {}
    filenames: dict[str, None] = {}
    for line in lines:
        for match in WRITTEN.finditer(line):
            names.setdefault(match[1], "path" if not names else f"path_{len(names) + 1}")
        listed = (match[1].split(", ") for match in LAYOUT.finditer(line))
        filenames |= dict.fromkeys(filter(None, itertools.chain.from_iterable(listed)))
    statements = [
        *_filling(filenames),
        *(statement for content, name in names.items() for statement in _making(name, content)),
    ]
    plain = (LAYOUT.sub(FOLDER, line) for line in lines)
    return (*statements, *(WRITTEN.sub(lambda match: names[match[1]], line) for line in plain))


def has_content(template: str) -> bool:
    """Whether a template has a file, or a stream, with a text in it."""
    return CONTENT.search(template) is not None


def refilled(template: str, content: str) -> str:
    """The template with another text in its files and streams."""
    return CONTENT.sub(lambda match: f"{match[1]}{content}", template)


def _making(name: str, content: str) -> list[str]:
    file = name.replace("path", "file") if content else "missing"
    writing = [f"{name}.write_text({content})"] if content else []
    return [f"{name} = {FOLDER} / '{file}.txt'", *writing]


def _filling(names: Iterable[str]) -> Iterator[str]:
    """Lines that make the directories of these files, and write the files."""
    inside = [pathlib.PurePosixPath(name) for name in names]
    directories = dict.fromkeys(place for path in inside for place in reversed(path.parents) if place.name)
    yield from (f"({FOLDER} / '{place}').mkdir()" for place in directories)
    yield from (f"({FOLDER} / '{path}').write_text('a')" for path in inside)


def is_filled(lines: Sequence[str], action: str) -> bool:
    """Whether a program is about that directory itself, and not only about files whose paths it names."""
    return any(FOLDER in line and not NAMING.match(line) for line in (*lines, action))


def folder() -> pathlib.Path:
    """The directory that programs know as `tmp_path`: its name is always the same."""
    return pathlib.Path(tempfile.gettempdir(), FOLDER)


def empty_folder() -> pathlib.Path:
    """The same directory, empty, and with permissions for nobody else."""
    place = folder()
    if not _is_as_made(place):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    return place


def _is_as_made(place: pathlib.Path) -> bool:
    """Whether the directory is there, private and empty: making it anew takes longer than most calls."""
    try:
        mode = place.lstat().st_mode
        with os.scandir(place) as inside:
            return stat.S_ISDIR(mode) and stat.S_IMODE(mode) == PRIVATE and next(inside, None) is None
    except OSError:
        return False


def placed(value: Any) -> Any:
    """The value with a mark in place of that directory, in all the texts and paths in it."""
    if isinstance(value, pathlib.PurePath) or type(value) is str:
        place, text = str(folder()), str(value)
        inside = text == place or text.startswith(f"{place}/")
        return type(value)(f"{PLACE}{text.removeprefix(place)}") if inside else value
    if type(value) in {list, tuple, set, frozenset}:
        return type(value)(map(placed, value))
    return {placed(key): placed(item) for key, item in value.items()} if type(value) is dict else value


def told(template: str) -> str:
    """The template of such a value, with the directory's name in place of the mark."""
    inside = rf"'{PLACE}(?:/([^'\\]+))?'"
    as_paths = re.sub(rf"⟨pathlib:\w*Path⟩\({inside}\)", lambda match: _below(match[1]), template)
    return re.sub(inside, lambda match: f"str({_below(match[1])})", as_paths)


def _below(name: str | None) -> str:
    return FOLDER if name is None else f"{FOLDER} / '{name}'"
