"""Does a model say it better: suggestions without and with its words, side by side, for readers.

    python tests/benchmarks/pairs.py sheet FOLDER... --model MODEL --out DIR [--list LIST] [--most 60] [--seed 1]
    python tests/benchmarks/pairs.py fold DIR

`sheet` takes what the last run of `recovery.py` in each FOLDER suggested without a model, and asks the model, as a
run would, how each test is said better. `DIR/reader` then holds all that a reader may see of those that it
changed; which is the model's stands in `DIR/key.json`. The reader leaves `DIR/reader/result.json`, or several
readers `result-1.json`, `result-2.json`, and so on; `fold` prints how many prefer which, and keeps it in
`DIR/pairs.md`.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import sys
import time
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

from pytest_enrich import patch
from pytest_enrich.config import Settings
from pytest_enrich.data import Attempt, Gap, Kept, NewTest, Parameter, Suggestion, Target
from pytest_enrich.imports import outdented
from pytest_enrich.proposers.ollama import connect
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.gate import Refusal
from pytest_enrich.proposers.ollama.wording import Wording
from pytest_enrich.protocols import Task

SHEET = Path(__file__).with_name("pairs-sheet.md")
Side: TypeAlias = Literal["A", "B"]


class Pair(Struct, frozen=True, kw_only=True):
    """A test as it is suggested without the model, and as the model says it."""

    project: str
    suggestion: Suggestion
    ours: NewTest
    model: NewTest


class Key(Struct, frozen=True, kw_only=True):
    """Which of a numbered pair is the model's."""

    project: str
    model: Side
    id: str
    changed: tuple[str, ...]


class Read(Struct, frozen=True, kw_only=True):
    """What a reader says of a pair: the better one, and which they would merge."""

    n: int
    better: Literal["A", "B", "same"]
    fine: tuple[Side, ...] = ()


class Replies:
    """Keeps no replies: each run of the benchmark asks anew."""

    def get(self, name: str) -> None:
        """Nothing is known."""

    def put(self, name: str, content: bytes) -> None:
        """It is not kept."""

    def note(self, content: bytes) -> None:
        """Nor this."""


