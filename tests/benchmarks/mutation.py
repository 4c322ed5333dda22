"""mutmut, a tool of others: which mutants of some functions does a test suite kill?"""

from __future__ import annotations

import configparser
import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import command
import layout
import msgspec
from msgspec import Struct, field
from projects import Bench, Project

MUTMUT = "mutmut==3.8.1"
KILLED = frozenset({1, 3, 37, 24, 36, 152, 255, -24, -11, -9})
"""Statuses by which mutmut means: failed, timed out, crashed."""
ALIVE = frozenset({0, 5, 33})
"""Passed, or no test runs the function."""


class Judged(Struct, frozen=True, kw_only=True):
    """For each mutant that was run whether it was killed; how many were not run in time; how long it took."""

    killed: dict[str, bool]
    left: int
    seconds: float


class _Meta(Struct, frozen=True):
    """What mutmut writes about a file."""

    exit_code_by_key: dict[str, int | None] = field(default_factory=dict)


class Subject(Struct, frozen=True, kw_only=True):
    """What is mutated, and how.

    Attributes:
        bench: The project.
        python: As `install` gives it.
        files: The source files, relative to the checkout.
        patterns: As `pattern` gives them.
        late: Seconds after which mutmut is ended, with the verdicts so far.
    """

    bench: Bench
    python: Path
    files: tuple[str, ...]
    patterns: tuple[str, ...]
    late: float

    def judge(self, checkout: Path) -> Judged:
        """Run the suite in `checkout`, which is changed, on the mutants.

        Raises:
            command.CommandError: There is no verdict at all.
        """
        configure(self.bench.project, checkout, self.files)
        argv = [str(self.python), "-m", "mutmut", "run", "--max-children", "2", *self.patterns]
        ended = command.run(argv, cwd=checkout, env=self.bench.environment(checkout), timeout=self.late)
        (checkout.parent / f"{checkout.name}.log").write_text(ended.output, encoding="utf-8")
        wanted = chosen(self._statuses(checkout), self.patterns)
        killed = {name: status in KILLED for name, status in wanted.items() if status in KILLED | ALIVE}
        if not killed:
            raise command.CommandError(f"mutmut gave no verdict in {checkout}\n{ended.end}")
        return Judged(killed=killed, left=len(wanted) - len(killed), seconds=ended.seconds)

    def _statuses(self, checkout: Path) -> dict[str, int | None]:
        statuses: dict[str, int | None] = {}
        for meta in (checkout / "mutants" / f"{path}.meta" for path in self.files):
            if meta.exists():
                statuses |= msgspec.json.decode(meta.read_bytes(), type=_Meta).exit_code_by_key
        return statuses


def install(bench: Bench, tools: Sequence[str]) -> Path:
    """The interpreter of an environment that has mutmut and what the project needs."""
    project = bench.project
    packages = (f"{bench.name}=={project.version}", *project.requires, *tools, MUTMUT)
    return layout.venv(bench.folder / "mutmut", packages)


def pattern(project: Project, path: str, qualname: str, classes: Iterable[str]) -> str:
    """How mutmut names the mutants of a function.

    Args:
        project: Says what the module names are relative to.
        path: The source file, relative to the checkout, with `/`.
        qualname: The function's; what is inside a function belongs to that.
        classes: The classes of the file's top level.
    """
    module = PurePosixPath(path).relative_to(PurePosixPath(project.pythonpath)).with_suffix("")
    words = [word for word in module.parts if word != "__init__"]
    first, *rest = qualname.split(".")
    function = f"xǁ{first}ǁ{rest[0]}" if first in classes and rest else f"x_{first}"
    return f"{'.'.join(words)}.{function}__mutmut_*"


def chosen(statuses: Mapping[str, int | None], patterns: Iterable[str]) -> dict[str, int | None]:
    """The mutants that one of the patterns names."""
    wanted = tuple(patterns)
    return {
        name: status for name, status in statuses.items() if any(fnmatch.fnmatchcase(name, one) for one in wanted)
    }


def configure(project: Project, checkout: Path, files: Iterable[str]) -> None:
    """Tell mutmut in `setup.cfg` of a checkout what to mutate, and how the tests run."""
    file = checkout / "setup.cfg"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(settings(project, text, files, _others(project, checkout)), encoding="utf-8")
    configparser.ConfigParser().read(file, encoding="utf-8")  # what mutmut could not read, it would not tell


def settings(project: Project, text: str, files: Iterable[str], others: Iterable[str]) -> str:
    """`setup.cfg` with mutmut's section in it.

    Args:
        project: Whose suite is run.
        text: What the file holds already.
        files: The source files to mutate.
        others: What else the tests need beside them.
    """
    ignored = [f"--ignore={path}" for path in project.ignore]
    values = {
        "source_paths": project.source,
        "only_mutate": files,
        "also_copy": others,
        "pytest_add_cli_args_test_selection": (*project.tests, *ignored),
        "pytest_add_cli_args": ("-p", "no:cacheprovider", *project.pytest_options),
    }
    lines = [
        line for name, several in values.items() for line in (f"{name} =", *(f"    {one}" for one in several))
    ]
    return f"{text.rstrip()}\n\n[mutmut]\nuse_git_change_detection = false\n" + "\n".join(lines) + "\n"


def _others(project: Project, checkout: Path) -> list[str]:
    """What lies beside the source in a checkout: tests, settings, data."""
    sources = {PurePosixPath(path).parts[0] for path in project.source}
    aside = {*sources, "mutants", "enrich-suggestions"}
    return sorted(one.name for one in checkout.iterdir() if one.name not in aside and not one.name.startswith("."))
