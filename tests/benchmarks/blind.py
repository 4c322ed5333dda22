"""Would a maintainer merge it: suggestions and deleted human tests of the same projects, shuffled, for readers.

    python tests/benchmarks/blind.py sheet FOLDER... --out DIR [--project NAME] [--each 8] [--seed 1]
    python tests/benchmarks/blind.py fold DIR...

`sheet` takes the last run that `recovery.py` left in each FOLDER, and of a project the suggestions that a run with
ten places would have shown, or `--places` of them (0 for all). `DIR/reader` then holds all that a reader may
see: `read.md`, the sheet that tells what to do, and the projects' sources; `DIR/key.json` says whose each test is.
The reader leaves `DIR/reader/result.json`, or several readers `result-1.json`, `result-2.json`, and so on. `fold`
compares them with the key, prints the table, and keeps it in `DIR/blind.md`.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import command
import layout
import msgspec
import projects
import readings
import runs
from doubts import Judged
from msgspec import Struct
from projects import Project
from readings import Origin, Read
from results import pretty
from runs import Run

from pytest_enrich.pipeline import MOST_DOUBT
from pytest_enrich.session.ledger import enough
from pytest_enrich.store.experience import strikes
from pytest_enrich.writing.syntax import without_indentation

LONGEST = 14
"""Lines of a human test that is shown: as many as suggestions have."""
SHEET = Path(__file__).with_name("blind-sheet.md")


class _Place(Struct, frozen=True):
    path: str
    owner: str | None


class _Test(Struct, frozen=True):
    names: tuple[str, ...]
    code: str


class _Made(Struct, frozen=True):
    at: str = ""


class _Origin(Struct, frozen=True):
    doubt: int = 0


class Suggestion(Struct, frozen=True):
    """What is needed of a `suggestion.json`."""

    id: str
    kind: str
    target: _Place
    test: _Test
    made: _Made = _Made()
    origin: _Origin = _Origin()


class Shown(Struct, frozen=True, kw_only=True):
    """A test as a reader sees it; `path` and `owner` are the file and the class that it stands in."""

    project: str
    path: str
    owner: str
    code: str
    origin: Origin
    id: str


def main(words: Sequence[str] | None = None) -> int:
    """Write a sheet, or fold what readers made of some."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    verbs = parser.add_subparsers(required=True)
    sheet = projects.listed(verbs.add_parser("sheet", help="make a sheet of what recovery.py left"))
    sheet.add_argument("folders", metavar="FOLDER", nargs="+", type=projects.absolute)
    sheet.add_argument("--out", metavar="DIR", type=projects.absolute, required=True)
    sheet.add_argument("--project", action="append", default=[], metavar="NAME", help="only these (repeat)")
    sheet.add_argument("--each", type=int, default=8, help="of either sort, a project; the default is 8")
    sheet.add_argument("--places", type=int, default=10, help="as in --enrich-max; the default is 10")
    sheet.add_argument("--seed", type=int, default=1, help="of the draw")
    sheet.set_defaults(action=_sheet)
    fold = verbs.add_parser("fold", help="compare what readers decided with the keys")
    fold.add_argument("sheets", metavar="DIR", nargs="+", type=projects.absolute)
    fold.set_defaults(action=_fold)
    given = parser.parse_args(words)
    given.action(given)
    return 0


def _sheet(given: argparse.Namespace) -> None:
    draw, listing = random.Random(given.seed), projects.read(given.list)
    shown: list[Shown] = []
    sources: list[tuple[Path, str]] = []
    for folder in given.folders:
        run = runs.find(folder, None)
        for name in run.finished(projects.chosen(given.project, listing)):
            for tests in (ours(run, name, given.places), human(folder, name)):
                shown += draw.sample(tests, min(given.each, len(tests)))
            sources.append((folder / name / "full", name))
    draw.shuffle(shown)
    write(given.out, shown)
    for checkout, name in sources:
        copy_sources(checkout, listing.projects[name], given.out / "reader" / name)
    suggested = sum(test.origin == "ours" for test in shown)
    command.say(f"{suggested} suggestions and {len(shown) - suggested} human tests in {given.out / 'reader'}")


def _fold(given: argparse.Namespace) -> None:
    for place in given.sheets:
        key = msgspec.json.decode((place / "key.json").read_bytes(), type=dict[int, Read])
        if not results(place):
            sys.exit(f"{place / 'reader'} has no result.json")
        text = readings.table(key, [readings.read(file, key) for file in results(place)])
        (place / "blind.md").write_text(f"{text}\n", encoding="utf-8")
        command.say(f"{place.name}\n\n{text}\n")