def main(words: Sequence[str] | None = None) -> int:
    """Write a sheet, or fold what readers made of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    verbs = parser.add_subparsers(required=True)
    sheet = projects.listed(verbs.add_parser("sheet", help="make a sheet of what recovery.py left"))
    sheet.add_argument("folders", metavar="FOLDER", nargs="+", type=projects.absolute)
    sheet.add_argument("--model", required=True, help="the exact name")
    sheet.add_argument("--host", default="", help="as in --enrich-host")
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
    here = Path.cwd()
    found = connect.connect(Settings(rootdir=here, directory=here, host=given.host, model=given.model))
    if isinstance(found, Refusal):
        sys.exit(found.reason)
    asker = Asker(found.client, found.model, Replies(), lambda: float("inf"))
    draw, listing = random.Random(given.seed), projects.read(given.list)
    taken: list[tuple[Run, Path, str, Suggestion]] = []
    for folder in given.folders:
        run = runs.find(folder, None)
        for name in run.finished(projects.chosen([], listing)):
            taken += [(run, folder, name, one) for one in _suggestions(run, name)]
    draw.shuffle(taken)
    began, asked = time.monotonic(), 0
    pairs: list[Pair] = []
    for run, folder, name, one in taken:
        if len(pairs) == given.most:
            break
        asked += 1
        pairs += _pairs(Wording(asker), run, folder, name, one)
    write(given.out, pairs, draw)
    for name, run in {name: run for run, _, name, _ in taken}.items():
        blind.copy_sources(run.checkout(name), listing.projects[name], given.out / "reader" / name)
    seconds = (time.monotonic() - began) / max(asked, 1)
    told = f"{len(pairs)} of {asked} tests were changed, {seconds:.1f} s each"
    command.say(f"{told}; they are in {given.out / 'reader'}")


def _pairs(wording: Wording, run: Run, folder: Path, name: str, suggestion: Suggestion) -> Iterator[Pair]:
    test = patch.as_candidate(suggestion)
    source = (run.checkout(name) / suggestion.gap.path).read_text(encoding="utf-8")
    target = _target(suggestion, source)
    before = folder / name / "ablated" / suggestion.target.path
    if not isinstance(test, NewTest) or target is None:
        return
    task = Task(
        target=target,
        attempts=(),
        test_text=before.read_text(encoding="utf-8") if before.exists() else "",
        seconds=0,
        executions=0,
        seed=0,
        source_text=source,
    )
    test = msgspec.structs.replace(test, gaps=tuple(gap.id for gap in target.gaps))
    verdict = Kept(gaps=test.gaps, lines=(), branches=(), runs=(), seconds=0.0)
    attempt = Attempt(path=target.path, qualname=target.qualname, digest="", candidate=test, verdict=verdict)
    made = next(wording.versions(task, attempt), None)
    if made is not None:
        yield Pair(project=name, suggestion=suggestion, ours=test, model=made)


def _target(suggestion: Suggestion, source: str) -> Target | None:
    """So much of a target as a question about names shows; None where the function is not there."""
    gap = suggestion.gap
    node = _function(ast.parse(source), gap.qualname)
    if node is None or node.end_lineno is None:
        return None
    first = min(part.lineno for part in (node, *node.decorator_list))
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return Target(
        path=gap.path,
        qualname=suggestion.title.partition(":")[0],
        module="",
        kind="function",
        first_line=first,
        source=outdented("\n".join(source.splitlines()[first - 1 : node.end_lineno])),
        gaps=(
            Gap(
                id=suggestion.id,
                path=gap.path,
                qualname=gap.qualname,
                line=gap.line,
                outcome=gap.outcome,  # type: ignore[arg-type]
                text=gap.text,
                lines=gap.lines,
                branches=gap.branches,
            ),
        ),
        placement=patch.as_candidate(suggestion).placement,
        digest="",
        parameters=tuple(Parameter(name=one, kind="positional") for one in names if one not in {"self", "cls"}),
        docstring=ast.get_docstring(node),
    )


def _function(tree: ast.Module, qualname: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    found: ast.AST = tree
    for part in qualname.split("."):
        below = (node for node in ast.walk(found) if getattr(node, "name", "") == part)
        found = next(below, ast.Pass())
    return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _suggestions(run: Run, name: str) -> list[Suggestion]:
    files = sorted((run.checkout(name) / "enrich-suggestions").glob("*/*/suggestion.json"))
    made = (msgspec.json.decode(file.read_bytes(), type=Suggestion) for file in files)
    return [one for one in made if one.kind == "test" and not one.origin.model]


def write(place: Path, pairs: Sequence[Pair], draw: random.Random) -> None:
    """The numbered pairs and the sheet for the reader, and the key where a reader does not look."""
    reader = blind.begun(place)
    key: dict[int, Key] = {}
    shown = []
    for number, pair in enumerate(pairs, 1):
        side: Side = draw.choice(("A", "B"))
        both = (pair.model, pair.ours) if side == "A" else (pair.ours, pair.model)
        changed = pair.model.origin.worded
        key[number] = Key(project=pair.project, model=side, id=pair.suggestion.id, changed=changed)
        shown.append(_readable(number, pair, both))
    (reader / "read.md").write_text("\n".join(shown), encoding="utf-8")
    shutil.copy(SHEET, reader / "sheet.md")
    (place / "key.json").write_bytes(pretty(key))


def _readable(number: int, pair: Pair, both: tuple[NewTest, NewTest]) -> str:
    target, gap = pair.suggestion.target, pair.suggestion.gap
    where = blind.where(target.path, target.owner)
    reached = f"it is the first to reach `{gap.text}` in `{gap.qualname}` ({gap.path}:{gap.line})"
    return f"## {number}\n{pair.project}, into {where}; {reached}\n" + "".join(
        f"{side}:\n```python\n{test.code.rstrip()}\n```\n" for side, test in zip("AB", both, strict=True)
    )


def _fold(given: argparse.Namespace) -> None:
    key = msgspec.json.decode((given.place / "key.json").read_bytes(), type=dict[int, Key])
    files = blind.results(given.place)
    read = [each for file in files for each in msgspec.json.decode(file.read_bytes(), type=list[Read])]
    if not read:
        sys.exit(f"{given.place / 'reader'} has no result.json")
    better = Counter("same" if each.better == "same" else each.better == key[each.n].model for each in read)
    fine = Counter(side == key[each.n].model for each in read for side in each.fine)
    counted = [("the model's", better[True], fine[True]), ("ours", better[False], fine[False])]
    lines = [
        f"| {who} | {first} ({first / len(read):.0%}) | {would} |"
        for who, first, would in (*counted, ("same", better["same"], ""))
    ]
    text = "\n".join(["| version | preferred | would be merged |", "|---|---|---|", *lines])
    told = f"{len(files)} readers, {len(key)} pairs\n\n{text}"
    (given.place / "pairs.md").write_text(f"{told}\n", encoding="utf-8")
    command.say(told)


if __name__ == "__main__":
    sys.exit(main())
