"""Other tools that write tests: what each makes of a module in a given time."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path

import command
import layout
from msgspec import Struct
from projects import Bench

LATE = 10
"""How many times longer than its own limit a tool may take before it is ended."""


class Target(Struct, frozen=True):
    """A module: of which project, its name, and its file relative to the checkout."""

    project: str
    module: str
    path: str


class Setting(Struct, frozen=True, kw_only=True):
    """Where a tool works: a copy of the checkout, a folder of its own, its interpreter, and its seconds."""

    bench: Bench
    checkout: Path
    place: Path
    python: Path
    seconds: int

    def run(self, *words: str, **variables: str) -> str:
        """What a program beside the interpreter prints; whether it succeeds is its own affair."""
        argv = [str(self.python.with_name(words[0])), *words[1:]]
        env = self.bench.environment(self.checkout) | variables
        ended = command.run(argv, cwd=self.place, env=env, timeout=self.seconds * LATE, apart=True)
        (self.place / f"{words[0]} {words[-1]}.log").write_text(
            f"{ended.output}\n{ended.errors}", encoding="utf-8"
        )
        return ended.output


class Tool(Struct, frozen=True, kw_only=True):
    """A tool: the packages that it is installed from, and how it makes test files, by name their text.

    `old` tools run on Python 3.10.
    """

    name: str
    packages: tuple[str, ...]
    write: Callable[[Setting, Target], dict[str, str]]
    old: bool = False

    def install(self, folder: Path, python310: str | None) -> Path:
        """Its interpreter, in `folder`.

        Raises:
            command.CommandError: It cannot be installed.
        """
        python = python310 if self.old else sys.executable
        if python is None:
            raise command.CommandError("not run: it needs --python310")
        return layout.venv(folder / self.name.replace(" ", "-"), self.packages, python)


def pynguin(setting: Setting, target: Target) -> dict[str, str]:
    """Pynguin, as its own documentation starts it."""
    words = ("--project-path", str(setting.checkout / setting.bench.project.pythonpath))
    limits = ("--maximum-search-time", str(setting.seconds), "--seed", "0")
    output = ("--module-name", target.module, "--output-path", str(setting.place))
    setting.run("pynguin", *words, *output, *limits, PYNGUIN_DANGER_AWARE="1")
    return {file.name: file.read_text(encoding="utf-8") for file in setting.place.glob("test_*.py")}


def ghostwriter(setting: Setting, target: Target) -> dict[str, str]:
    """`hypothesis write`, which needs no time to search."""
    written = setting.run("hypothesis", "write", target.module)
    return {"test_ghostwritten.py": written} if written.strip() else {}


def crosshair(setting: Setting, target: Target) -> dict[str, str]:
    """`crosshair cover` for each public function: one that it cannot do would lose the others."""
    tree = ast.parse((setting.checkout / target.path).read_bytes())
    functions = [one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name[0] != "_"]
    seconds = str(max(setting.seconds // max(len(functions), 1), 1))
    options = ("--example_output_format=pytest", f"--per_condition_timeout={seconds}")
    written = {
        f"test_crosshair_{name}.py": setting.run("crosshair", "cover", *options, f"{target.module}.{name}")
        for name in functions
    }
    return {name: text for name, text in written.items() if "def test" in text}


TOOLS = (
    Tool(name="Pynguin", packages=("pynguin==0.48.0",), write=pynguin, old=True),
    Tool(name="hypothesis write", packages=("hypothesis[cli,ghostwriter]==6.170.17", "pytest"), write=ghostwriter),
    Tool(name="crosshair cover", packages=("crosshair-tool==0.0.112",), write=crosshair),
)
