"""What `pytest --enrich` reaches from nearly nothing, on modules for which others published what they reach.

    python tests/benchmarks/published.py [MODULE...] --data DATA --folder FOLDER [--budget 60s] [--pytest=ARG]

DATA holds `apps/NAME`, the sources, and `figures.json`: the published coverage of each module by tool, as
SlipCover counts it. Each module starts from one test file that only imports it. All suggestions are accepted,
and SlipCover measures. What the import alone covers counts for every tool alike.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import amplified
import command
import layout
import msgspec
import projects
import repository
import runs
import tables
from msgspec import Struct, field
from projects import Bench, Project
from results import Outcome, Results
from runs import Run, Settings

LATE = 600.0


class Summary(Struct, frozen=True):
    """SlipCover's sums of a file; of several runs the mean."""

    covered_lines: float = 0
    missing_lines: float = 0
    covered_branches: float = 0
    missing_branches: float = 0

    @property
    def branches(self) -> float:
        """All that there are."""
        return self.covered_branches + self.missing_branches


class Module(Struct, frozen=True):
    """A module, and what each tool reached of it."""

    app: str
    root: str = ""
    codamosa_codex_mean: Summary | None = None
    codamosa_gpt4o: Summary | None = None
    coverup_gpt4o: Summary | None = None
    coverup_ablated_gpt4o: Summary | None = None

    @property
    def tools(self) -> dict[str, Summary]:
        """What is known of each."""
        known = {name: getattr(self, name) for name in self.__struct_fields__[2:]}
        return {name: one for name, one in known.items() if one is not None}

    @property
    def branches(self) -> float:
        """Of the module, as SlipCover counted them elsewhere."""
        return max((one.branches for one in self.tools.values()), default=0)


class Figures(Struct, frozen=True):
    """`figures.json`: what each app requires, and its modules."""

    requires: dict[str, tuple[str, ...]]
    modules: dict[str, Module]


class Reached(Outcome, frozen=True, kw_only=True):
    """What came of one module: suggestions, lines of test, SlipCover's sums and those of others, how it ended."""

    suggestions: int = 0
    added: int = 0
    ours: Summary = Summary()
    theirs: dict[str, Summary] = field(default_factory=dict)
    seconds: float = 0.0
    stopped: str = ""
    suite: str = ""


class _File(Struct, frozen=True):
    summary: Summary


class _Slip(Struct, frozen=True):
    files: dict[str, _File]


def main() -> int:
    """Run on each module, and print the table."""
    parser = runs.arguments(__doc__, "modules of figures.json")
    parser.add_argument("--data", type=projects.absolute, required=True, help="with apps/ and figures.json")
    parser.add_argument("--least", type=int, default=8, help="leave out modules with fewer branches")
    parser.add_argument("--budget", default="60s", help="as in --enrich-budget")
    parser.add_argument("--seed", type=int, default=0, help="as in --enrich-seed")
    parser.add_argument("--pytest", action="append", default=[], metavar="ARG", help="one more argument (repeat)")
    ours = projects.ROOT / "pytest_enrich"
    parser.add_argument("--package", type=projects.absolute, default=ours, help="another pytest_enrich to run")
    given = parser.parse_args()
    figures = msgspec.json.decode((given.data / "figures.json").read_bytes(), type=Figures)
    large = [name for name, about in figures.modules.items() if about.branches >= given.least]
    names = [name for name in figures.modules if name in given.names or (not given.names and name in large)]
    settings = Settings(budget=given.budget, seed=given.seed, more=("--enrich-model=none", *given.pytest))
    given.folder /= "published"
    run = runs.begin(given.folder, settings, given.package, given.run)
    about = f"{tables.machine()}; budget {settings.budget}, seed {settings.seed}, {' '.join(settings.more)}"
    kept = Results(run.place, "published", Reached)
    found = kept.measure(names, partial(_reached, given.data, given.folder, figures, run), _told, given)
    command.say(f"\n{kept.keep(names, found, table, about)}")
    return any(one.error for one in found)


