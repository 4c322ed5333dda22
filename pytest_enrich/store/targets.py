"""Which files a test may be written to, or taken out of: the project's test files, and no others.

The path may come from a folder that somebody else has made, so it is asked here by everything that writes.
"""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pytest_enrich.errors import EnrichError, RefusedError
from pytest_enrich.store import disk, folder, identity, ini

_DEFAULT = ("test_*.py", "*_test.py")
_NEVER = frozenset({
    "__init__.py", "__main__.py", "conftest.py", "setup.py", "sitecustomize.py", "usercustomize.py",
})  # fmt: skip
_NOT_THEIRS = frozenset({"__pycache__", "dist-packages", "node_modules", "site-packages"})
_TESTS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


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
        return ini.text(rootdir, "python_files", options).split() or _DEFAULT
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
