"""Suggestions in the text of their test file, as the team's formatter would have it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from pytest_enrich.data import NewRow, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.store import Store, python_file, rebuild
from pytest_enrich.store.python_file import PythonFile
from pytest_enrich.store.targets import has_tool, ini_value

FORMAT_KEY = "enrich_format_command"
SECONDS = 60
_KNOWN = {"ruff": ["format", "--quiet", "--stdin-filename"], "black": ["--quiet", "--stdin-filename"]}
"""Formatters that are asked without being named, and their words in front of the file's name."""


class Formatted(Struct, frozen=True):
    """A text, and what a person must know about it: "" when all is well."""

    text: str
    note: str = ""


def formatted(rootdir: Path, file: PythonFile, text: str) -> Formatted:
    """`text` as the team's formatter would have it, if the file was so before or is new.

    Raises:
        RefusedError: The command cannot be read.
    """
    words = _words(rootdir, file.name) or _configured(rootdir, file.name)
    if not words:
        return Formatted(text)
    try:
        if file.content is not None and _run(words, rootdir, file, file.text) != file.text:
            return Formatted(text)
        new = _run(words, rootdir, file, text)
        python_file.tree(new, file.name)
        return Formatted(new)
    except (OSError, subprocess.SubprocessError, UnicodeError, RefusedError) as error:
        return Formatted(text, f"{_named(words)} failed, the test is in the style of its file: {_why(error)}")


def _words(rootdir: Path, name: str) -> list[str]:
    command = ini_value(rootdir, FORMAT_KEY)
    try:
        return [word.replace("{filename}", name) for word in shlex.split(command)]
    except ValueError as error:
        raise RefusedError(f"{FORMAT_KEY} = {command}: {error}\nNothing was changed.\nMend it first.") from error


def _configured(rootdir: Path, name: str) -> list[str]:
    """The formatter that the project's own files configure, where it is installed beside this interpreter."""
    for tool, words in _KNOWN.items():
        program = Path(sys.executable).with_name(tool)
        if program.is_file() and _is_configured(rootdir, tool):
            return [str(program), *words, name, "-"]
    return []


def _is_configured(rootdir: Path, tool: str) -> bool:
    if tool == "ruff" and any((rootdir / name).is_file() for name in ("ruff.toml", ".ruff.toml")):
        return True
    return has_tool(rootdir, tool)


def _named(words: Sequence[str]) -> str:
    tool = Path(words[0]).name
    return tool if Path(words[0]).parent == Path(sys.executable).parent and tool in _KNOWN else FORMAT_KEY


def _run(words: Sequence[str], rootdir: Path, file: PythonFile, text: str) -> str:
    done = subprocess.run(
        words, cwd=rootdir, input=file.encoded(text), capture_output=True, timeout=SECONDS, check=True
    )
    return done.stdout.decode(file.encoding)


def _why(error: Exception) -> str:
    said = error.stderr.decode("utf-8", "replace") if isinstance(error, subprocess.CalledProcessError) else ""
    return (said or str(error)).strip().partition("\n")[0]


class Step(Struct, frozen=True, kw_only=True):
    """One suggestion on top of those before it."""

    suggestion: Suggestion
    before: str
    after: str


def made_from(store: Store, file: PythonFile, group: Sequence[Suggestion]) -> list[Step]:
    """The suggestions for a file, each on top of those before it.

    Raises:
        RefusedError: The file cannot take one of them.
    """
    from pytest_enrich import patch

    order = rebuild.neighbours(store, file.name)
    steps: list[Step] = []
    for one in patch.in_gap_order(group):
        before, candidate = (steps[-1].after if steps else file.text), patch.as_candidate(one)
        if isinstance(candidate, NewRow) and patch.is_there(before, candidate):
            raise _known(one)
        after = patch.insert(before, candidate, order)
        python_file.tree(after, file.name)
        steps.append(Step(suggestion=one, before=before, after=after))
    return steps


def _known(one: Suggestion) -> RefusedError:
    return RefusedError(
        f"{one.test.names[0]} in {one.target.path} has this case already\n"
        "It was not put in again.\n"
        f"Turn it down:  pytest-enrich reject {one.id} --reason duplicate"
    )
