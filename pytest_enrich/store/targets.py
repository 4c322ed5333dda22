"""Where tests may be written, as pytest's own configuration says it."""

from __future__ import annotations

import ast
import configparser
import fnmatch
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from pytest_enrich.errors import EnrichError, RefusedError, StoreError
from pytest_enrich.store import disk, folder, identity

_DEFAULT = ("test_*.py", "*_test.py")
_NEVER = frozenset({
    "__init__.py", "__main__.py", "conftest.py", "setup.py", "sitecustomize.py", "usercustomize.py",
})  # fmt: skip
_NOT_THEIRS = frozenset({"__pycache__", "dist-packages", "node_modules", "site-packages"})
_TESTS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def ini_value(rootdir: Path, key: str, options: Sequence[str] = ()) -> str:
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


def refuse(rootdir: Path, path: str, options: Sequence[str] = ()) -> None:
    """Nothing, where `path` is a test file of the project, or may become one.

    Raises:
        RefusedError: It is none. `options` are words of pytest's command line, see `ini.text`.
    """
    if why := fault(rootdir, path, options):
        name = path if path.isprintable() else ascii(path)
        raise RefusedError(
            f"{name[:200]} {why}\nNothing was written: tests go into test files of this project only.\n"
            "Which files these are:  python_files in pytest's configuration"
        )


def fault(rootdir: Path, path: str, options: Sequence[str] = ()) -> str:
    """Why no test may be written to this path, "" when it may."""
    if not identity.inside(rootdir, path):
        return "is no Python file of this project"
    real = (rootdir / path).resolve().relative_to(rootdir.resolve()).as_posix()
    patterns = _patterns(rootdir, options)
    # Of a link both names have to be those of test files, or `test_x.py` could be the way to `setup.py`.
    return next((why for name in (path, real) if (why := _fault(rootdir, name, patterns))), "")


def _fault(rootdir: Path, path: str, patterns: Sequence[str]) -> str:
    parts = PurePosixPath(path).parts
    above = [rootdir.joinpath(*parts[:count]) for count in range(1, len(parts))]
    if any(part.startswith(".") or part in _NOT_THEIRS for part in parts):
        return "is in a folder that is not for tests"
    if any((one / "pyvenv.cfg").exists() or folder.is_marked(one) for one in above):
        return "is in a folder that is not for tests"
    fitting = [pattern for pattern in patterns if _matches(path, pattern)]
    if parts[-1].lower() in _NEVER or not fitting:
        return "is no test file by python_files"
    if all(_is_broad(pattern) for pattern in fitting) and not _has_tests(rootdir / path):
        return "has no tests, so that it may be anything"
    return ""


def _patterns(rootdir: Path, options: Sequence[str]) -> Sequence[str]:
    try:
        return ini_value(rootdir, "python_files", options).split() or _DEFAULT
    except EnrichError:
        return _DEFAULT


def _matches(path: str, pattern: str) -> bool:
    """As pytest does it: a pattern without a folder is about the name alone."""
    name = path if "/" in pattern else PurePosixPath(path).name
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name, f"*/{pattern}")


def _is_broad(pattern: str) -> bool:
    """Whether it says nothing about a file: `*.py`."""
    return fnmatch.fnmatchcase("cart.py", pattern.rpartition("/")[2])


def _has_tests(path: Path) -> bool:
    try:
        nodes = ast.walk(ast.parse(disk.read(path.resolve()) or b""))
    except (EnrichError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, _TESTS) and node.name.lower().startswith("test") for node in nodes)
