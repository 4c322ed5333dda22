"""What the project's files say of tests: where they may be written, and which formatters they are given to.

Formatters are programs of the environment that runs pytest, and get the text as data. What they make of it counts
only where it is the same program; no other line of a file changes.
"""

from __future__ import annotations

import ast
import configparser
import fnmatch
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.config import policy
from pytest_enrich.errors import EnrichError, RefusedError, StoreError
from pytest_enrich.store import disk, identity

if TYPE_CHECKING:
    from pytest_enrich.patch import Form


_DEFAULT = ("test_*.py", "*_test.py")
_IF_NAMED = frozenset({"__init__.py", "__main__.py"})
"""What holds tests only where `python_files` has its whole name."""
_NEVER = frozenset({"conftest.py", "setup.py", "sitecustomize.py", "usercustomize.py"})
_AMONG = frozenset({"test", "tests", "testing"})
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
        except (msgspec.DecodeError, ValueError, RecursionError, configparser.Error) as error:
            raise RefusedError(f"{name} cannot be read: {error}\nNothing was changed.\nMend it first.") from error
        if table is not None:
            value = table.get(key, "")
            return " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return ""


def policy_of(rootdir: Path) -> policy.Named:
    """What the team allows: only the project's own configuration can name it.

    Raises:
        UsageError, RefusedError: It cannot be read.
    """
    return policy.read(rootdir, ini_value(rootdir, policy.KEY))


def has_tool(rootdir: Path, name: str) -> bool:
    """Whether `pyproject.toml` has a table for this tool."""
    try:
        content = disk.read(rootdir / "pyproject.toml") or b""
        return name in msgspec.toml.decode(content).get("tool", {})
    except (StoreError, msgspec.DecodeError, ValueError, RecursionError):
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


def _own_toml(content: str, _name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = msgspec.toml.decode(content).get("pytest", {})
    return found


def _pyproject(content: str, _name: str) -> Mapping[str, Any] | None:
    tool = msgspec.toml.decode(content).get("tool", {}).get("pytest")
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
    real = disk.real(rootdir / path).relative_to(rootdir.resolve()).as_posix()
    patterns = _patterns(rootdir, options)
    # Of a link both names have to be those of test files, or `test_x.py` could be the way to `setup.py`.
    return next((why for name in (path, real) if (why := _fault(rootdir, name, patterns))), "")


def _fault(rootdir: Path, path: str, patterns: Sequence[str]) -> str:
    parts = PurePosixPath(path).parts
    above = [rootdir.joinpath(*parts[:count]) for count in range(1, len(parts))]
    if any(part.startswith(".") or part in _NOT_THEIRS for part in parts):
        return "is in a folder that is not for tests"
    if any((one / "pyvenv.cfg").exists() or disk.is_marked(one) for one in above):
        return "is in a folder that is not for tests"
    fitting = [pattern for pattern in patterns if _matches(path, pattern)]
    # pytest collects `test/test.py`, too, when that is named on its command line.
    is_meant = tuple(patterns) == _DEFAULT and not _AMONG.isdisjoint((*parts[:-1], PurePosixPath(path).stem))
    is_test_file = fitting or (is_meant and _has_tests(rootdir / path))
    never = _NEVER | _IF_NAMED.difference(patterns)
    if parts[-1].lower() in never or not is_test_file:
        return "is no test file by python_files"
    # What is called as pytest's own patterns want it is a test file, whatever else may be one.
    is_called_so = any(_matches(path, pattern) for pattern in _DEFAULT)
    if all(_is_broad(pattern) for pattern in fitting) and not is_called_so and not _has_tests(rootdir / path):
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
        return _holds_tests(disk.read(disk.real(path)) or b"")
    except EnrichError:
        return False


@lru_cache(maxsize=8)  # a few files are asked about, each for many suggestions
def _holds_tests(content: bytes) -> bool:
    try:
        nodes = ast.walk(ast.parse(content))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, _TESTS) and node.name.lower().startswith("test") for node in nodes)


FORMAT_KEY = "enrich_format_command"
SECONDS = 20
FOREIGN = 0.05
"""A formatter that would change a greater share of a file's lines is not the one that the file is kept in."""


class Formatted(Struct, frozen=True):
    """A text, and what a person must know about it: "" when all is well."""

    text: str
    note: str = ""


