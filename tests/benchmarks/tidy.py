"""Whether a project's own formatters and linters find more in its tests after all suggestions were accepted.

    python tests/benchmarks/tidy.py [NAME...] --folder FOLDER [--budget 500x] [--seed 0]

Each project is run in a copy, in an environment that has the tools which it configures (in pyproject.toml, a file
of their own, or pre-commit's), and everything is accepted. A finding is told without its line number; of a
formatter each line that it would change is one. It is compared, too, whether `all.patch` makes of the test files
what `accept` makes. The table is printed, and kept in FOLDER/runs/NUMBER as `tidy.md`; 1 when anything was found.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import amplified
import command
import layout
import projects
import repository
import runs
import tables
from msgspec import Struct
from projects import Bench, Listing
from results import Outcome, Results
from runs import Run, Settings

HOUR = 3600.0
PLACE = re.compile(r"^(?:\./)?(?P<path>[^:]+):\d+(?::\d+)?:\s*")
CONFIG = ".pre-commit-config.yaml"
ARGUMENT = re.compile(r"--[\w-]+=[^\s\"',\]]+")
CHANGED = re.compile(r"^[-+](?![-+]{2} )")


class Tool(Struct, frozen=True, kw_only=True):
    """A formatter, which tells what it would change as a diff, or a linter; and what configures it."""

    name: str
    words: tuple[str, ...]
    files: tuple[str, ...] = ()
    table: str = ""
    hook: str

    @property
    def package(self) -> str:
        """What has to be installed."""
        return self.words[0]

    def is_used(self, checkout: Path) -> bool:
        """Whether the project configures it."""
        tables = re.escape(self.table or self.package)
        named = re.compile(rf"^\[(?:tool[.:])?{tables}[.\]]", re.MULTILINE)
        texts = (_read(checkout / name) for name in ("pyproject.toml", "setup.cfg", "tox.ini"))
        return (
            any((checkout / name).is_file() for name in self.files)
            or self._hook(checkout) is not None
            or any(named.search(text) for text in texts)
        )

    def arguments(self, checkout: Path) -> tuple[str, ...]:
        """What pre-commit passes to it."""
        hook = self._hook(checkout)
        return tuple(ARGUMENT.findall(hook[1])) if hook is not None else ()

    def _hook(self, checkout: Path) -> re.Match[str] | None:
        """Where pre-commit's configuration names it, with all that is said of it there."""
        name = rf"\bid:\s*['\"]?(?:{self.hook})['\"]?\s*$"
        return re.search(rf"{name}((?:.(?!\bid:|\brepo:))*)", _read(checkout / CONFIG), re.MULTILINE | re.DOTALL)


RUFF = ("ruff.toml", ".ruff.toml")
CHECK, FORMAT = ("ruff", "check", "--no-fix", "--output-format=concise"), ("ruff", "format", "--diff")
TOOLS = (
    Tool(name="ruff check", words=CHECK, files=RUFF, hook="ruff|ruff-check"),
    Tool(name="ruff format", words=FORMAT, table="ruff.format", hook="ruff-format"),
    Tool(name="black", words=("black", "--quiet", "--diff"), hook="black"),
    Tool(name="isort", words=("isort", "--quiet", "--diff"), files=(".isort.cfg",), hook="isort"),
    Tool(name="flake8", words=("flake8",), files=(".flake8",), hook="flake8"),
)


class Tidied(Outcome, frozen=True, kw_only=True):
    """What the tools of a project find: how much before, and what is new after accepting all."""

    suggestions: int = 0
    refused: int = 0
    before: Mapping[str, int] = {}
    new: Mapping[str, tuple[str, ...]] = {}
    is_as_shown: bool = True


