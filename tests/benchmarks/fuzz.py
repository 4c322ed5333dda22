"""Whether anything that comes from outside makes pytest-enrich fall, hang, or write where it should not.

    python tests/benchmarks/fuzz.py [READER...] --folder FOLDER [--minutes 1] [--seed 0]

A run on `fixtures/shop` leaves what all commands read. One file after the other is spoiled: bytes, values of its
JSON, what stands in its place (a link that leads out, a folder, a pipe, a flood). Then what reads it is asked. It
may refuse, with a message of ours. A fault is an internal error, more than 20 seconds, or a changed file outside
the suggestions folder. FOLDER/fuzz.md has the table, and each fault with the seed that makes it again; the exit
status is 1 where one is found.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import tables
from msgspec import Struct

from pytest_enrich import gaps, measurement
from pytest_enrich.cli import main as command
from pytest_enrich.data import Collect
from pytest_enrich.errors import EnrichError
from pytest_enrich.proposers.ollama import protocol, use, wording
from pytest_enrich.proposers.ollama import reply as ollama_reply
from pytest_enrich.sandboxes import process
from pytest_enrich.sandboxes import reply as sandbox_reply

ROOT = Path(__file__).parents[2]
OURS = "enrich-suggestions"
LONGEST = 20
"""Seconds."""
LATE = "more than"
DEEP = 3000
TEXTS = (
    *(
        "",
        "\0",
        "\ud800",
        "\u202e\x1b[2J",
        "../../outside/x.py",
        "/etc/passwd",
        "..",
        ".",
        "-rf",
        "a\nb",
        "x" * 60_000,
    ),
    *(
        "⟨os:system⟩",
        "%s%n",
        "tests/test_cart.py",
        "conftest.py",
        "9" * 5000,
        "NaN",
        "{}",
        "(" * 300,
        "\\",
        "C:\\x.py",
    ),
)
VALUES = (None, True, False, 0, -1, 1 << 63, 1 << 70, -(1 << 64), 1e308, -0.0, 0.5, [], {}, [[]], {"": None})
PIECES = (
    *(b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"[" * DEEP, b'{"a":' * DEEP, b"9" * 5000, b"\r\n", b"\n\n\n", b'"'),
    *(b"\\u0000", b"1e999", b"NaN", b"\x1b[31m", b"x" * 70_000, b"../", b"'''", b"#", b"="),
)


class Reader(Struct, frozen=True):
    """Files of the project, by a pattern; what reads them, where a fault is an exception; what that may change."""

    pattern: str
    read: Callable[[Path, Path], None]
    changes: tuple[str, ...] = ()


class FaultError(Exception):
    """What must not happen."""


class Fault(Struct, frozen=True):
    """What happened, and the reader and the number by which it happens again."""

    reader: str
    seed: int
    file: str
    told: str


def verbs(*lines: str) -> Callable[[Path, Path], None]:
    """Commands, one after the other; `{id}` is the folder of the first suggestion."""

    def read(root: Path, _file: Path) -> None:
        lying = sorted((root / OURS / "pending").glob("*")) if (root / OURS / "pending").is_dir() else []
        for line in lines:
            words = [word.format(id=lying[0].name if lying else "cart-aaaaaaaa") for word in line.split()]
            _asked(words)

    return read


def _asked(words: Sequence[str]) -> None:
    """One command, in this process: nothing but a clear end."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = command(words)
    if status not in {0, 1, 2, 3}:
        raise FaultError(f"{words}: status {status}")
    if "internal error" in err.getvalue() or "Traceback" in err.getvalue():
        crash = next(Path(OURS).glob(".cache/crash.txt"), None)
        raise FaultError(f"{words}: {err.getvalue()[-2000:]}\n{crash.read_text() if crash else ''}")


def _merged(root: Path, _file: Path) -> None:
    shutil.rmtree(root / "into", ignore_errors=True)
    _asked(["merge", "artifact", "--into", "into"])
    shutil.rmtree(root / "into", ignore_errors=True)


def _exported(root: Path, _file: Path) -> None:
    shutil.rmtree(root / "out", ignore_errors=True)
    _asked(["export", "out"])
    shutil.rmtree(root / "out", ignore_errors=True)