class Tool(Struct, frozen=True):
    """A program that formats a file from stdin to stdout.

    Attributes:
        words: What starts it, with `{filename}` for the file's name.
        hook: How pre-commit's configuration names it.
        files: Those that configure it, besides `pyproject.toml`.
        lines: Its option for some lines only: from the `first` to the `last`, or to before the `end`; "" for none.
    """

    words: tuple[str, ...]
    hook: str = ""
    files: tuple[str, ...] = ()
    lines: str = ""

    @property
    def name(self) -> str:
        """As people call it."""
        return Path(self.words[0]).name if self.hook else FORMAT_KEY

    def installed(self) -> Tool | None:
        """The one that stands beside this interpreter."""
        program = shutil.which(self.words[0], path=Path(sys.executable).parent)
        return replace(self, words=(program, *self.words[1:])) if program else None

    def is_configured(self, root: Path) -> bool:
        """Whether a project has settings for it, or has pre-commit run it."""
        hooks = (disk.read(root / ".pre-commit-config.yaml") or b"").decode("utf-8", "replace")
        is_hook = re.search(rf"\bid:\s*['\"]?{self.hook}['\"]?\s*$", hooks, re.MULTILINE) is not None
        return is_hook or has_tool(root, self.name) or any((root / name).is_file() for name in self.files)

    def format(self, root: Path, path: str, text: str, lines: tuple[int, int] | None = None) -> str:
        """The text as the tool has it, all of it or what is new on these `lines` (1-based, inclusive).

        Raises:
            OSError, SubprocessError: It does not run, or refuses the text.
            EnrichError: It answers something that is no text of Python.
        """
        from pytest_enrich import patch

        some = [self.lines.format(first=lines[0], last=lines[1], end=lines[1] + 1)] if lines else []
        words = [*(word.replace("{filename}", path) for word in self.words), *some]
        data = patch.encode(text)
        done = subprocess.run(words, cwd=root, input=data, capture_output=True, timeout=SECONDS, check=True)
        return patch.decode(done.stdout, path)


RUFF = ("ruff.toml", ".ruff.toml")
_IMPORTS = (ast.Import, ast.ImportFrom)
STDIN = ("--stdin-filename", "{filename}", "-")
SORTERS = (
    Tool(("isort", "--quiet", "--filename", "{filename}", "-"), "isort", (".isort.cfg",)),
    Tool(("ruff", "check", "--quiet", "--no-cache", "--select=I", "--fix-only", *STDIN), "ruff(?:-check)?", RUFF),
)
FORMATTERS = (
    Tool(("black", "--quiet", *STDIN), "black", lines="--line-ranges={first}-{last}"),
    Tool(("ruff", "format", "--quiet", "--no-cache", *STDIN), "ruff-format", RUFF, lines="--range={first}-{end}"),
)


def formatted(root: Path, path: str, before: str | None, after: str) -> Formatted:
    """The text `after` with what is not in `before` as the team's tools have it; None for a new file.

    Of those that sort imports and of those that format the one is used that the file is kept in.
    """
    name, old, text = FORMAT_KEY, before or "", after
    try:
        for tools in _stages(root) if before != after else ():
            for tool in sorted(tools, key=lambda tool: _foreign(tool, root, path, old)):
                name = tool.name
                if _foreign(tool, root, path, old) <= (FOREIGN if tool.lines else 0):
                    text = _formatted(tool, root, path, old, text)
                    break
        if text != after and _meaning(text) != _meaning(after):
            raise RefusedError("it would change what the file means")
    except (OSError, ValueError, subprocess.SubprocessError, EnrichError) as error:
        return Formatted(after, f"{name} failed, the test is in the style of its file: {_why(error)}")
    return Formatted(text)


def form_of(root: Path) -> Form:
    """The formatter of a project, for texts that nobody is told about."""
    return lambda path, before, after: formatted(root, path, before, after).text


def _stages(root: Path) -> Iterator[Sequence[Tool]]:
    """Tools of which one does: the one that is named, else those that sort imports, and then those that format.

    Raises:
        EnrichError, ValueError: What names it cannot be read.
    """
    words = shlex.split(ini_value(root, FORMAT_KEY))
    if words:
        yield [Tool(tuple(words))]
        return
    for tools in (SORTERS, FORMATTERS):
        installed = (tool.installed() for tool in tools if tool.is_configured(root))
        yield [tool for tool in installed if tool is not None]


@lru_cache(maxsize=32)  # a few files are asked about, each for many suggestions
def _foreign(tool: Tool, root: Path, path: str, text: str) -> float:
    """The share of the lines of a file, as it is, that the tool would change."""
    old = text.splitlines()
    new = tool.format(root, path, text).splitlines() if old else []
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return 1 - sum(block.size for block in blocks) / len(old) if old else 0.0


def _formatted(tool: Tool, root: Path, path: str, before: str, after: str) -> str:
    """All of a file that is as the tool has it, else the new lines alone, the last ones first."""
    if not _foreign(tool, root, path, before):
        return tool.format(root, path, after)
    matcher = SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    for kind, _, _, first, last in reversed(matcher.get_opcodes()):
        if kind != "equal" and last > first:
            after = tool.format(root, path, after, (first + 1, last))
    return after


def _meaning(text: str) -> tuple[list[str], list[str]]:
    """What a file imports at its top, in no order, and the rest of it."""
    from pytest_enrich.imports.text import parse

    body = parse(text).body
    imported = [
        f"{ast.dump(alias)}{_source(node)}" for node in body if isinstance(node, _IMPORTS) for alias in node.names
    ]
    return sorted(imported), [ast.dump(node) for node in body if not isinstance(node, _IMPORTS)]


def _source(node: ast.Import | ast.ImportFrom) -> str:
    return f"{node.level}{node.module}" if isinstance(node, ast.ImportFrom) else ""


def _why(error: Exception) -> str:
    said = error.stderr.decode("utf-8", "replace") if isinstance(error, subprocess.CalledProcessError) else ""
    return (said or str(error)).strip().partition("\n")[0]
