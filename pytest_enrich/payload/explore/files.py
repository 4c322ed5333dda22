"""Files that a call is to find: a mark in a template, which becomes lines that write the file into `tmp_path`.

``⟨file⟩('a=b')`` stands for the path of a file that holds this text, ``⟨file⟩()`` for one where there is no file.
"""

from __future__ import annotations

import pathlib
import re
import shutil
import tempfile
from collections.abc import Sequence

FOLDER = "tmp_path"
MARK = "⟨file⟩"
FILE = re.compile(rf"{MARK}\(('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|)\)")
NAMED = re.compile(r"(\w+_)?(path|file|filename|filepath)")
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


def is_path(name: str) -> bool:
    """Whether a text parameter of this name is, by custom, the path of a file."""
    return NAMED.fullmatch(name) is not None


def paths() -> list[str]:
    """Templates of paths, with and without a file."""
    return [*(f"{MARK}({text!r})" for text in TEXTS), f"{MARK}()"]


def unfolded(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines of a program, the last one its action, with lines before them that make the files they ask for."""
    names: dict[str, str] = {}
    for line in lines:
        for match in FILE.finditer(line):
            names.setdefault(match[1], "path" if not names else f"path_{len(names) + 1}")
    made = [one for content, name in names.items() for one in _making(name, content)]
    return (*made, *(FILE.sub(lambda match: names[match[1]], line) for line in lines))


def _making(name: str, content: str) -> list[str]:
    file = name.replace("path", "file") if content else "missing"
    there = [f"{name}.write_text({content})"] if content else []
    return [f"{name} = {FOLDER} / '{file}.txt'", *there]


def empty_folder() -> pathlib.Path:
    """The directory that programs know as `tmp_path`, with nothing in it: one that is always called the same."""
    folder = pathlib.Path(tempfile.gettempdir(), FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
