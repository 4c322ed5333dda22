"""Whether a project gets the same suggestions in each isolation, as root and as an ordinary user.

    python tests/benchmarks/isolations.py [NAME...] --folder FOLDER [--user nobody] [--budget 5000x]

The projects are those of `strict.toml`, which turn every warning into an error. Each runs four times, with
bubblewrap and without (a PATH that does not have it), as root and as the user. It has to be started by root, with
an interpreter and a FOLDER that the user can read. The table is printed, and kept in FOLDER/isolations.md.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import amplified
import command
import layout
import msgspec
import projects
import repository
from msgspec import Struct
from projects import Bench

HOUR = 3600.0
LIST = Path(__file__).with_name("strict.toml")
FEWEST = 1
MOST_APART = 1


class Machine(Struct, frozen=True):
    """Who runs, and whether bubblewrap can be found."""

    user: str
    bwrap: bool

    @property
    def name(self) -> str:
        """`root-bwrap`."""
        return f"{self.user}-{'bwrap' if self.bwrap else 'plain'}"


class Found(Struct, frozen=True):
    """What a run came to: suggestions, the isolation that it names, or why there is nothing."""

    suggestions: int
    isolation: str
    error: str = ""


def main() -> int:
    """Run each project in each isolation; 1 when one has none, or differs by more than one."""
    parser = projects.arguments(__doc__, "projects of strict.toml")
    parser.add_argument("--user", default="nobody", help="an ordinary user of this machine")
    parser.add_argument("--budget", default="5000x", help="as in --enrich-budget")
    parser.add_argument("--most", default="10", help="as in --enrich-max")
    given = parser.parse_args()
    listing = projects.read(LIST)
    machines = [Machine(user, bwrap) for user, bwrap in product(("root", given.user), (True, False))]
    rows = [f"| project | {' | '.join(one.name for one in machines)} | |", "|---" * (len(machines) + 2) + "|"]
    is_alike = True
    for name in projects.chosen(given.names, listing):
        bench = layout.prepare(name, given.folder, listing)
        found = [
            _found(bench, machine, given.folder / "isolations", (given.budget, given.most)) for machine in machines
        ]
        counts = [one.suggestions for one in found]
        alike = min(counts) >= FEWEST and max(counts) - min(counts) <= MOST_APART
        is_alike = is_alike and alike
        cells = [str(one.suggestions) if not one.error else one.error for one in found]
        rows.append(f"| {name} | {' | '.join(cells)} | {'' if alike else 'differs'} |")
        command.say(f"{rows[-1]}  {', '.join(sorted({one.isolation for one in found}))}")
    text = "\n".join(rows)
    (given.folder / "isolations.md").write_text(f"{text}\n", encoding="utf-8")
    command.say(f"\n{text}")
    return not is_alike


def _found(bench: Bench, machine: Machine, folder: Path, limits: tuple[str, str]) -> Found:
    place = folder / bench.name / machine.name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    checkout = repository.make(bench.ablated, place / "checkout")
    env = bench.environment(checkout) | {"PATH": _path(place, with_bwrap=machine.bwrap), "HOME": str(place)}
    ours = ("--enrich", f"--enrich-budget={limits[0]}", f"--enrich-max={limits[1]}")
    argv = (*_as(machine.user), str(bench.python), *bench.project.pytest, *ours)
    command.check(["chown", "-R", machine.user, place], cwd=place)
    ended = command.run(argv, cwd=checkout, env=env, timeout=HOUR)
    (place / "enrich.log").write_text(ended.output, encoding="utf-8")
    written = checkout / "enrich-suggestions" / "run.json"
    if not written.exists():
        return Found(0, "", f"status {ended.status}")
    summary = msgspec.json.decode(written.read_bytes(), type=amplified.Summary)
    return Found(len(amplified.waiting(checkout)), summary.isolation)


def _as(user: str) -> tuple[str, ...]:
    return () if user == "root" else ("setpriv", f"--reuid={user}", "--clear-groups", f"--regid={_group(user)}")


def _group(user: str) -> str:
    import pwd

    return str(pwd.getpwnam(user).pw_gid)


def _path(place: Path, *, with_bwrap: bool) -> str:
    """Links to all programs, in a folder of their own where bubblewrap is not to be found."""
    if with_bwrap:
        return os.defpath + os.pathsep + "/usr/bin:/bin"
    programs = place / "bin"
    programs.mkdir()
    for program in _programs():
        if program.name != "bwrap" and not (programs / program.name).is_symlink():
            (programs / program.name).symlink_to(program)
    return str(programs)


def _programs() -> Iterator[Path]:
    yield from Path("/usr/bin").iterdir()


if __name__ == "__main__":
    sys.exit(main())
