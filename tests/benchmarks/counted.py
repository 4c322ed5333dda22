"""How many of the deleted human tests would become candidates as they stand, and what is in the way of the others.

    python tests/benchmarks/counted.py [NAME...] --folder FOLDER

Nothing runs: each test is taken as a model's reply, put where its names mean something, and read by the first
rungs of the ladder.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import command
import layout
import maintainers
import msgspec
import projects
import tables
from projects import Bench

from pytest_enrich.data import Origin, Placement, Target
from pytest_enrich.data.answers import Item
from pytest_enrich.patch import decode
from pytest_enrich.proposers.ollama import candidates, reply
from pytest_enrich.proposers.ollama.candidates import Candidates
from pytest_enrich.proposers.ollama.places import Places, fixtures_of
from pytest_enrich.protocols import Task
from pytest_enrich.source import Suite
from pytest_enrich.source.test_file import TestFile
from pytest_enrich.validate import check

BUILT_IN = (
    "cache", "capfd", "caplog", "capsys", "capsysbinary", "doctest_namespace", "monkeypatch", "pytestconfig",
    "recwarn", "request", "subtests", "tmp_path", "tmp_path_factory", "tmpdir", "benchmark", "mocker",
)  # fmt: skip


def main() -> int:
    """Count for each project, and print the table."""
    given = projects.arguments(__doc__).parse_args()
    listing = projects.read()
    rows, all_of = [], Counter[str]()
    for name in projects.chosen(given.names, listing):
        counts = _counts(layout.prepare(name, given.folder, listing))
        all_of += counts
        rows.append(_row(name, counts))
    rows.append(_row("all", all_of))
    command.say(tables.markdown(("project", "deleted tests", "candidates", "share", "the others"), rows))
    return 0


def _row(name: str, counts: Counter[str]) -> tuple[str, ...]:
    whole, good = sum(counts.values()), counts["candidate"]
    others = {reason: count for reason, count in counts.items() if reason != "candidate"}
    return (name, str(whole), str(good), tables.percent(good, whole), tables.counted(others))


def _counts(bench: Bench) -> Counter[str]:
    suite = _suite(bench)
    places = Places(suite, lambda path: suite.texts.get(path) or _text(bench.ablated / path))
    laid = msgspec.json.decode((bench.folder / "laid-out.json").read_bytes(), type=layout.Laid)
    return Counter(_fate(maintainers.code_of(bench, nodeid), places) for nodeid in laid.removed)


def _fate(code: str, places: Places) -> str:
    """`candidate`, or what is in the way."""
    target = Target(
        path="", qualname="", module="", kind="function", first_line=1, source="", gaps=(), digest="",
        placement=Placement(path="test_new_file.py", new_file=True),
    )  # fmt: skip
    written = reply.read(f"```python\n{code}```")
    if not written:
        return "cannot be read"
    made = Candidates(
        target=target,
        known=candidates.known_names(target, "", places),
        places=places,
        origin=Origin(proposer="ollama"),
    )
    lacks = next(made._fitted(written[0])).lacks
    if lacks:
        return f"lacks {lacks[0]}"
    first = next(made.of(written[0]))
    task = Task(
        target=target, attempts=(), test_text=places.read(first.placement.path), seconds=1, executions=1, seed=0
    )
    dropped = check.text(task, first)
    return f"{dropped.rung}: {dropped.reason}" if dropped is not None else "candidate"


def _suite(bench: Bench) -> Suite:
    """The suite as its files say: which fixtures there are is told by their names."""
    files = [file for file in bench.project.test_files(bench.ablated) if file.name != "conftest.py"]
    texts = {file.relative_to(bench.ablated).as_posix(): _text(file) for file in files}
    shared = {name for file in bench.ablated.rglob("conftest.py") for name, _ in fixtures_of(_text(file))}
    items = [item for path, text in texts.items() for item in _items(path, text, shared)]
    return Suite(items=tuple(items), files=tuple(texts), texts=texts)


def _items(path: str, text: str, shared: set[str]) -> Iterator[Item]:
    file, own = TestFile(text), {*shared, *(name for name, _ in fixtures_of(text)), *BUILT_IN}
    for owner in (None, *file.classes):
        names = file.tests(owner) or ["test"]
        yield Item(
            nodeid="::".join(filter(None, (path, owner, names[0]))), path=path, owner=owner, name=names[0],
            style=file.style(owner), fixtures=tuple(sorted(own)),
        )  # fmt: skip


def _text(file: Path) -> str:
    return decode(file.read_bytes(), str(file)) if file.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