def _covered(root: Path, file: Path) -> None:
    copies = root / OURS / "copies"
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir()
    with contextlib.suppress(EnrichError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = measurement.load_earlier(file, copies, root, str(root / "pyproject.toml"))
        measurement.test_files(found, root)
        gaps.read(found, root)
        found.get_data().close()
    shutil.rmtree(copies, ignore_errors=True)


def _replied(_root: Path, file: Path) -> None:
    content = file.read_bytes() if file.is_file() else b""
    with contextlib.suppress(ValueError):  # a line without an end: the client tells it as a failure
        answer = protocol.fold_reply(protocol.lines_of([content[:500], content[500:]]))
        text = answer.text if isinstance(answer, protocol.Reply) else str(answer)
        ollama_reply.read(text)
        wording.read(text)
        use.written(text, "text")
    protocol.failure_of_response(500, content[: 1 << 16])  # as much as the client reads
    protocol.decoded(content[: 1 << 24], dict)


def _answered(_root: Path, file: Path) -> None:
    ended = process.Ended(how="exit 0", stopped="", output="")
    sandbox_reply.judge(Collect(tests=("tests",)), ended, file)


PENDING = f"{OURS}/pending/*/suggestion"
REPORTS = ("report", "report --format=md", "report --format=json", "report --format=sarif")
UNDONE = (".enrich-rejected",)
READERS: Mapping[str, Reader] = {
    "suggestion.json": Reader(f"{PENDING}.json", verbs("list", "show {id}", "stats", "report")),
    "patch and module": Reader(f"{PENDING}*", verbs("list", "show {id} --json", "report --format=md")),
    "decided": Reader(f"{OURS}/decided/*/*.json", verbs("list --rejected", "stats", "report", "undo"), UNDONE),
    "decisions.jsonl": Reader(f"{OURS}/decisions.jsonl", verbs("list", "stats --json", "undo"), UNDONE),
    "run.json": Reader(f"{OURS}/run.json", verbs("list --gaps", *REPORTS)),
    "state.jsonl": Reader(f"{OURS}/.cache/state.jsonl", verbs("list --gaps", "report --format=json")),
    "cache": Reader(f"{OURS}/.cache/*", verbs("list --gaps", "clean")),
    "evidence": Reader(f"{OURS}/evidence/*", verbs("audit", "audit --json", "list")),
    ".enrich-rejected": Reader(".enrich-rejected", verbs("list --rejected", "list", "report --format=md")),
    "merge": Reader("artifact/**/*", _merged),
    "export": Reader(f"{OURS}/.cache/state.jsonl", _exported),
    "pyproject.toml": Reader("pyproject.toml", verbs("list", "show {id}", "report --format=github")),
    "sources": Reader("src/shop/*.py", verbs("list", "show {id}", "report", "stats")),
    "tests": Reader("tests/*.py", verbs("list", "show {id}", "report")),
    "coverage": Reader(".coverage", _covered),
    "Ollama's reply": Reader("reply.jsonl", _replied),
    "a sandbox's answer": Reader("answer.json", _answered),
}


def spoiled(content: bytes, draw: random.Random) -> bytes:
    """The bytes with one to three things wrong in them."""
    for _ in range(draw.randint(1, 3)):
        lines = content.split(b"\n")
        at = draw.randrange(len(lines))
        whole = _json(content)
        if whole is not None and draw.random() < 0.8:
            content = _dumped(_changed(whole, draw))
        elif (line := _json(lines[at])) is not None and draw.random() < 0.8:
            content = b"\n".join([*lines[:at], _dumped(_changed(line, draw)), *lines[at + 1 :]])
        else:
            content = _cut(content, draw)
    return content


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _dumped(value: Any) -> bytes:
    try:
        return json.dumps(value).encode()
    except (ValueError, RecursionError):
        return b"[" * DEEP


def _changed(value: Any, draw: random.Random) -> Any:
    """The value with one part of it, however deep, another one, gone, doubled or wrapped."""
    inside = [*value] if isinstance(value, dict) else [*range(len(value))] if isinstance(value, list) else []
    if inside and draw.random() < 0.85:
        at = draw.choice(inside)
        copy = value.copy()
        match draw.choice(("go on",) * 6 + ("gone", "doubled")):
            case "go on":
                copy[at] = _changed(value[at], draw)
            case "gone":
                del copy[at]
            case "doubled" if isinstance(copy, list):
                copy += [value[at]] * draw.choice((1, 20_000))
            case _:
                copy[draw.choice(TEXTS)] = value[at]
        return copy
    if draw.random() < 0.1:
        wrapped = value
        for _ in range(draw.choice((1, 900))):
            wrapped = [wrapped]
        return wrapped
    return draw.choice(TEXTS) if draw.random() < 0.6 else draw.choice(VALUES)


def _cut(content: bytes, draw: random.Random) -> bytes:
    """The bytes with some gone, doubled, flipped or put in."""
    first = draw.randint(0, len(content))
    last = draw.randint(first, min(len(content), first + 200))
    part = content[first:last]
    middle = draw.choice((b"", part * 2, part * 300, bytes(byte ^ 0x80 for byte in part), draw.choice(PIECES)))
    return content[:first] + middle + content[last:]


def misplace(file: Path, outside: Path, draw: random.Random) -> None:
    """Put something else in the place of a file."""
    content = file.read_bytes()
    file.unlink()
    match draw.choice(("gone", "link", "loop", "folder", "pipe", "flood", "empty")):
        case "link":
            (outside / "secret").write_bytes(content)
            file.symlink_to(outside / "secret")
        case "loop":
            file.symlink_to(file.name)
        case "folder":
            file.mkdir()
        case "pipe":
            os.mkfifo(file)
        case "flood":
            with file.open("wb") as stream:
                stream.truncate(1 << 26)
        case "empty":
            file.touch()


class Bench:
    """A project to spoil, in a box: whatever changes in the box beside what may change is a fault."""

    def __init__(self, template: Path, box: Path) -> None:
        self.template, self.box, self.root = template, box, box / "project"
        self.outside = box / "outside"

    def example(self, name: str, seed: int) -> Fault | None:
        """Spoil one file, and ask who reads it."""
        reader, draw = READERS[name], random.Random(f"{name} {seed}")
        shutil.rmtree(self.box, ignore_errors=True)
        shutil.copytree(self.template, self.root, symlinks=True)
        self.outside.mkdir()
        file = draw.choice(sorted(one for one in self.root.glob(reader.pattern) if one.is_file()))
        if draw.random() < 0.1:
            misplace(file, self.outside, draw)
        else:
            file.write_bytes(spoiled(file.read_bytes(), draw))
        before = self._snapshot()
        try:
            with _within(LONGEST), _in_folder(self.root):
                reader.read(self.root, file)
        except Exception:  # noqa: BLE001 - that is what is looked for
            return Fault(name, seed, str(file.relative_to(self.root)), traceback.format_exc())
        after = self._snapshot()
        differing = {one for one in {*before, *after} if before.get(one) != after.get(one)}
        changed = sorted(differing - {f"{self.root.name}/{one}" for one in reader.changes})
        return Fault(name, seed, str(file.relative_to(self.root)), f"changed: {changed}") if changed else None

    def _snapshot(self) -> dict[str, tuple[int, int]]:
        """All files outside the suggestions folder, by size and time."""
        found = {}
        for folder, folders, files in os.walk(self.box):
            folders[:] = [one for one in folders if one not in {OURS, "__pycache__"}]
            for one in (Path(folder, name) for name in files):
                status = one.lstat()
                found[str(one.relative_to(self.box))] = (status.st_size, status.st_mtime_ns)
        return found


@contextlib.contextmanager
def _in_folder(root: Path) -> Iterator[None]:
    """With the folder as the current one."""
    before = Path.cwd()
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _within(seconds: int) -> Iterator[None]:
    """Raise where it takes longer."""

    def late(*_signal: object) -> None:
        raise FaultError(f"{LATE} {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def made(folder: Path) -> Path:
    """The project after a run, with decisions, an artifact, coverage, a model's reply and a sandbox's answer."""
    root = folder / "template"
    if (root / "answer.json").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    left_out = shutil.ignore_patterns(OURS, "__pycache__", ".coverage*", ".pytest_cache")
    shutil.copytree(ROOT / "fixtures" / "shop", root, ignore=left_out)
    (root / ".coveragerc").write_text("[run]\nbranch = true\n")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}

    def ran(*words: str) -> None:
        subprocess.run([sys.executable, "-m", *words], cwd=root, env=env, check=True, capture_output=True)

    ran("pytest", "-q", "-p", "no:cacheprovider", "--cov", "--cov-branch", "--cov-context=test")
    ran("pytest", "-q", "-p", "no:cacheprovider", "--enrich", "--enrich-budget=1000x", "--enrich-model=none")
    shutil.copytree(root / OURS, root / "artifact")
    waiting = sorted(one.name for one in (root / OURS / "pending").iterdir())
    ran("pytest_enrich", "reject", waiting[0], waiting[1], "--reason", "trivial")
    part = {"message": {"content": "```python\ndef test_it():\n    assert f(1) == 2\n```"}, "done": False}
    last = {"message": {"content": ""}, "done": True, "done_reason": "stop", "eval_count": 9}
    (root / "reply.jsonl").write_text(f"{json.dumps(part)}\n{json.dumps(last)}\n")
    item = {"path": "tests/test_cart.py", "nodeid": "tests/test_cart.py::test_it", "fixtures": ["tmp_path"]}
    (root / "answer.json").write_text(json.dumps({"answer": {"type": "collected", "items": [item]}}))
    return root


def _text(fault: Fault) -> str:
    return f"{fault.reader}, seed {fault.seed}, {fault.file}:\n\n{fault.told}"


def main() -> int:
    """Spoil, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readers", nargs="*", choices=[*READERS, []], help="the default is all")
    parser.add_argument("--folder", type=Path, required=True, help="where to work")
    parser.add_argument("--minutes", type=float, default=1.0, help="of each reader")
    parser.add_argument("--seed", type=int, default=0, help="of the first example")
    given = parser.parse_args()
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(made(folder), folder / "box")
    rows, faults = [], []
    for name in given.readers or READERS:
        end, seed = time.monotonic() + given.minutes * 60, given.seed
        found: list[Fault] = []
        while time.monotonic() < end:
            fault = bench.example(name, seed)
            if fault is not None and LATE in fault.told:  # the machine may have been busy
                fault = bench.example(name, seed)
            if fault is not None:
                found.append(fault)
                print(_text(fault), flush=True)  # noqa: T201 - hours may pass until the end
            seed += 1
        faults += found
        rows.append((name, str(seed - given.seed), str(len(found))))
        print(*rows[-1], flush=True)  # noqa: T201 - what it is for
    told = "\n\n".join(map(_text, faults))
    text = f"{tables.markdown(('reader', 'examples', 'faults'), rows)}\n\n{told}\n"
    (folder / "fuzz.md").write_text(text, encoding="utf-8", errors="backslashreplace")
    print(text)  # noqa: T201 - the same
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
