"""Paths into the checkout, relative to the test file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

import msgspec

from pytest_enrich.data import Finding, Template
from pytest_enrich.writing.syntax import within


def placed(finding: Finding, rootdir: str, path: str) -> Finding:
    """The finding with files located from the test file, independent of where the checkout happens to be.

    Args:
        finding: A finding with absolute paths.
        rootdir: An absolute path; "" leaves everything as it is.
        path: The path of the test file, relative to rootdir, with `/`.
    """
    raw = msgspec.to_builtins(finding)
    if not rootdir or rootdir not in str(raw):
        return finding
    return msgspec.convert(_mapped(raw, lambda template: relative(template, rootdir, path)), Finding)


def relative(template: Template, rootdir: str, path: str) -> Template:
    """A template with `Path('/checkout/tests/data/a.csv')` as `Path(__file__).parent / 'data/a.csv'`."""
    written = re.compile(rf"(⟨pathlib:(?:Posix)?Path⟩\()?(['\"]){re.escape(rootdir)}/([^'\"\\]+)\2(?(1)\))")

    def told(match: re.Match[str]) -> str:
        code = _from_file(match[3], path, as_path=bool(match[1]))
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


def _is_below(rest: str, folder: PurePosixPath) -> bool:
    return PurePosixPath(rest).is_relative_to(folder)
