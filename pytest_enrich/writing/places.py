"""Paths into the checkout, relative to the test file: by the file's own constants, or by `__file__`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TypeAlias

import msgspec

from pytest_enrich.data import Finding, Template
from pytest_enrich.imports import parsed
from pytest_enrich.writing.syntax import within

Place: TypeAlias = "str | PurePosixPath"

_SAME = {"abspath", "realpath", "normpath", "resolve", "absolute", "fspath", "as_posix"}
_PATHS = {"Path", "PurePath", "PosixPath", "PurePosixPath"}


def placed(finding: Finding, rootdir: str, path: str, text: str) -> Finding:
    """The finding with files located from the test file, independent of where the checkout happens to be.

    Args:
        finding: A finding with absolute paths.
        rootdir: An absolute path; "" leaves everything as it is.
        path: The path of the test file, relative to rootdir, with `/`.
        text: The text of the test file.
    """
    raw = msgspec.to_builtins(finding)
    if not rootdir or rootdir not in str(raw):
        return finding
    return msgspec.convert(_mapped(raw, lambda template: relative(template, rootdir, path, text)), Finding)


def relative(template: Template, rootdir: str, path: str, text: str) -> Template:
    """A template with `Path('/checkout/tests/data/a.csv')` as `DATA / 'a.csv'`, or from `__file__`."""
    written = re.compile(rf"(⟨pathlib:(?:Posix)?Path⟩\()?(['\"]){re.escape(rootdir)}/([^'\"\\]+)\2(?(1)\))")

    def told(match: re.Match[str]) -> str:
        as_path = bool(match[1])
        code = _from_constant(match[3], path, text, as_path=as_path) or _from_file(match[3], path, as_path=as_path)
        return within(code, template[: match.start()], template[match.end() :])

    return written.sub(told, template)


def _mapped(raw: object, change: Callable[[str], str]) -> object:
    """The same data with each text in it changed."""
    if isinstance(raw, str):
        return change(raw)
    if isinstance(raw, Mapping):
        return {key: _mapped(value, change) for key, value in raw.items()}
    return [_mapped(value, change) for value in raw] if isinstance(raw, list | tuple) else raw


def _from_file(rest: str, path: str, *, as_path: bool) -> Template:
    own = PurePosixPath(path).parent
    up = next(count for count, folder in enumerate((own, *own.parents)) if _is_below(rest, folder))
    folder = (own, *own.parents)[up]
    inside = str(PurePosixPath(rest).relative_to(folder))
    here = f"⟨pathlib:Path⟩(__file__).{f'parents[{up}]' if up else 'parent'}"
    code = here if inside == "." else f"{here} / {inside!r}"
    if not up and "/" not in inside and inside != ".":
        code = f"⟨pathlib:Path⟩(__file__).with_name({inside!r})"
    return code if as_path else f"str({code})"


def _from_constant(rest: str, path: str, text: str, *, as_path: bool) -> Template:
    """The path by the nearest folder that the test file itself has a name for; "" if there is none."""
    known = [(name, place) for name, place in constants(text, path).items() if _is_below(rest, _folder(place))]
    if not known:
        return ""
    name, place = max(known, key=lambda constant: len(_folder(constant[1]).parts))
    inside = str(PurePosixPath(rest).relative_to(_folder(place)))
    if isinstance(place, str):
        if inside == ".":
            return f"⟨pathlib:Path⟩({name})" if as_path else name
        return f"⟨pathlib:Path⟩({name}, {inside!r})" if as_path else _joined(name, inside, text)
    code = name if inside == "." else f"{name} / {inside!r}"
    return code if as_path else f"str({code})"


def _joined(name: str, inside: str, text: str) -> Template:
    """Two parts of a path that are texts, joined in the same way as the file does it."""
    added = re.search(rf"\b{name} \+ (['\"])/", text)
    return f"{name} + {'/' + inside!r}" if added else f"⟨os.path:join⟩({name}, {inside!r})"


def _folder(place: Place) -> PurePosixPath:
    return PurePosixPath(str(place).lstrip("/"))


def _is_below(rest: str, folder: PurePosixPath) -> bool:
    return PurePosixPath(rest).is_relative_to(folder)


@lru_cache(maxsize=32)  # a few files are asked about, each for many findings
def constants(text: str, path: str) -> Mapping[str, Place]:
    """The folders, based on `__file__`, that a test file names at its top level; rootdir is `/` in them."""
    known: dict[str, Place] = {"__file__": f"/{path}"}
    tree = parsed(text)
    for node in tree.body if tree is not None else ():
        match node:
            case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                place = next(_places(value, known), None)
                known = {constant: folder for constant, folder in known.items() if constant != name}
                if place is not None:
                    known[name] = place
    return {name: place for name, place in known.items() if name != "__file__"}


def _places(node: ast.expr, known: Mapping[str, Place]) -> Iterator[Place]:
    """The path that an expression of `os.path` or `pathlib` gives, without running it; nothing for any other."""
    match node:
        case ast.Name(name) if name in known:
            yield known[name]
        case ast.Attribute(value, "parent"):
            yield from (PurePosixPath(place).parent for place in _places(value, known))
        case ast.Subscript(ast.Attribute(value, "parents"), ast.Constant(int() as count)):
            yield from (
                parent
                for place in _places(value, known)
                for parent in PurePosixPath(place).parents[count : count + 1]
            )
        case ast.BinOp(left, ast.Div(), ast.Constant(str() as inside)):
            yield from (PurePosixPath(place) / inside for place in _places(left, known))
        case ast.BinOp(left, ast.Add(), ast.Constant(str() as inside)):
            yield from (f"{place}{inside}" for place in _places(left, known))
        case ast.Call(function, arguments, []):
            yield from _called(function, arguments, known)


def _called(function: ast.expr, arguments: list[ast.expr], known: Mapping[str, Place]) -> Iterator[Place]:
    """The path that a call gives whose object or first argument is a place, followed by texts only."""
    is_method = isinstance(function, ast.Attribute) and any(True for _ in _places(function.value, known))
    parts = [function.value, *arguments] if isinstance(function, ast.Attribute) and is_method else arguments
    inside = [part.value for part in parts[1:] if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    for place in _places(parts[0], known) if len(inside) == len(parts) - 1 else ():
        if name in _PATHS or (name == "joinpath" and is_method):
            yield PurePosixPath(place, *inside)
        elif name == "join":
            yield str(PurePosixPath(place, *inside))
        elif not inside and name in _SAME | {"str", "dirname"}:
            yield {"str": str(place), "dirname": str(PurePosixPath(place).parent)}.get(name, place)
