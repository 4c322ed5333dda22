"""Which gaps there are, and which of them a run works on."""

from __future__ import annotations

import sys
import tokenize
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from pytest_enrich import gaps, source
from pytest_enrich.config import Settings
from pytest_enrich.data import ChangedPart, Decision, Gap, Suggestion
from pytest_enrich.data.run import Verb
from pytest_enrich.gaps import Measured, Ranked
from pytest_enrich.reporters import words
from pytest_enrich.store import Store, disk, rejected

if TYPE_CHECKING:
    from coverage import Coverage

_SHOWN = 10


class Found(Struct, frozen=True, kw_only=True):
    """The gaps of a run.

    Attributes:
        measured: What coverage says.
        texts: The source files that have gaps, by path.
        ranked: All gaps of the shard, best first.
        open: Those to work on, in the same order, with those of other shards: a test may close them in passing.
        own: Those to work on in this shard.
        counts: How many of the others are `turned down`, `waiting`, ...
        known: The ids of the suggestions that wait for a person.
        away: Those that waited until now and were put away, each with the reason.
        changed: The changed lines that the gaps are limited to, if they are.
        notes: What a person must know about the files.
    """

    measured: Measured
    texts: dict[str, str]
    ranked: tuple[Ranked, ...]
    open: tuple[Gap, ...]
    own: tuple[Gap, ...]
    counts: dict[str, int]
    notes: tuple[str, ...]
    known: tuple[str, ...] = ()
    away: tuple[tuple[str, Verb], ...] = ()
    changed: ChangedPart | None = None


def find(settings: Settings, cov: Coverage, store: Store) -> Found:
    """All gaps within the limits of `settings`, without those that somebody has already dealt with."""
    tests = (*settings.test_files, *settings.red)
    measured = gaps.read(cov, settings.rootdir, tests, settings.include, settings.exclude, _roots(settings))
    texts: dict[str, str] = {}
    notes = [f"{path} was left out: {reason}" for path, reason in measured.skipped]
    red = [f"{path} ({why})" for path, why in settings.red.items()]
    if left_out := [*red, *settings.failed]:
        notes.insert(0, f"not all is green, so these were left out: {words.listed(left_out, _SHOWN)}")
    if not (measured.files or measured.skipped):
        notes.append(
            "no source files were found: say where they are, as source under [tool.coverage.run], or as --cov if "
            "your command line or addopts has that already"
        )
    for file in measured.files:
        try:
            texts[file.path] = read(settings.rootdir / file.path)
        except (OSError, SyntaxError, ValueError) as error:  # noqa: PERF203 - one bad file is not the end
            notes.append(f"{file.path} was left out: {error}")
    incomplete = [file for file in measured.files if file.missing_lines or file.missing_branches]
    all_gaps = [
        gap for file in incomplete if file.path in texts for gap in gaps.find(file.path, texts[file.path], file)
    ]
    waiting, away = _still_waiting(store, texts, all_gaps)
    wanted = [gap for gap in all_gaps if within(gap.path, gap.qualname, settings.only)]
    ranked, changed = _limited(wanted, settings, measured, texts)
    turned_down = rejected.read(settings.rootdir)
    waiting_for = {gap for suggestion in waiting for gap in (suggestion.id, *suggestion.gap.also_closes)}
    state = {entry.gap.id: _state(entry.gap, turned_down, waiting_for) for entry in ranked}
    own = tuple(entry for entry in ranked if settings.shard.holds(entry.gap.path, entry.gap.qualname))
    return Found(
        measured=measured,
        texts=texts,
        ranked=own,
        open=tuple(entry.gap for entry in ranked if not state[entry.gap.id]),
        own=tuple(entry.gap for entry in own if not state[entry.gap.id]),
        counts=dict(Counter(word for entry in own if (word := state[entry.gap.id]))),
        known=tuple(suggestion.id for suggestion in waiting),
        away=away,
        changed=changed,
        notes=tuple(notes),
    )


def read(path: Path) -> str:
    """A Python file's text, in the encoding that it declares.

    Raises:
        OSError, SyntaxError, ValueError: It is gone, or it is not in that encoding.
    """
    with tokenize.open(path) as file:
        return file.read()


def _roots(settings: Settings) -> tuple[str, ...] | None:
    """Where the project's modules are imported from, if those that no test imports count.

    A part of the suite cannot tell, and another run's coverage may be limited without saying so.
    """
    return None if settings.partial or settings.earlier else source.roots(settings.rootdir, sys.path)


def _limited(
    wanted: Sequence[Gap], settings: Settings, measured: Measured, texts: dict[str, str]
) -> tuple[tuple[Ranked, ...], ChangedPart | None]:
    """The gaps in order and, where only changed lines count, what there is to say about these."""
    if settings.changes is None:
        return gaps.order(wanted), None
    changed = gaps.changed_statements(settings.changes.lines, texts)
    ranked = gaps.order(gaps.within_changed(wanted, changed))
    return ranked, gaps.count_changed(measured.files, changed, settings.changes)


def within(path: str, qualname: str, only: Sequence[str]) -> bool:
    """Whether a function is in one of the `path` or `path::qualname` limits; without any, all are."""
    limits = (limit.partition("::") for limit in only)
    named = (file == path and (not name or f"{qualname}.".startswith(f"{name}.")) for file, _, name in limits)
    return not only or any(named)


def _state(gap: Gap, turned_down: rejected.Rejections, waiting_for: Collection[str]) -> str:
    if turned_down.is_rejected(gap.id, "", gap.path, gap.qualname):
        return "turned down"
    return "waiting" if gap.id in waiting_for else ""


def _still_waiting(
    store: Store, texts: dict[str, str], every: Iterable[Gap]
) -> tuple[list[Suggestion], tuple[tuple[str, Verb], ...]]:
    """The pending suggestions; those whose gap is closed, or whose code changed, are put away as such."""
    missing = {gap.id for gap in every}
    still_waiting: list[Suggestion] = []
    away: list[tuple[str, Verb]] = []
    for suggestion in store.pending() if store.exists() else ():
        text = texts.get(suggestion.gap.path)
        if suggestion.id in missing or text is None:
            still_waiting.append(suggestion)
            continue
        verb: Verb = "closed" if suggestion.id in gaps.identify(suggestion.gap.path, text) else "stale"
        store.decide(Decision(id=suggestion.id, verb=verb, body=suggestion.test.body_sha256, at=disk.now()))
        away.append((suggestion.id, verb))
    return still_waiting, tuple(away)
