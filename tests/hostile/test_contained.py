"""Hostile candidates do no harm, and what forgers claim is not believed."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_enrich.data import Answered, Prove

SECRET = "loot-4c1d9a"
SANDBOXES = tuple(
    f"{kind}+{layers}"
    for kind in ("process", "forkserver")
    for layers in ("landlock+seccomp", "bwrap+landlock+seccomp")
)
FORKING = SANDBOXES[2:]
"""A sandbox of processes has the same walls, as its contract shows; in these one test comes after the other."""
TEXT = (Path(__file__).parent / "programs.md").read_text(encoding="utf-8")
SECONDS = 20.0


class Program(NamedTuple):
    tries: str
    text: str
    seconds: float


def programs(part: str) -> list[Program]:
    found = []
    for tries, text in re.findall(r"^## (.+)\n((?:    .*\n|\n)+)", part, re.MULTILINE):
        limit = re.search(r"\((\d+) s\)$", tries)
        found.append(Program(tries, textwrap.dedent(text), float(limit[1]) if limit else SECONDS))
    return found


HOSTILE, FORGERS = map(programs, TEXT.split("# Forgers\n"))


def named(program: Program) -> str:
    return re.sub(r"\W+", "-", program.tries)[:50]


def proof(text: str) -> Prove:
    return Prove(path="tests/test_new.py", text=text, measure=("src/shop/cart.py",))


def passed(execution: object) -> bool:
    return isinstance(execution, Answered) and "passed" in [o.result for o in execution.answer.outcomes]


def test_the_corpus_is_as_large_as_it_is_said_to_be():
    assert len(HOSTILE) >= 40
    assert len(FORGERS) >= 6


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", FORKING, indirect=True)
@pytest.mark.parametrize("program", HOSTILE, ids=named)
def test_a_hostile_candidate_is_contained(world, sandbox, program):
    before = world.state()

    execution = sandbox.execute(proof(world.fill(program.text)), timeout=program.seconds)

    assert not passed(execution), execution
    assert SECRET not in repr(execution)
    assert world.state() == before
    assert world.visitors() == 0
    assert world.victim.poll() is None
    assert world.strays() == []


DEVICES = """
import ctypes, os

def test_it():
    c = ctypes.CDLL(None)
    for name in os.listdir("/dev"):
        c.chmod(f"/dev/{name}".encode(), 0o640)
    for number in range(64):
        c.fchmod(number, 0o640)
"""


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", SANDBOXES, indirect=True)
def test_the_devices_of_the_machine_keep_their_modes(sandbox):
    found = [file for file in map(Path, ("/dev/null", "/dev/zero", "/dev/random", "/dev/tty")) if file.exists()]
    before = [file.stat().st_mode for file in found]

    sandbox.execute(proof(DEVICES), timeout=SECONDS)

    after = [file.stat().st_mode for file in found]
    for file, mode in zip(found, before, strict=True):
        if file.stat().st_mode != mode:
            file.chmod(mode)  # without them little works, the next test least of all
    assert after == before


HONEST = "from shop.cart import price\ndef test_it():\n    assert price(1) == '1 EUR'\n"


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", SANDBOXES, indirect=True)
def test_the_next_candidate_is_judged_as_if_nothing_had_been(world, sandbox):
    worst = [program for program in HOSTILE if re.search("kills|builtins|traces its|leaves pytest", program.tries)]
    before = sandbox.execute(proof(HONEST), timeout=SECONDS)

    for program in worst:
        sandbox.execute(proof(world.fill(program.text)), timeout=program.seconds)
    after = sandbox.execute(proof(HONEST), timeout=SECONDS)

    assert passed(before)
    assert len(worst) >= 4
    assert after.answer.lines == before.answer.lines
    assert after.answer.branches == before.answer.branches
    assert passed(after)
