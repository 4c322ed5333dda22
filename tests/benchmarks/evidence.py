"""Is any change of the evidence seen, and what does keeping it cost?

    python tests/benchmarks/evidence.py [--changes 10000] [--attempts 5000] [--seed 1]

Changes a byte, removes, doubles, swaps or cuts lines of a log of 61 lines, and counts how many changes are told.
Then writes a log of so many attempts, four at a time as a run does, and checks it.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

import command

from pytest_enrich.store.evidence import Evidence

ATTEMPT = {"path": "src/shop/cart.py", "code": "def test_cart():\n    assert cart()\n" * 30}
TOGETHER = 4


def altered(text: bytes, draw: random.Random) -> bytes:
    """The file with one change, removal, addition, swap, or without its end."""
    lines = text.split(b"\n")[:-1]
    place, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    line = lines[place]
    match draw.randrange(6):
        case 0:
            at = draw.randrange(len(line))
            lines[place] = line[:at] + bytes([line[at] ^ (1 << draw.randrange(7))]) + line[at + 1 :]
        case 1:
            del lines[place]
        case 2:
            lines[place], lines[other] = lines[other], lines[place]
        case 3:
            lines.insert(place, lines[other])
        case 4:  # what JSON does not see
            at = line.index(b":") + 1
            lines[place] = line[:at] + b" " + line[at:]
        case _:
            del lines[place:]
    return b"".join(one + b"\n" for one in lines)


def seen(evidence: Evidence, changes: int, draw: random.Random) -> int:
    """How many of so many changes are told."""
    (path,) = evidence.files()
    before, told, done = path.read_bytes(), 0, 0
    while done < changes:
        if (after := altered(before, draw)) != before:
            path.write_bytes(after)
            told += bool(evidence.check().faults)
            done += 1
    path.write_bytes(before)
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--attempts", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        one, other = (Evidence(Path(top) / "evidence", Path(top)) for top in (small, large))
        for log, count in ((one, 60), (other, given.attempts)):
            began = time.monotonic()
            log.begin({"run": 1})
            for _ in range(count // TOGETHER):
                log.add("attempt", *[ATTEMPT] * TOGETHER)
            took = time.monotonic() - began
        told = seen(one, given.changes, random.Random(given.seed))
        began = time.monotonic()
        found = other.check()
        checked = time.monotonic() - began
    command.say(f"{told} of {given.changes} changes were told")
    command.say(f"{found.head.lines} lines written in {took:.1f} s, checked in {checked:.1f} s")
    return int(told != given.changes)


if __name__ == "__main__":
    sys.exit(main())
