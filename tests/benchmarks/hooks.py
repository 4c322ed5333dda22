"""How long a hook takes where much waits, and how long git is asked where much was committed.

    python tests/benchmarks/hooks.py --folder FOLDER [--suggestions 500] [--commits 20000] [--times 10]

FOLDER/hooks is made anew: a project with so many suggestions that wait, 20 for each source file, and a repository
with so many commits, made by `git fast-import`, whose checked out branch left `main` half-way and has 100 commits
of its own. Each command runs once before it counts. The table is printed and kept as FOLDER/hooks.md, figures as
FOLDER/hooks.json.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import command
import tables
from msgspec import Struct
from results import pretty

from pytest_enrich.data import Oracle, Suggestion
from pytest_enrich.data.suggestion import GapPart, MadePart, OriginPart, ProofPart, RunsPart, TargetPart, TestPart
from pytest_enrich.store import Store

EACH = 20
FILES = 200
OWN = 100
SINCE = """
from pathlib import Path
from pytest_enrich import changes
print(len(changes.since(Path.cwd(), "main").lines))
"""
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


class Timed(Struct, frozen=True, kw_only=True):
    """Seconds of wall clock of one command, each time."""

    what: str
    seconds: tuple[float, ...]


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where to work")
    parser.add_argument("--suggestions", type=int, default=500, help="that wait")
    parser.add_argument("--commits", type=int, default=20_000, help="of the branch that is compared with")
    parser.add_argument("--times", type=int, default=10, help="how often each command is measured")
    given = parser.parse_args()
    place, about = given.folder.resolve() / "hooks", tables.machine()
    shutil.rmtree(place, ignore_errors=True)
    project, repository = place / "project", place / "repository"
    fill(project, given.suggestions)
    history(repository, given.commits)
    program = [sys.executable, "-m", "pytest_enrich", "hook"]
    found = [
        timed("an interpreter that does nothing", [sys.executable, "-c", ""], project, given.times),
        timed("hook, one file", [*program, "src/shop/m0.py"], project, given.times),
        timed("hook, all files", program, project, given.times),
        timed("--enrich-since=main", [sys.executable, "-c", SINCE], repository, given.times),
    ]
    told = f"{about}; {given.suggestions} suggestions, {given.commits} commits\n\n{table(found)}\n"
    (given.folder / "hooks.md").write_text(told, encoding="utf-8")
    (given.folder / "hooks.json").write_bytes(pretty(found))
    command.say(told)
    return 0


def fill(root: Path, count: int) -> None:
    """A project with `count` suggestions that wait."""
    store = Store(root / "enrich-suggestions", root)
    for number in range(count):
        one = suggestion(number)
        module = f"{one.test.imports[0]}\n\n\n{one.test.code}"
        store.save(one, f"--- a/{one.target.path}\n+++ b/{one.target.path}\n@@ -0,0 +1 @@\n+x\n" * 8, module)


def suggestion(number: int) -> Suggestion:
    """One of the usual size."""
    name, path = f"f{number}", f"src/shop/m{number // EACH}.py"
    digits = "".join(LETTERS[number >> shift & 31] for shift in range(0, 40, 5))
    return Suggestion(
        id=f"m{number // EACH}-{digits}",
        grade="good",
        title=f"{name}: text without a dash is refused",
        look="the text was read off the code, no docstring promises it",
        gap=GapPart(
            path=path, qualname=name, line=3, outcome="true", text="if not sep:", lines=(4,), branches=((3, 4),),
            function_sha256="0" * 64,
        ),
        target=TargetPart(path=f"tests/test_m{number // EACH}.py", where="end of file", sha256="0" * 64),
        test=TestPart(
            names=(f"test_{name}",),
            code=f"def test_{name}():\n    with pytest.raises(ValueError):\n        {name}('AB12')\n",
            imports=("import pytest",),
            body_sha256=f"{number:064x}",
        ),
        oracle=(Oracle(line=2, what="raises ValueError", source="observed", look=True),),
        proof=ProofPart(
            lines_gained=1, branches_gained=1, runs=RunsPart(passed=10, of=10, modes=("alone", "suite")),
            duration_ms=0.4, isolation="bwrap+landlock+seccomp",
        ),
        origin=OriginPart(proposer="search", executions=12),
        made=MadePart(at="2026-11-24T22:41:07Z", pytest_enrich="0.1.0", python="3.11.7"),
    )  # fmt: skip


def history(root: Path, commits: int) -> None:
    """A repository with a long `main`, and a branch `work` that is checked out."""
    root.mkdir(parents=True)
    command.check(["git", "init", "-q", "-b", "main"], cwd=root)
    stream = root.parent / "history"
    stream.write_bytes(b"".join(_commits("main", 0, commits)) + b"".join(_commits("work", commits // 2, OWN)))
    command.check(["sh", "-c", 'git fast-import --quiet --date-format=raw <"$0"', str(stream)], cwd=root)
    command.check(["git", "checkout", "-q", "work"], cwd=root)


def _commits(branch: str, start: int, count: int) -> Iterator[bytes]:
    """For `git fast-import`: each commit changes a line of one file and adds another."""
    for number in range(start, start + count):
        mark = number + 1 + (10_000_000 if branch == "work" else 0)
        text = "".join(f"x{line} = {number if line == number % 50 else 0}\n" for line in range(50 + number % 7))
        first = number == start
        parent = f"from :{start}\n" if first and start else ""
        yield (
            f"commit refs/heads/{branch}\nmark :{mark}\ncommitter a <a@b> {1_600_000_000 + number} +0000\n"
            f"data 1\nx\n{parent}M 100644 inline src/m{number % FILES}.py\ndata {len(text)}\n{text}\n"
        ).encode()


def timed(what: str, argv: list[str], cwd: Path, times: int) -> Timed:
    """Run it once, and then as often as it counts."""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    seconds = [command.check(argv, cwd=cwd, env=env).seconds for _ in range(times + 1)][1:]
    command.say(f"{what}: {statistics.median(seconds):.3f} s")
    return Timed(what=what, seconds=tuple(round(one, 4) for one in seconds))


def table(found: list[Timed]) -> str:
    """A Markdown table."""
    rows = [(one.what, tables.spread([1000 * second for second in one.seconds])) for one in found]
    return tables.markdown(("command", "wall, ms"), rows)


if __name__ == "__main__":
    sys.exit(main())
