"""One key of pytest's configuration, read as pytest finds it, without starting pytest."""

from __future__ import annotations

import configparser
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_enrich.errors import RefusedError, StoreError
from pytest_enrich.store import disk


def text(rootdir: Path, key: str, options: Sequence[str] = ()) -> str:
    """The key's value, "" when it is not set; a list's are one to a word.

    The first file that configures pytest counts, as in pytest, unless `options`, words of its command line, name
    another one (`-c`), or the value itself (`-o`).

    Raises:
        RefusedError: That file cannot be read.
    """
    said = _said(options, ("-o", "--override-ini"))
    given = [value.partition("=")[2] for value in said if value.partition("=")[0] == key]
    if given:
        return given[-1]
    file = next(reversed(_said(options, ("-c", "--config-file"))), "")
    for name, read in ({file: _reader(file)} if file else _FILES).items():
        content = disk.read(rootdir / name)
        if content is None:
            continue
        try:
            table = read(content.decode("utf-8"), name)
        except (ValueError, RecursionError, configparser.Error) as error:
            raise RefusedError(f"{name} cannot be read: {error}\nNothing was changed.\nMend it first.") from error
        if table is not None:
            value = table.get(key, "")
            return " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return ""


def has_tool(rootdir: Path, name: str) -> bool:
    """Whether `pyproject.toml` has a table for this tool."""
    try:
        content = disk.read(rootdir / "pyproject.toml") or b""
        return name in _toml(content.decode("utf-8")).get("tool", {})
    except (StoreError, ValueError, RecursionError):
        return False


def _said(options: Sequence[str], names: tuple[str, str]) -> list[str]:
    """The values of an option, which may stand in its own word or in the next."""
    short, long = names
    found = []
    for word, following in zip(options, [*options[1:], ""], strict=False):
        if word in names:
            found.append(following)
        elif word.startswith(f"{long}="):
            found.append(word.partition("=")[2])
        elif word.startswith(short):
            found.append(word.removeprefix(short).removeprefix("="))
    return found


def _reader(name: str) -> Callable[[str, str], Mapping[str, Any] | None]:
    path = Path(name)
    return _FILES.get(path.name) or (_own_toml if path.suffix == ".toml" else _ini)


def _toml(content: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]  # pytest needs it there, too
    found: dict[str, Any] = tomllib.loads(content)
    return found


def _own_toml(content: str, _name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = _toml(content).get("pytest", {})
    return found


def _pyproject(content: str, _name: str) -> Mapping[str, Any] | None:
    tool = _toml(content).get("tool", {}).get("pytest")
    return None if tool is None else tool.get("ini_options", tool)


def _ini(content: str, name: str) -> Mapping[str, Any] | None:
    section = "tool:pytest" if name == "setup.cfg" else "pytest"
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(content, name)
    if parser.has_section(section):
        return dict(parser[section])
    return {} if name.endswith("pytest.ini") else None


_FILES: Mapping[str, Callable[[str, str], Mapping[str, Any] | None]] = {
    "pytest.toml": _own_toml,
    ".pytest.toml": _own_toml,
    "pytest.ini": _ini,
    ".pytest.ini": _ini,
    "pyproject.toml": _pyproject,
    "tox.ini": _ini,
    "setup.cfg": _ini,
}