def main() -> int:
    """Run on each project, and print the table."""
    parser = projects.listed(runs.arguments(__doc__))
    parser.add_argument("--budget", default="500x", help="as in --enrich-budget")
    parser.add_argument("--seed", type=int, default=0, help="as in --enrich-seed")
    ours = projects.ROOT / "pytest_enrich"
    parser.add_argument("--package", type=projects.absolute, default=ours, help="another pytest_enrich to run")
    given = parser.parse_args()
    listing = projects.read(given.list)
    settings = Settings(budget=given.budget, seed=given.seed)
    run = runs.begin(given.folder, settings, given.package, given.run)
    kept = Results(run.place, "tidy", Tidied)
    names = projects.chosen(given.names, listing)
    found = kept.measure(names, lambda name: tidied(name, given.folder, listing, run), _told, given)
    about = f"{tables.machine()}; budget {settings.budget}, seed {settings.seed}"
    command.say(f"\n{kept.keep(listing.projects, found, table, about)}")
    return any(one.error or not one.is_as_shown or any(one.new.values()) for one in found)


def tidied(name: str, folder: Path, listing: Listing, run: Run) -> Tidied:
    """What the tools of one project find before and after.

    Raises:
        command.CommandError: Something could not be installed, or pytest or `accept` failed.
    """
    bench = layout.prepare(name, folder, listing)
    tools = [tool for tool in TOOLS if tool.is_used(bench.ablated)]
    packages = sorted({tool.package for tool in tools})
    if packages:
        command.check([bench.python, "-m", "pip", "install", "--quiet", *packages], cwd=bench.folder)
    place = run.of(name)
    place.mkdir(parents=True, exist_ok=True)
    checkout = repository.make(bench.ablated, place / "tidy")
    before = {tool.name: findings(tool, bench, checkout) for tool in tools}
    amplified.enrich(bench, checkout, run)
    made = amplified.waiting(checkout)
    shown = _patched(bench, checkout, place / "patched")
    refused = amplified.accept(bench, checkout, run)
    after = {tool.name: findings(tool, bench, checkout) for tool in tools}
    return Tidied(
        name=name,
        suggestions=len(made),
        refused=refused,
        before={tool: found.total() for tool, found in before.items()},
        new={tool: tuple(sorted((found - before[tool]).elements())) for tool, found in after.items()},
        is_as_shown=refused > 0 or shown == _tests(bench, checkout),
    )


def findings(tool: Tool, bench: Bench, checkout: Path) -> Counter[str]:
    """What a tool says of the tests, each finding with its file and without its line."""
    tests = [str(path.relative_to(checkout)) for path in bench.project.test_files(checkout)]
    argv = [bench.python.with_name(tool.package), *tool.words[1:], *tool.arguments(checkout), *tests]
    ended = command.run(argv, cwd=checkout, env=bench.environment(checkout), timeout=HOUR, apart=True)
    if ended.status > 1:
        raise command.CommandError(f"{tool.name} ended with status {ended.status}\n{ended.errors}{ended.end}")
    lines = ended.output.splitlines()
    return Counter(PLACE.sub(r"\g<path>: ", line) for line in lines if PLACE.match(line) or CHANGED.match(line))


def _patched(bench: Bench, checkout: Path, place: Path) -> dict[str, str]:
    """The test files after `all.patch`, as git applies it."""
    patch = checkout / "enrich-suggestions" / "all.patch"
    copy = layout.copy(checkout, place)
    if patch.exists():
        command.check(["git", "apply", "--whitespace=nowarn", str(patch)], cwd=copy)
    return _tests(bench, copy)


def _tests(bench: Bench, checkout: Path) -> dict[str, str]:
    files = bench.project.test_files(checkout)
    return {str(file.relative_to(checkout)): file.read_bytes().decode("utf-8", "replace") for file in files}


def table(found: Sequence[Tidied]) -> str:
    """A line a project; below it what is new."""
    rows = [
        (one.name, str(one.suggestions), str(one.refused), _counts(one), "yes" if one.is_as_shown else "no")
        for one in found
        if not one.error
    ]
    headings = ("project", "suggestions", "refused", "findings before, new after", "patch as accepted")
    new = [f"{one.name}, {tool}: {line}" for one in found for tool, lines in one.new.items() for line in lines]
    return "\n\n".join([tables.markdown(headings, rows), *(["\n".join(new)] if new else [])])


def _counts(one: Tidied) -> str:
    counts = (f"{tool} {one.before[tool]}, {len(new)}" for tool, new in one.new.items())
    return "; ".join(counts) or "no tool is configured"


def _told(one: Tidied) -> str:
    return f"{one.suggestions} suggestions; {_counts(one)}"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
