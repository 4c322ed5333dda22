"""Does a model say it better: tests as they are suggested with and without a model, side by side, for readers.

    python tests/benchmarks/pairs.py sheet WITHOUT WITH --out DIR [--list LIST] [--most 60] [--seed 1]
    python tests/benchmarks/pairs.py fold DIR

WITHOUT and WITH are folders of `recovery.py`; of their last runs those suggestions are taken that are for the same
gap and of which the model changed the name, the docstring or a text. `DIR/reader` holds all that a reader may see;
which one is the model's stands in `DIR/key.json`. The reader leaves `DIR/reader/result.json`, or several readers
`result-1.json`, `result-2.json`, and so on; `fold` prints how many prefer which.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import blind
import command
import msgspec
import projects
import runs
from msgspec import Struct
from results import pretty
from runs import Run

SHEET = Path(__file__).with_name("pairs-sheet.md")
Preferred: TypeAlias = Literal["A", "B", "same"]


class Gap(Struct, frozen=True):
    """Where a suggestion leads, as in `suggestion.json`."""

    path: str
    qualname: str
    line: int
    outcome: str
    text: str


class Origin(Struct, frozen=True):
    """Who made it, as in `suggestion.json`."""

    strategy: str = ""
    worded: tuple[str, ...] = ()


class Suggestion(Struct, frozen=True):
    """What is needed of a `suggestion.json`."""

    id: str
    gap: Gap
    target: blind.Place
    test: blind.Test
    origin: Origin = Origin()

    @property
    def is_changed(self) -> bool:
        """Whether the model said it in another way."""
        return bool(self.origin.worded) or self.origin.strategy == "value"


class Pair(Struct, frozen=True, kw_only=True):
    """The same test without and with the model's words."""

    project: str
    without: Suggestion
    given: Suggestion


class Key(Struct, frozen=True, kw_only=True):
    """Which of a numbered pair is the model's."""

    project: str
    model: Literal["A", "B"]
    id: str
    changed: tuple[str, ...]


class Read(Struct, frozen=True, kw_only=True):
    """What a reader says of a pair: the better one, and which they would merge."""

    n: int
    better: Preferred
    fine: tuple[str, ...] = ()


def main(words: Sequence[str] | None = None) -> int:
    """Write a sheet, or fold what readers made of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    verbs = parser.add_subparsers(required=True)
    sheet = projects.listed(verbs.add_parser("sheet", help="make a sheet of two runs"))
    sheet.add_argument("without", metavar="WITHOUT", type=projects.absolute)
    sheet.add_argument("given", metavar="WITH", type=projects.absolute)
    sheet.add_argument("--out", metavar="DIR", type=projects.absolute, required=True)
    sheet.add_argument("--most", type=int, default=60, help="pairs; the default is 60")
    sheet.add_argument("--seed", type=int, default=1, help="of the draw")
    sheet.set_defaults(action=_sheet)
    fold = verbs.add_parser("fold", help="compare what readers prefer with the key")
    fold.add_argument("place", metavar="DIR", type=projects.absolute)
    fold.set_defaults(action=_fold)
    given = parser.parse_args(words)
    given.action(given)
    return 0


def _sheet(given: argparse.Namespace) -> None:
    draw, listing = random.Random(given.seed), projects.read(given.list)
    without, using = runs.find(given.without, None), runs.find(given.given, None)
    names = using.finished(projects.chosen([], listing))
    every = [pair for name in names for pair in _pairs(name, without, using)]
    chosen = draw.sample(every, min(given.most, len(every)))
    reader = runs.clear(given.out / "reader")
    key, shown = {}, []
    for number, pair in enumerate(chosen, 1):
        is_first = draw.random() < 1 / 2
        both = (pair.given, pair.without) if is_first else (pair.without, pair.given)
        shown.append(_readable(number, pair, both))
        key[number] = Key(
            project=pair.project,
            model="A" if is_first else "B",
            id=pair.given.id,
            changed=pair.given.origin.worded or ("text",),
        )
    (reader / "read.md").write_text("\n".join(shown), encoding="utf-8")
    shutil.copy(SHEET, reader / "sheet.md")
    (given.out / "key.json").write_bytes(pretty(key))
    for name in {pair.project for pair in chosen}:
        checkout = given.given / name / "full"
        blind.copy_sources(checkout, listing.projects[name], reader / name)
    suggested = sum(len(_suggestions(using, name)) for name in names)
    command.say(
        f"{len(every)} of {suggested} suggestions were changed and have their like; {len(chosen)} in {reader}"
    )


def _pairs(name: str, without: Run, using: Run) -> Iterator[Pair]:
    """The tests of a project that both runs have, and the model changed."""
    like = {(each.gap, each.target): each for each in _suggestions(without, name)}
    for suggestion in _suggestions(using, name):
        other = like.get((suggestion.gap, suggestion.target))
        if suggestion.is_changed and other is not None and other.test.code != suggestion.test.code:
            yield Pair(project=name, without=other, given=suggestion)


def _suggestions(run: Run, name: str) -> list[Suggestion]:
    files = sorted((run.checkout(name) / "enrich-suggestions").glob("*/*/suggestion.json"))
    return [msgspec.json.decode(file.read_bytes(), type=Suggestion) for file in files]


def _readable(number: int, pair: Pair, both: tuple[Suggestion, Suggestion]) -> str:
    target = pair.given.target
    where = f"`{target.path}`" + (f", class `{target.owner}`" if target.owner else "")
    gap = pair.given.gap
    head = (
        f"## {number}\n{pair.project}, into {where}; it is the first to reach `{gap.text}` in `{gap.qualname}`\n"
    )
    return head + "".join(
        f"{side}:\n```python\n{suggestion.test.code.rstrip()}\n```\n"
        for side, suggestion in zip("AB", both, strict=True)
    )


def _fold(given: argparse.Namespace) -> None:
    key = msgspec.json.decode((given.place / "key.json").read_bytes(), type=dict[int, Key])
    files = sorted((given.place / "reader").glob("result*.json"))
    read = [each for file in files for each in msgspec.json.decode(file.read_bytes(), type=list[Read])]
    if not read:
        sys.exit(f"{given.place / 'reader'} has no result.json")
    better = Counter("same" if each.better == "same" else each.better == key[each.n].model for each in read)
    fine = Counter((side == key[each.n].model) for each in read for side in each.fine)
    counted = [("the model's", better[True], fine[True]), ("ours", better[False], fine[False])]
    lines = [
        f"| {who} | {first} ({first / len(read):.0%}) | {would} |"
        for who, first, would in (*counted, ("same", better["same"], ""))
    ]
    text = "\n".join(["| version | preferred | would be merged |", "|---|---|---|", *lines])
    (given.place / "pairs.md").write_text(f"{len(files)} readers, {len(key)} pairs\n\n{text}\n", encoding="utf-8")
    command.say(f"{len(files)} readers, {len(key)} pairs\n\n{text}")


if __name__ == "__main__":
    sys.exit(main())
