"""What the project's files say about tests: where they may be written, and which formatters apply to them.

Formatters are programs of the environment that runs pytest, and get the text as data. Their output is used only if
it means the same to Python; no other line of a file changes.
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
from pytest_enrich.store import disk, identity, seal

if TYPE_CHECKING:
    from pytest_enrich.patch import Form


_DEFAULT = ("test_*.py", "*_test.py")
_IF_NAMED = frozenset({"__init__.py", "__main__.py"})
"""Files that hold tests only if `python_files` has their full names."""
_NEVER = frozenset({"conftest.py", "setup.py", "sitecustomize.py", "usercustomize.py"})
_AMONG = frozenset({"test", "tests", "testing"})
_NOT_THEIRS = frozenset({"__pycache__", "dist-packages", "node_modules", "site-packages"})
_TESTS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def ini_value(rootdir: Path, key: str, options: Sequence[str] = ()) -> str:
    """The value of the key, "" if it is not set; the items of a list are joined by spaces.

    As in pytest, the first file that configures it counts, unless `options`, words of its command line, name
    another file (`-c`) or the value itself (`-o`).

    Raises:
        RefusedError: That file cannot be read.
    """
    overrides = _said(options, ("-o", "--override-ini"))
    values = [override.partition("=")[2] for override in overrides if override.partition("=")[0] == key]
    if values:
        return values[-1]
    file = next(reversed(_said(options, ("-c", "--config-file"))), "")
    for name, read in ({file: _reader(file)} if file else FILES).items():
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
    """The policy of the team: only the project's own configuration can name it.

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
    """The values of an option that has these names."""
    return [value for name, value in map(seal.named, seal.grouped(options)) if name in names]


def _reader(name: str) -> Callable[[str, str], Mapping[str, Any] | None]:
    path = Path(name)
    return FILES.get(path.name) or (_own_toml if path.suffix == ".toml" else _ini)


def _own_toml(content: str, _name: str) -> Mapping[str, Any]:
    table: dict[str, Any] = msgspec.toml.decode(content).get("pytest", {})
    return table


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


FILES: Mapping[str, Callable[[str, str], Mapping[str, Any] | None]] = {
    "pytest.toml": _own_toml,
    ".pytest.toml": _own_toml,
    "pytest.ini": _ini,
    ".pytest.ini": _ini,
    "pyproject.toml": _pyproject,
    "tox.ini": _ini,
    "setup.cfg": _ini,
}
"""The files that can configure pytest, the first of which counts, each with what reads it."""


def refuse(rootdir: Path, path: str, options: Sequence[str] = ()) -> None:
    """Refuse a `path` that neither is a test file of the project nor may become one; `options` as in `ini_value`.

    Raises:
        RefusedError: It is refused.
    """
    if why := fault(rootdir, path, options):
        name = path if path.isprintable() else ascii(path)
        raise RefusedError(
            f"{name[:200]} {why}\nNothing was written: tests go into test files of this project only.\n"
            "Which files these are:  python_files in pytest's configuration"
        )


def fault(rootdir: Path, path: str, options: Sequence[str] = ()) -> str:
    """Why no test may be written to this path, "" if it may."""
    if not identity.inside(rootdir, path):
        return "is no Python file of this project"
    real = disk.real(rootdir / path).relative_to(rootdir.resolve()).as_posix()
    patterns = _patterns(rootdir, options)
    # For a link, both names must be those of test files, or `test_x.py` could lead to `setup.py`.
    return next((why for name in (path, real) if (why := _fault(rootdir, name, patterns))), "")


def _fault(rootdir: Path, path: str, patterns: Sequence[str]) -> str:
    parts = PurePosixPath(path).parts
    above = [rootdir.joinpath(*parts[:count]) for count in range(1, len(parts))]
    if any(part.startswith(".") or part in _NOT_THEIRS for part in parts):
        return "is in a folder that is not for tests"
    if any((folder / "pyvenv.cfg").exists() or disk.is_marked(folder) for folder in above):
        return "is in a folder that is not for tests"
    fitting = [pattern for pattern in patterns if _matches(path, pattern)]
    # pytest also collects `test/test.py` if it is named on the command line.
    is_meant = tuple(patterns) == _DEFAULT and not _AMONG.isdisjoint((*parts[:-1], PurePosixPath(path).stem))
    is_test_file = fitting or (is_meant and _has_tests(rootdir / path))
    never = _NEVER | _IF_NAMED.difference(patterns)
    if parts[-1].lower() in never or not is_test_file:
        return "is no test file by python_files"
    # A name that matches pytest's default patterns is that of a test file, whatever `python_files` says.
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
    """Match as pytest does: a pattern without a folder is compared with the file name alone."""
    name = path if "/" in pattern else PurePosixPath(path).name
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name, f"*/{pattern}")


