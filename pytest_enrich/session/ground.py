"""What a run is based on: the tests as pytest sees them, and which of them run inside the sandbox."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from glob import has_magic
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import source
from pytest_enrich.config import Settings
from pytest_enrich.data import Collect, Collected, Gap, Item, NearTest, Record, Recorded, Target, TestOutcome
from pytest_enrich.data.code import function
from pytest_enrich.gaps import FileCoverage, Measured
from pytest_enrich.proposers import exploring
from pytest_enrich.protocols import Sandbox
from pytest_enrich.source import Suite
from pytest_enrich.store.python_file import text_of
from pytest_enrich.validate.proof import last_line

COLLECT_SECONDS = 120.0
MOST_PROBED = 600
_MOST_BESIDE = 24
SHOWN = 3
TEST_FOLDERS = ("tests", "test")
NAMES = ("test_*.py", "*_test.py")


class Ground(Struct, frozen=True, kw_only=True):
    """The targets of a run, and what a person must know about the tests.

    `suite` is what is known of the tests, `left_out` are gaps reached only by tests that do not run inside.
    """

    targets: tuple[Target, ...]
    suite: Suite = Suite()
    left_out: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


def survey(
    settings: Settings, measured: Measured, texts: dict[str, str], gaps: Sequence[Gap], sandbox: Sandbox
) -> Ground:
    """Locate the gaps, and try the tests that come nearest to them inside the sandbox."""
    known, notes = _suite(settings, sandbox)
    beside = _imported(measured, known)
    targets = [
        replace(target, beside=tuple(name for name in beside[_folder(file.path)] if name != target.module))
        for file in measured.files
        for target in _located(settings, file, texts, gaps, known)
    ]
    place = {gap.id: at for at, gap in enumerate(gaps)}
    targets.sort(key=lambda target: min(place[gap.id] for gap in target.gaps))
    ends = _ends(targets, sandbox, settings)
    unable = tuple(outcome for outcome in ends if outcome.result in {"failed", "error"})
    # With a budget in executions the result must not depend on how long tests take.
    spent = _spent(ends) if settings.budget.executions is None else {}
    reached = [replace(target, nearest=_able(target, unable, spent)) for target in targets]
    kept = [new for old, new in zip(targets, reached, strict=True) if new.nearest or not old.nearest]
    kept_ids = {gap.id for target in kept for gap in target.gaps}
    left_out = tuple(gap for gap in gaps if gap.id not in kept_ids)
    return Ground(targets=exploring.together(kept), suite=known, left_out=left_out, notes=(*notes, *_told(unable)))


def _imported(measured: Measured, known: Suite) -> Mapping[str, Sequence[str]]:
    """The modules that the suite imports, by their folders."""
    names: dict[str, list[str]] = defaultdict(list)
    for file in measured.files:
        if len(file.missing_lines) < len(file.statements) and not file.path.endswith("/__main__.py"):
            name = source.module_name(file.path, known.source_roots, known.packages)
            names[_folder(file.path)] += [name] if len(names[_folder(file.path)]) < _MOST_BESIDE else []
    return names


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _located(
    settings: Settings, file: FileCoverage, texts: Mapping[str, str], gaps: Sequence[Gap], known: Suite
) -> Iterator[Target]:
    """The targets of a file as the green tests show them, without those that have to wait until others are green.

    Those are targets whose test would go into a red file, and those that only red tests run: nobody knows what
    these tests would reach if they ran to their end.
    """
    own = [gap for gap in gaps if gap.path == file.path]
    if not own:
        return
    text = texts[file.path]
    red = {*settings.red, *settings.failed}
    green = source.locate(file.without(red), text, own, known)
    all_targets = source.locate(file, text, own, known) if red else green
    for target, whole in zip(green, all_targets, strict=True):
        place = target.placement
        is_taken = place.new_file and (settings.rootdir / place.path).exists()
        waits = is_taken or place.path in settings.red or (_is_run(whole) and not _is_run(target))
        yield from [] if waits else [target]


def _is_run(target: Target) -> bool:
    return any(near.shared for near in target.nearest)


def _suite(settings: Settings, sandbox: Sandbox) -> tuple[Suite, list[str]]:
    if not settings.test_files:
        return suite(settings), []
    execution = sandbox.execute(Collect(tests=settings.test_files), timeout=COLLECT_SECONDS)
    collected = execution.answer
    if isinstance(collected, Collected):
        notes = [f"not collected inside: {text}" for text in collected.errors[:SHOWN]]
        return suite(settings, collected.items), notes
    why = getattr(execution, "detail", "")[-300:]
    return suite(settings), [f"the tests could not be collected inside the sandbox: {why}"]


def suite(settings: Settings, items: tuple[Item, ...] = ()) -> Suite:
    """The test files as they are on disk, with the tests that were collected in them."""
    folders = _folders(settings)
    files = _with_siblings(settings, folders)
    packages = (path for path in settings.rootdir.rglob("__init__.py") if "site-packages" not in path.parts)
    everything = [*files, *(str(path.relative_to(settings.rootdir)) for path in packages)]
    usual = Suite()
    return Suite(
        items=items,
        files=files,
        folders=folders or usual.folders,
        patterns=settings.python_files or usual.patterns,
        texts={path: text_of(settings.rootdir, path) or "" for path in files},
        source_roots=source.roots(settings.rootdir, sys.path, sys.modules),
        packages=source.packages(settings.rootdir, everything),
    )


def _folders(settings: Settings) -> tuple[str, ...]:
    """Where tests belong: what `testpaths` says, whether it exists or not, else the usual folders that exist."""
    root = settings.rootdir
    if not settings.testpaths:
        return tuple(name for name in TEST_FOLDERS if (root / name).is_dir())
    places = [
        path
        for pattern in settings.testpaths
        for path in (sorted(root.glob(pattern)) if has_magic(pattern) else [root / pattern])
    ]
    named = (os.path.relpath(path, root) for path in places if not path.is_file())
    inside = dict.fromkeys(Path(name).as_posix() for name in named if not name.startswith(".."))
    return tuple(sorted(inside, key=lambda name: name.rpartition("/")[2] not in TEST_FOLDERS))


def _with_siblings(settings: Settings, folders: Sequence[str]) -> tuple[str, ...]:
    """The test files, red ones too, and those beside them that are named like tests but hold none yet."""
    own = sorted({*settings.test_files, *settings.red})
    beside = dict.fromkeys([Path(path).parent for path in own] or map(Path, folders))
    named = (
        path for folder in beside for name in NAMES for path in sorted((settings.rootdir / folder).glob(name))
    )
    files = (path.relative_to(settings.rootdir).as_posix() for path in named if path.is_file())
    return tuple(dict.fromkeys([*own, *files]))


def _ends(targets: Iterable[Target], sandbox: Sandbox, settings: Settings) -> tuple[TestOutcome, ...]:
    """How the nearest tests, which pass outside, end inside."""
    nearest = dict.fromkeys(near.function for target in targets for near in target.nearest)
    tests = tuple(nearest)[:MOST_PROBED]
    if not tests:
        return ()
    job = Record(tests=tests, path="", module="", qualnames=())
    execution = sandbox.execute(job, timeout=COLLECT_SECONDS + settings.timeout * len(tests) / 10)
    answer = execution.answer
    return answer.outcomes if isinstance(answer, Recorded) else ()


def _spent(ends: Iterable[TestOutcome]) -> Mapping[str, float]:
    """The seconds of each test function."""
    spent: dict[str, float] = defaultdict(float)
    for outcome in ends:
        spent[function(outcome.nodeid)] += outcome.seconds
    return spent


def _able(target: Target, unable: Iterable[TestOutcome], spent: Mapping[str, float]) -> tuple[NearTest, ...]:
    names = {function(outcome.nodeid) for outcome in unable}
    able = (near for near in target.nearest if near.function not in names)
    return tuple(replace(near, seconds=spent.get(near.function, 0.0)) for near in able)


def _told(unable: Sequence[TestOutcome]) -> list[str]:
    lines = [
        f"{outcome.nodeid} does not pass inside the sandbox: {last_line(outcome.detail)}"
        for outcome in unable[:SHOWN]
    ]
    more = len(unable) - SHOWN
    return [*lines, f"and {more} more tests that do not pass inside the sandbox"] if more > 0 else lines
