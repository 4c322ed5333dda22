"""Whether the shards of a run, merged, come to what one run comes to: the same ids of suggestions.

    python tests/benchmarks/shards.py [PROJECT ...] --folder FOLDER [--of 4] [--budget 20000x]

Without a PROJECT it is both of `fixtures/`. FOLDER/shards is made anew: a copy of each project for the whole run,
and one in which each shard runs and leaves its folder, as the jobs of CI do; these are merged there. The table is
printed and kept as FOLDER/shards.md, the ids as FOLDER/shards.json. The exit status is 1 where the ids differ.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import command
import tables
from msgspec import Struct
from results import pretty

ROOT = Path(__file__).parents[2]
FIXTURES = [ROOT / "fixtures" / name for name in ("shop", "codec")]
LEFT_BEHIND = ("__pycache__", ".pytest_cache", "enrich-suggestions", ".git", ".coverage")


class Compared(Struct, frozen=True, kw_only=True):
    """The ids that one run and the merged shards came to, each sorted, and the seconds of each."""

    project: str
    whole: tuple[str, ...]
    merged: tuple[str, ...]
    seconds: tuple[float, ...]


def main() -> int:
    """Compare, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="*", type=Path, help="folders of projects with a suite that passes")
    parser.add_argument("--folder", type=Path, required=True, help="where to work")
    parser.add_argument("--of", type=int, default=4, help="how many shards")
    parser.add_argument("--budget", default="20000x", help="of each project, in executions")
    given = parser.parse_args()
    place, about = given.folder.resolve() / "shards", tables.machine()
    shutil.rmtree(place, ignore_errors=True)
    found = [compared(one.resolve(), place, given.of, given.budget) for one in given.projects or FIXTURES]
    told = f"{about}; {given.of} shards, budget {given.budget}\n\n{table(found)}\n"
    (given.folder / "shards.md").write_text(told, encoding="utf-8")
    (given.folder / "shards.json").write_bytes(pretty(found))
    command.say(told)
    return any(one.whole != one.merged for one in found)


def compared(project: Path, place: Path, of: int, budget: str) -> Compared:
    """Run it in one go, and in parts that are merged."""
    one, parts, jobs = (place / project.name / name for name in ("one", "parts", "jobs"))
    for root in (one, parts):
        shutil.copytree(project, root, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    seconds = [run(one, f"--enrich-budget={budget}")]
    for number in range(1, of + 1):
        words = (
            f"--enrich-budget={budget}",
            f"--enrich-shard={number}/{of}",
            f"--enrich-dir={jobs / str(number)}",
        )
        seconds.append(run(parts, *words))
    jobs.mkdir(exist_ok=True)
    command.check([sys.executable, "-m", "pytest_enrich", "merge", jobs], cwd=parts, env=environment())
    made = Compared(project=project.name, whole=ids(one), merged=ids(parts), seconds=tuple(seconds))
    command.say(f"{project.name}: {len(made.whole)} in one run, {len(made.merged)} merged")
    return made


def run(root: Path, *words: str) -> float:
    """Seconds of a run whose suggestions are as many as they may be."""
    argv = [sys.executable, "-m", "pytest", "-q", "--enrich", "--enrich-max=0", "--enrich-report=none", *words]
    return round(command.check(argv, cwd=root, env=environment()).seconds, 1)


def environment() -> dict[str, str]:
    """This checkout's package, and nothing that makes a run another one."""
    odd = ("PYTEST_", "COV", "CI", "GITHUB", "GITLAB")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(odd)}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def ids(root: Path) -> tuple[str, ...]:
    """Of what waits there."""
    argv = [sys.executable, "-m", "pytest_enrich", "list", "--json"]
    listed = json.loads(command.run(argv, cwd=root, env=environment(), apart=True).output)
    return tuple(sorted(one["id"] for one in listed["suggestions"]))


def table(found: Iterable[Compared]) -> str:
    """A Markdown table."""
    heads = ("project", "one run", "merged", "only in one run", "only merged", "one run, s", "each shard, s")
    return tables.markdown(heads, (row(one) for one in found))


def row(one: Compared) -> tuple[str, ...]:
    """A line of it."""
    whole, merged = set(one.whole), set(one.merged)
    apart = [", ".join(sorted(some)) or "none" for some in (whole - merged, merged - whole)]
    each = ", ".join(f"{second:.0f}" for second in one.seconds[1:])
    return one.project, str(len(whole)), str(len(merged)), *apart, f"{one.seconds[0]:.0f}", each


if __name__ == "__main__":
    sys.exit(main())