def table(results: Sequence[Reached]) -> str:
    """A Markdown table, a module a row; and what each tool reached of those for which its figures are known."""
    headings = ("module", "branches covered", "CoverUp", "suggestions", "added lines", "run, s", "ended", "suite")
    good = [one for one in results if not one.error]
    said = [f"{one.name} FAILED: {one.error}" for one in results if one.error]
    tools = dict.fromkeys(tool for one in good for tool in one.theirs)
    both = {tool: [(one.ours, one.theirs[tool]) for one in good if tool in one.theirs] for tool in tools}
    added, covered = sum(one.added for one in good), sum(one.ours.covered_branches for one in good)
    said += [f"pytest-enrich: {_share([one.ours for one in good])}; {added / max(covered, 1):.2f} lines a branch"]
    said += [f"{tool}: {_share([their for _, their in pairs])}" for tool, pairs in both.items()]
    return "\n".join([tables.markdown(headings, map(_row, good)), "", *said])


def _row(one: Reached) -> tuple[str, ...]:
    return (
        one.name,
        f"{one.ours.covered_branches:.0f} of {one.ours.branches:.0f}",
        f"{one.theirs.get('coverup_gpt4o', Summary()).covered_branches:.0f}",
        str(one.suggestions),
        str(one.added),
        f"{one.seconds:.0f}",
        one.stopped,
        one.suite,
    )


def _share(sums: Sequence[Summary]) -> str:
    covered, every = sum(one.covered_branches for one in sums), sum(one.branches for one in sums)
    return f"{100 * covered / max(every, 1):.1f} % of {every:.0f} branches"


def _told(one: Reached) -> str:
    return f"{one.ours.covered_branches:.0f} of {one.ours.branches:.0f} branches, {one.seconds:.0f} s"


def _reached(data: Path, folder: Path, figures: Figures, run: Run, name: str) -> Reached:
    module = figures.modules[name]
    bench = _bench(folder / module.app, name, figures.requires[module.app])
    place = runs.clear(run.of(name))
    source = name.replace(".", "/") + ".py"
    begun = _beginning(data / "apps" / module.app / module.root, name, place)
    checkout = repository.make(begun, run.checkout(name))
    more = (f"--cov={name.partition('.')[0]}", "--cov-branch", f"--enrich-only={source}")
    started = time.monotonic()
    ended = amplified.enrich(bench, checkout, run, *more)
    seconds = time.monotonic() - started
    suggestions = len(amplified.waiting(checkout))
    amplified.accept(bench, checkout, run)
    added = repository.added(checkout, place / "accepted.patch")
    suite, files = _slipcover(bench, checkout, run)
    ours = next((file.summary for path, file in files.items() if path.endswith(source)), Summary())
    return Reached(
        name=name,
        suggestions=suggestions,
        added=added,
        ours=ours,
        theirs=module.tools,
        seconds=seconds,
        stopped=ended.stopped,
        suite=suite,
    )


def _bench(folder: Path, name: str, requires: Sequence[str]) -> Bench:
    project = Project(version="", sha256="", source=(name.partition(".")[0],), tests=("tests",))
    bench = Bench(name=name, project=project, folder=folder)
    layout.venv(folder / "venv", ("slipcover", "pytest", *requires, "--editable", str(projects.ROOT)))
    return bench


def _beginning(root: Path, name: str, place: Path) -> Path:
    """A folder with the module's package, and one test that imports the module."""
    package, last, begun = name.partition(".")[0], name.rpartition(".")[2], place / "begun"
    layout.copy(root / package, begun / package)
    (begun / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (begun / "tests").mkdir()
    test = f"import {name}\n\n\ndef test_import():\n    assert {name}\n"
    (begun / "tests" / f"test_{last}.py").write_text(test, encoding="utf-8")
    return begun


def _slipcover(bench: Bench, checkout: Path, run: Run) -> tuple[str, Mapping[str, _File]]:
    out = checkout.parent / "slipcover.json"
    measured = ("-m", "slipcover", "--branch", "--json", "--out", str(out), "--source", *bench.project.source)
    tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:enrich", "tests")
    env = bench.environment(checkout, run.package)
    ended = command.check([bench.python, *measured, *tests], cwd=checkout, env=env, timeout=LATE, allowed=(0, 1))
    return ended.output.rstrip().rpartition("\n")[2], msgspec.json.decode(out.read_bytes(), type=_Slip).files


if __name__ == "__main__":
    sys.exit(main())
