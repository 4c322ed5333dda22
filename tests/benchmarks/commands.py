"""How long the reading commands take: wall clock from the start of the process, median of several.

    python tests/benchmarks/commands.py --folder FOLDER

Laid out in FOLDER/commands: the shop with twelve suggestions (and with 200, so that growth can be seen). `review`
is timed twice: without a terminal, where it says what else there is, and on one, until its first screen asks.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import command
from msgspec import json as msgspec_json
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Suggestion
from pytest_enrich.store import Store

ROOT = Path(__file__).resolve().parents[2]
SUGGESTIONS = ROOT / "tests" / "commands" / "review" / "suggestions.json"
ENRICH = (sys.executable, "-m", "pytest_enrich")
PROMPT = b",?]? "


def lay_out(root: Path, number: int) -> str:
    """The shop with `number` suggestions that wait, after the first twelve copies of them; returns an id."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(ROOT / "fixtures" / "shop", root)
    store = Store(root / "enrich-suggestions", root)
    known = msgspec_json.decode(SUGGESTIONS.read_bytes(), type=list[Suggestion])
    for index in range(number):
        one = known[index % len(known)]
        if index >= len(known):
            one = replace(one, id=f"{one.id[:-4]}{_letters(index)}")
        text = (root / one.target.path).read_text(encoding="utf-8")
        store.save(one, patch.render_patch(one, text), patch.render_module(one, text))
    return known[0].id


def _letters(number: int) -> str:
    return "".join("abcdefghijklmnopqrstuvwxyz"[number // 26**place % 26] for place in range(4))


def seconds(words: tuple[str, ...], root: Path) -> float:
    """Of one run without a terminal."""
    return command.check([*ENRICH, *words], cwd=root, allowed=(0, 2)).seconds


def seconds_to_screen(root: Path) -> float:
    """From the start of `review` on a terminal to its first question."""
    leader, follower = pty.openpty()
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), follower)
    environment = {**os.environ, "TERM": "xterm"}
    started = time.monotonic()
    with subprocess.Popen(
        [*ENRICH, "review"], cwd=root, env=environment, start_new_session=True, **streams
    ) as child:
        os.close(follower)
        shown = b""
        while PROMPT not in shown:
            shown += os.read(leader, 65536)
        found = time.monotonic() - started
        os.close(leader)
        child.wait()
    return found


def figures(root: Path, identity: str, times: int) -> dict[str, float]:
    """Median seconds by command."""
    ways = {
        "list": lambda: seconds(("list",), root),
        f"show {identity}": lambda: seconds(("show", identity), root),
        "review --plain </dev/null": lambda: seconds(("review", "--plain"), root),
        "review, to the first screen": lambda: seconds_to_screen(root),
        "stats": lambda: seconds(("stats",), root),
    }
    return {name: statistics.median(way() for _ in range(times)) for name, way in ways.items()}


def main() -> int:
    """Print a table, and write it beside the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where the projects are laid out")
    parser.add_argument("--times", type=int, default=10, help="how often each is run (default: 10)")
    given = parser.parse_args()
    found = {}
    for number in (12, 200):
        root = given.folder.resolve() / "commands" / f"shop-{number}"
        found[number] = figures(root, lay_out(root, number), given.times)
    (given.folder / "commands" / "commands.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    command.say(f"| command | {' | '.join(f'{number} waiting, s' for number in found)} |")
    command.say(f"| --- |{' --- |' * len(found)}")
    for name in found[12]:
        command.say(f"| `{name}` | {' | '.join(f'{one[name]:.2f}' for one in found.values())} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