def ours(run: Run, name: str, places: int = 0) -> list[Shown]:
    """The suggested tests of a project, as they stand in their files once accepted, without rows."""
    checkout = run.checkout(name)
    files = sorted((checkout / "enrich-suggestions").glob("*/*/suggestion.json"))
    made = [msgspec.json.decode(file.read_bytes(), type=Suggestion) for file in files]
    tests = [one for one in made if one.kind == "test"]
    return [_suggested(name, one, checkout) for one in (first(tests, places) if places else tests)]


def first(made: Sequence[Suggestion], places: int) -> list[Suggestion]:
    """What a run with so many places shows of these: as they came, and last what readers stumble over."""
    some = [one for one in made if one.origin.doubt <= MOST_DOUBT]
    struck = {one.id: strikes(Judged(read="", project="", code=one.test.code, decisions="").test) for one in some}
    found: list[Suggestion] = []
    for one in sorted(some, key=lambda one: (one.origin.doubt + struck[one.id], one.made.at)):
        found += [one] if len(found) < min(places, enough(struck[one.id])) else []
    return found


def human(folder: Path, name: str) -> list[Shown]:
    """The tests of a project that were deleted, as people wrote them, without the long ones."""
    laid = msgspec.json.decode((folder / name / "laid-out.json").read_bytes(), type=layout.Laid)
    found = []
    for nodeid in laid.removed:
        path, _, inside = nodeid.partition("::")
        owner, _, own = inside.rpartition("::")
        code = _tests(folder / name / "full" / path).get((owner.replace("::", "."), own), "")
        if code and len(code.splitlines()) <= LONGEST:
            found.append(Shown(project=name, path=path, owner=owner, code=code, origin="human", id=nodeid))
    return found


def write(place: Path, shown: Sequence[Shown]) -> None:
    """The numbered tests and the sheet for the reader, and the key where a reader does not look.

    Ends the program where that would throw away what a reader decided.
    """
    reader = begun(place)
    numbered = list(enumerate(shown, 1))
    (reader / "read.md").write_text("\n".join(_readable(*one) for one in numbered), encoding="utf-8")
    shutil.copy(SHEET, reader / "sheet.md")
    key = {number: Read(project=test.project, origin=test.origin, id=test.id) for number, test in numbered}
    (place / "key.json").write_bytes(pretty(key))


def begun(place: Path) -> Path:
    """An empty folder for the reader of a sheet; ends the program where a reader decided something there."""
    if decided := results(place):
        sys.exit(f"{decided[0]}: this sheet was read; choose another folder")
    return runs.clear(place / "reader")


def copy_sources(checkout: Path, project: Project, destination: Path) -> None:
    """What coverage measures of a project: its tests would tell which are missing."""
    hidden = shutil.ignore_patterns("__pycache__", "tests", "test", "test_*.py")
    for path in project.source:
        source = next((place for place in (checkout / path, checkout / f"{path}.py") if place.exists()), None)
        if source is not None and source.is_dir():
            shutil.copytree(source, destination / path, ignore=hidden, dirs_exist_ok=True)
        elif source is not None:
            (destination / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, destination / source.relative_to(checkout))
    for test in project.test_files(checkout):  # those that lie among the sources, called as they are
        (destination / test.relative_to(checkout)).unlink(missing_ok=True)


def results(place: Path) -> list[Path]:
    """What the readers of a sheet wrote."""
    return sorted((place / "reader").glob("result*.json"))


def _suggested(name: str, suggestion: Suggestion, checkout: Path) -> Shown:
    path, owner = suggestion.target.path, suggestion.target.owner or ""
    accepted = _tests(checkout / path)
    code = next((accepted[owner, own] for own in suggestion.test.names if (owner, own) in accepted), None)
    return Shown(
        project=name, path=path, owner=owner, code=code or suggestion.test.code, origin="ours", id=suggestion.id
    )


def _tests(file: Path) -> Mapping[tuple[str, str], str]:
    """The functions of a file with their decorators, by class and name; none of what is no Python."""
    try:
        text = file.read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError):
        return {}
    lines = text.splitlines()
    return {(owner, node.name): _code(lines, node) for owner, node in _functions(tree.body, ())}


def _functions(
    body: Iterable[ast.stmt], around: tuple[str, ...]
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield ".".join(around), node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, (*around, node.name))


def _code(lines: Sequence[str], node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    first = min(part.lineno for part in (node, *node.decorator_list))
    code = "\n".join(lines[first - 1 : node.end_lineno])
    # A text inside may begin at the margin: what is common to all lines is not the indentation.
    return "\n".join(without_indentation(code, node.col_offset)).rstrip()


def where(path: str, owner: str | None) -> str:
    """The place of a test, as a reader sees it."""
    return f"`{path}`" + (f", class `{owner}`" if owner else "")


def _readable(number: int, test: Shown) -> str:
    return (
        f"## {number}\n{test.project}, into {where(test.path, test.owner)}\n```python\n{test.code.rstrip()}\n```\n"
    )


if __name__ == "__main__":
    sys.exit(main())
