"""State: what a program left in its variables, as far as a test can show it."""

from __future__ import annotations

import contextlib
import inspect
import io
import pathlib
from collections.abc import Iterator, Mapping, Sized

from ..express import express
from . import files
from .calls import Program
from .visible import fields, written


def state(program: Program, namespace: Mapping[str, object]) -> list[tuple[str, str]]:
    """What can be seen of the program's variables: (expression, template) pairs."""
    found: list[tuple[str, str]] = []
    names = [line.partition(" = ")[0] for line in program.lines]
    for name in (*names, *([files.FOLDER] if files.is_filled(program.lines, program.action) else [])):
        if not name.isidentifier() or name not in namespace:
            continue
        with contextlib.suppress(Exception):  # a container of the project's may do anything
            found += [*_visible(name, namespace[name])]
    return found


def _visible(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, pathlib.Path):
        yield from _of_path(name, value)
        return
    if isinstance(value, io.StringIO | io.BytesIO):
        text = None if value.closed else express(value.getvalue())
        yield from [(f"{name}.getvalue()", text)] if text is not None else []
        return
    if (text := written(value)) is not None:
        yield name, text
        return
    if isinstance(value, Mapping) and (text := express(dict(value))) is not None:
        yield f"dict({name})", text
    elif isinstance(value, Sized):
        yield f"len({name})", repr(len(value))
    for attribute, part in fields(value):
        if not inspect.isroutine(part) and (text := written(part)) is not None:
            yield f"{name}.{attribute}", text


def _of_path(name: str, path: pathlib.Path) -> Iterator[tuple[str, str]]:
    """What is in the file or the directory, or that there is none."""
    if path.is_file():
        text = written(path.read_text(errors="replace"))
        yield from [(f"{name}.read_text()", text)] if text is not None else []
    elif path.is_dir():
        inside = sorted(one.name for one in path.iterdir())
        yield f"sorted(one.name for one in {name}.iterdir())", repr(inside)
    else:
        yield f"{name}.exists()", repr(path.exists())
