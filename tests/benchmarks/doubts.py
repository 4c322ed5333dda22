"""What readers stumble over: how much of what strikes about a suggestion two readers would have merged.

    python tests/benchmarks/doubts.py [FILE]

FILE is JSON Lines, an object for each suggestion of a blind read: the `read`, its `code`, and a letter for what
each reader decided (A: merge as it stands, E: after an edit, R: reject). The default is what the notebook has.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from tables import markdown, whole

from pytest_enrich.data import NewTest, Origin, Placement
from pytest_enrich.store.experience import strikes, traits

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook" / "blind" / "suggestions.jsonl"
STRANGERS = "strangers"
"""How the reads are called that are of projects which nobody had looked at."""
MANY = 2


class Judged(Struct, frozen=True):
    """A suggestion that readers decided on."""

    read: str
    project: str
    code: str
    decisions: str

    @property
    def test(self) -> NewTest:
        """The test, with its name, as the traits want it."""
        functions = ast.FunctionDef | ast.AsyncFunctionDef
        named = (node.name for node in ast.walk(ast.parse(self.code)) if isinstance(node, functions))
        name = next(name for name in named if name.startswith("test"))
        return NewTest(
            name=name,
            code=self.code,
            imports=(),
            placement=Placement(path=""),
            title="",
            look="",
            oracle=(),
            origin=Origin(proposer=""),
            gaps=(),
        )


def main(words: Sequence[str]) -> int:
    """Print the tables."""
    file = Path(words[0]) if words else NOTEBOOK
    decoder = msgspec.json.Decoder(Judged)
    some = [decoder.decode(line) for line in file.read_text(encoding="utf-8").splitlines()]
    sys.stdout.write(f"{by_number(some)}\n\n{by_trait(some)}\n")
    return 0


def by_number(some: Sequence[Judged]) -> str:
    """Merged and rejected by how much strikes about a suggestion."""
    return _table("strikes", some, lambda one: [f"{count:g}" if (count := strikes(one.test)) < MANY else "more"])


def by_trait(some: Sequence[Judged]) -> str:
    """Merged and rejected by what strikes."""
    return _table("tests", some, lambda one: {trait for trait, weight in traits(one.test).items() if weight})


def _table(heading: str, some: Sequence[Judged], keys: Callable[[Judged], Iterable[str]]) -> str:
    reads = {one.read for one in some}
    strangers = {read for read in reads if read.startswith(STRANGERS)}
    groups = {"strangers": strangers, "seen": reads - strangers}
    rows: dict[str, list[str]] = defaultdict(list)
    found = {name: _grouped((one for one in some if one.read in reads), keys) for name, reads in groups.items()}
    for key in sorted({key for by_key in found.values() for key in by_key}):
        for by_key in found.values():
            rows[key] += _shares(by_key.get(key, []))
    headings = (heading, *(f"{name}: {what}" for name in groups for what in ("read", "merged", "rejected")))
    return markdown(headings, [(key, *row) for key, row in rows.items()])


def _grouped(some: Iterable[Judged], keys: Callable[[Judged], Iterable[str]]) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in some:
        for key in keys(one):
            found[key].append(one)
    return found


def _shares(some: Sequence[Judged]) -> tuple[str, str, str]:
    decisions = "".join(one.decisions for one in some)
    return str(len(some)), *(whole(decisions.count(letter), len(decisions)) for letter in "AR")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
