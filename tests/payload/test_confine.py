"""The kernel's layers: what the filter decides, and what is denied whatever the kernel's Landlock can do."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_enrich.payload.confine import rules, syscalls
from pytest_enrich.payload.confine.rules import (
    ALLOW,
    AND,
    ARCHITECTURE,
    ARGUMENTS,
    IF_ANY_BIT,
    IF_AT_LEAST,
    IF_EQUAL,
    KILL_PROCESS,
    LOAD,
    NUMBER,
    RETURN,
    Instruction,
    Rules,
)

PAYLOAD = Path(rules.__file__).parent.parent
MACHINES = ("x86_64", "aarch64")
STRICT = Rules(network=False, metadata=False, forks=False, programs=False, signals=False, truncates=False)
LOOSE = Rules(network=True, metadata=True, forks=True, programs=True, signals=True, truncates=True)
OWN, PARENT = 100, 99
NAMES = errno.errorcode | {errno.EOPNOTSUPP: "EOPNOTSUPP"}  # on Linux it has two names


def decide(program: list[Instruction], architecture: int, number: int, *arguments: int) -> str:
    """What the kernel would do: a small interpreter for the few instructions that are used."""
    data = {NUMBER: number, ARCHITECTURE: architecture}
    data |= {ARGUMENTS + 8 * at: value & 0xFFFFFFFF for at, value in enumerate(arguments)}
    at, value = 0, 0
    while True:
        code, true, false, operand = program[at]
        at += 1
        if code == LOAD:
            value = data[operand]
        elif code == AND:
            value &= operand
        elif code == RETURN:
            named = {ALLOW: "allowed", KILL_PROCESS: "killed"}
            return named.get(operand) or NAMES[operand & 0xFFFF]
        else:
            tests = {
                IF_EQUAL: value == operand,
                IF_AT_LEAST: value >= operand,
                IF_ANY_BIT: bool(value & operand),
            }
            at += true if tests[code] else false


@pytest.fixture(params=MACHINES)
def ask(request):
    """Ask the filter of a machine about a call by name; None for a call that the machine lacks."""
    system = syscalls.System.of(request.param)

    def ask(own: Rules, name: str, *arguments: int) -> str | None:
        program = own.instructions(system, OWN, PARENT)
        number = system.numbers.get(name)
        return None if number is None else decide(program, system.architecture, number, *arguments)

    return ask


@pytest.mark.parametrize(
    ("name", "arguments", "strict", "loose"),
    [
        ("socket", (1, 1, 0), "EPERM", "EPERM"),
        ("socket", (2, 1, 0), "EPERM", "allowed"),
        ("socket", (17, 3, 0), "EPERM", "EPERM"),
        ("socketpair", (1, 1, 0), "allowed", "allowed"),
        ("socketpair", (1, 5 | 0x80800, 0), "allowed", "allowed"),
        ("socketpair", (2, 1, 0), "EPERM", "EPERM"),
        ("socketpair", (1, 2, 0), "EPERM", "EPERM"),
        ("socketpair", (1, 2 | 0x80000, 0), "EPERM", "EPERM"),
        ("socketpair", (1, 3, 0), "EPERM", "EPERM"),
        ("clone", (17,), "EPERM", "allowed"),
        ("clone", (0x3D0F00,), "allowed", "allowed"),
        ("clone", (0x10000000 | 17,), "EPERM", "EPERM"),
        ("clone3", (0,), "ENOSYS", "ENOSYS"),
        ("memfd_create", (), "ENOSYS", "ENOSYS"),
        ("fallocate", (), "EOPNOTSUPP", "EOPNOTSUPP"),
        ("execve", (), "EPERM", "allowed"),
        ("kill", (OWN, 9), "allowed", "allowed"),
        ("kill", (-1, 9), "EPERM", "allowed"),
        ("kill", (PARENT, 9), "EPERM", "allowed"),
        ("tgkill", (OWN, 101, 6), "allowed", "allowed"),
        ("tgkill", (7, 7, 6), "EPERM", "allowed"),
        ("prlimit64", (0,), "allowed", "allowed"),
        ("prlimit64", (7,), "EPERM", "EPERM"),
        ("fcntl", (3, 2), "allowed", "allowed"),
        ("fcntl", (3, 8), "EPERM", "EPERM"),
        ("ioctl", (0, 0x5412), "EPERM", "EPERM"),
        ("fchmodat", (), "EPERM", "allowed"),
        ("utimensat", (), "EPERM", "allowed"),
        ("truncate", (), "EPERM", None),
        ("openat", (0, 0, 0o1000), "EPERM", None),
        ("openat", (0, 0, 0o1101), "allowed", None),
        ("ptrace", (), "EPERM", "EPERM"),
        ("io_uring_setup", (), "EPERM", "EPERM"),
        ("keyctl", (), "EPERM", "EPERM"),
        ("mount", (), "EPERM", "EPERM"),
    ],
)
def test_the_filter_decides_alike_on_both_architectures(ask, name, arguments, strict, loose):
    assert ask(STRICT, name, *arguments) == strict
    if loose is not None:
        assert ask(LOOSE, name, *arguments) == loose


def test_with_forks_and_without_landlocks_help_children_can_be_ended_but_not_all(ask):
    own = Rules(network=False, metadata=False, forks=True, programs=False, signals=False, truncates=True)

    answers = [ask(own, "kill", process, 9) for process in (OWN + 1, 0, -1, 1, PARENT)]

    assert answers == ["allowed", "EPERM", "EPERM", "EPERM", "EPERM"]


@pytest.mark.parametrize("machine", MACHINES)
def test_another_architecture_ends_the_process_and_an_unknown_call_is_not_there(machine):
    system = syscalls.System.of(machine)
    program = LOOSE.instructions(system, OWN, PARENT)

    assert decide(program, 0x40000003, 1) == "killed"
    assert decide(program, system.architecture, syscalls.UNKNOWN) == "ENOSYS"
    assert decide(program, system.architecture, 0x40000000 | 41) == "ENOSYS"


def test_all_calls_that_the_rules_name_are_in_the_table():
    named = set(f"{rules.ALWAYS} {rules.METADATA} {rules.SIGNALS} {rules.FORKS} {rules.PROGRAMS}".split())

    assert named <= set(syscalls.System.of("x86_64").numbers)
    for machine in MACHINES:
        numbers = syscalls.System.of(machine).numbers.values()
        assert len(set(numbers)) == len(numbers)
        assert max(numbers) < syscalls.UNKNOWN


ATTEMPTS = """
import os, signal, sys, threading
sys.path.insert(0, sys.argv[1])
import confine
version, scratch, outside, victim = int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
confine.landlock.version = lambda system: version
allowed = {"read": ["/usr"], "listed": [], "write": ["/dev/null"]}
kinds = ("network", "metadata", "forks", "programs")
confine.apply(allowed | dict.fromkeys(kinds, False), scratch)
attempts = {
    "read": lambda: os.open(outside, os.O_RDONLY),
    "empty": lambda: os.truncate(outside, 0),
    "open and empty": lambda: os.open(outside, os.O_RDONLY | os.O_TRUNC),
    "write": lambda: os.open(outside, os.O_WRONLY),
    "link": lambda: os.link(outside, scratch + "/link"),
    "move": lambda: os.rename(outside, scratch + "/moved"),
    "signal": lambda: os.kill(victim, 0),
    "signal all": lambda: os.kill(-1, 0),
    "fork": os.fork,
}
done = []
for name, attempt in attempts.items():
    try:
        attempt()
        done.append(name)
    except OSError:
        pass
for name in ("new", "other"):
    with open(scratch + "/" + name, "w") as file:
        file.write("x")
os.replace(scratch + "/new", scratch + "/other")
open("/dev/null", "w").close()
os.kill(os.getpid(), 0)
thread = threading.Thread(target=done.append, args=("thread",))
thread.start()
thread.join()
os.write(1, ",".join(done).encode())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has these layers")
@pytest.mark.parametrize("version", range(1, 8))
def test_whatever_the_kernel_can_do_only_what_is_harmless_works(tmp_path, version):
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    scratch.mkdir()
    outside.write_text("kept")
    with subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE) as victim:
        command = [sys.executable, "-I", "-S", "-c", ATTEMPTS, str(PAYLOAD), str(version)]
        ended = subprocess.run(
            [*command, str(scratch), str(outside), str(victim.pid)], capture_output=True, text=True, check=False
        )
        victim.communicate(b"\n")

    # From the sixth version on signals stay inside, and "all" are those inside.
    assert ended.stdout in {"thread", "signal all,thread"}, ended.stderr
    assert outside.read_text() == "kept"
    assert sorted(path.name for path in scratch.iterdir()) == ["other"]