def _is_broad(pattern: str) -> bool:
    """Whether it matches any Python file, like `*.py`."""
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
"""A formatter that would change more than this share of a file's lines is not the one used for the file."""


class Formatted(Struct, frozen=True):
    """A text, and a note for people about it, "" if all is well."""

    text: str
    note: str = ""


class Tool(Struct, frozen=True):
    """A program that formats a file from stdin to stdout.

    Attributes:
        words: The command line, with `{filename}` for the name of the file.
        hook: Its name in pre-commit's configuration.
        files: The files that configure it, besides `pyproject.toml`.
        lines: Its option to format only some lines, `first` to `last` or up to before `end`; "" for none.
    """

    words: tuple[str, ...]
    hook: str = ""
    files: tuple[str, ...] = ()
    lines: str = ""

    @property
    def name(self) -> str:
        """The name that people know it by."""
        return Path(self.words[0]).name if self.hook else FORMAT_KEY

    def installed(self) -> Tool | None:
        """The tool installed beside this interpreter, None if there is none."""
        program = shutil.which(self.words[0], path=Path(sys.executable).parent)
        return replace(self, words=(program, *self.words[1:])) if program else None

    def is_configured(self, root: Path) -> bool:
        """Whether a project has settings for it, or runs it by pre-commit."""
        hooks = (disk.read(root / ".pre-commit-config.yaml") or b"").decode("utf-8", "replace")
        is_hook = re.search(rf"\bid:\s*['\"]?{self.hook}['\"]?\s*$", hooks, re.MULTILINE) is not None
        return is_hook or has_tool(root, self.name) or any((root / name).is_file() for name in self.files)

    def format(self, root: Path, path: str, text: str, lines: tuple[int, int] | None = None) -> str:
        """The text as the tool formats it, all of it or only these `lines` (1-based, inclusive).

        Raises:
            OSError, SubprocessError: It does not run, or rejects the text.
            EnrichError: Its output is not Python text.
        """
        from pytest_enrich import patch

        line_option = [self.lines.format(first=lines[0], last=lines[1], end=lines[1] + 1)] if lines else []
        words = [*(word.replace("{filename}", path) for word in self.words), *line_option]
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
    """The text `after`, with what is not in `before` (None for a new file) formatted by the team's tools.

    Of the import sorters, and of the formatters, the one that the file already conforms to is used.
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
    """The formatter of a project, for texts where its notes are shown to nobody."""
    return lambda path, before, after: formatted(root, path, before, after).text


def _stages(root: Path) -> Iterator[Sequence[Tool]]:
    """Groups of alternative tools: the configured command alone, else import sorters and then formatters.

    Raises:
        EnrichError, ValueError: The configuration cannot be read.
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
    """The share of a file's lines that the tool would change in the file as it is."""
    old = text.splitlines()
    new = tool.format(root, path, text).splitlines() if old else []
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return 1 - sum(block.size for block in blocks) / len(old) if old else 0.0


def _formatted(tool: Tool, root: Path, path: str, before: str, after: str) -> str:
    """The whole file formatted if it already conforms to the tool, else only the new lines, last ones first."""
    if not _foreign(tool, root, path, before):
        return tool.format(root, path, after)
    matcher = SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    for kind, _, _, first, last in reversed(matcher.get_opcodes()):
        if kind != "equal" and last > first:
            after = tool.format(root, path, after, (first + 1, last))
    return after


def _meaning(text: str) -> tuple[list[str], list[str]]:
    """The imports at the top level of a file, regardless of their order, and the rest of it."""
    from pytest_enrich.imports.text import parse

    body = parse(text).body
    imported = [
        f"{ast.dump(alias)}{_source(node)}" for node in body if isinstance(node, _IMPORTS) for alias in node.names
    ]
    return sorted(imported), [ast.dump(node) for node in body if not isinstance(node, _IMPORTS)]


def _source(node: ast.Import | ast.ImportFrom) -> str:
    return f"{node.level}{node.module}" if isinstance(node, ast.ImportFrom) else ""


def _why(error: Exception) -> str:
    message = error.stderr.decode("utf-8", "replace") if isinstance(error, subprocess.CalledProcessError) else ""
    return (message or str(error)).strip().partition("\n")[0]
