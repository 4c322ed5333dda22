"""Merge the folders of many jobs into one, as `coverage combine` does with data. The sources stay unchanged."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import get_args

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Decision, Grade, MadeSuggestion, RunSummary, Suggestion
from pytest_enrich.store import Store, disk, identity, last_run, rebuild, rejected, seal
from pytest_enrich.store.identity import logged_states

_MOST_FOLDERS = 10_000
_LOST = "{}/{}/run.json cannot be read here: what that job came to is not counted"


class Merged(Struct, frozen=True, kw_only=True):
    """The result of a merge.

    Attributes:
        added: The suggestions that are newly pending, or pending in a better form.
        choice: Which of the offers were chosen.
        decisions: How many decisions were taken over.
        notes: What people need to know about the jobs, one line each.
    """

    added: tuple[Suggestion, ...]
    choice: Choice
    decisions: int
    notes: tuple[str, ...]


def folders(directory: Path, rootdir: Path) -> tuple[Store, ...]:
    """The suggestions folder at `directory`, or those inside it: a download has one for each artifact.

    Each may be nested in the folder of its job, as it was there (`jobs/2/enrich-suggestions`).
    """
    if disk.is_made(directory):
        return (Store(directory, rootdir),)
    places = [
        place for folder in _inside(directory) for place in ([folder] if disk.is_made(folder) else _inside(folder))
    ]
    return tuple(Store(place, rootdir) for place in places if disk.is_made(place))


def _inside(directory: Path) -> Sequence[Path]:
    """The folders in this one, except hidden ones and symbolic links."""
    paths = (directory / name for name in disk.names(directory)[:_MOST_FOLDERS] if not name.startswith("."))
    return [path for path in paths if path.is_dir() and not path.is_symlink()]


def merge(into: Store, sources: Sequence[Store], *, at: str) -> Merged:
    """Merge the contents of `sources` into `into`; `at` is the time, UTC, ISO 8601.

    Raises:
        StoreError: A folder cannot be read, or `into` cannot be written; what was merged so far is intact, and
            running the same merge again continues it.
    """
    others = [source for source in sources if source.directory.resolve() != into.directory.resolve()]
    decisions = _join_decisions(into, others)
    chosen = choose(_offers(into, others), _accepted(into))
    added = [offer for offer in chosen.kept if offer.folder]
    waiting = {suggestion.id: suggestion for suggestion in into.pending()}
    for offer in added:
        if offer.suggestion.id in waiting:
            # The old one makes way for a better one with its id: it moves to `decided/`, so that nothing is lost.
            old = waiting[offer.suggestion.id]
            into.decide(Decision(id=old.id, verb="closed", body=old.test.body_sha256, at=at))
        into.save(offer.suggestion, "", _module(into, others[offer.folder - 1], offer.suggestion))
    _join_finished(into, others)
    _join_bugs(into, others)
    notes = _write(into, sources, chosen)
    return Merged(
        added=tuple(offer.suggestion for offer in added), choice=chosen, decisions=len(decisions), notes=notes
    )


def _offers(into: Store, sources: Sequence[Store]) -> Iterator[Offer]:
    """Everything pending in any folder, given the decisions of all folders and what the team has turned down."""
    states = logged_states(into.decisions())
    turned_down = rejected.read(into.rootdir)
    for number, store in enumerate((into, *sources)):
        run = last_run.read(store)
        places = {made.id: made.place for made in run.suggestions} if run else {}
        for suggestion in store.pending():
            state = states.get((suggestion.id, suggestion.test.body_sha256), "pending")
            if state == "pending" and not (number and turned_down.has(suggestion)):
                yield Offer(suggestion=suggestion, place=places.get(suggestion.id, 0), folder=number)


def _accepted(into: Store) -> frozenset[str]:
    """The gaps closed by tests that a person has accepted."""
    states = logged_states(into.decisions())
    return frozenset(
        gap
        for suggestion in into.lying("decided")
        if states.get((suggestion.id, suggestion.test.body_sha256)) == "accepted"
        for gap in (suggestion.id, *suggestion.gap.also_closes)
    )


def _module(into: Store, source: Store, suggestion: Suggestion) -> str:
    """The text of the runnable file; patches are made again once everything is merged.

    A file made on this machine is copied, as people may have edited it; any other is rendered anew.
    """
    if seal.made(into.rootdir, suggestion) == "here":
        return source.read_text(suggestion, identity.module_name(suggestion.id))
    return rebuild.rendered(into, suggestion)


def _join_decisions(into: Store, sources: Sequence[Store]) -> Sequence[Decision]:
    for source in sources:
        _adopt_decided(into, source)
    new = missing_decisions(into.decisions(), [source.decisions() for source in sources])
    decisions = [decision for decision in new if identity.is_valid(decision.id)]
    for decision in decisions:
        into.decide(decision)
    return decisions


def _adopt_decided(into: Store, source: Store) -> None:
    """Copy the decided suggestions: an undo needs them to take the test out again."""
    known = {suggestion.id for suggestion in (*into.lying("decided"), *into.lying("pending"))}
    for suggestion in source.lying("decided"):
        if suggestion.id not in known:
            into.keep_decided(suggestion, _module(into, source, suggestion))


def _join_finished(into: Store, sources: Sequence[Store]) -> None:
    finished = set(into.finished())
    new = dict.fromkeys(line for source in sources for line in source.finished() if line not in finished)
    if new:
        into.journal(*new)


def _join_bugs(into: Store, sources: Sequence[Store]) -> None:
    """Take over the possible bugs that are pending in a job and not known here."""
    known = {suggestion.id for suggestion in (*into.lying("pending"), *into.lying("decided"))}
    turned_down = rejected.read(into.rootdir)
    for source in sources:
        for bug in source.bugs():
            if bug.id not in known and not turned_down.has(bug):
                into.save(bug, "", _module(into, source, bug))
                known.add(bug.id)


def _write(into: Store, sources: Sequence[Store], chosen: Choice) -> tuple[str, ...]:
    """Write `run.json` and the texts made from all suggestions; returns the notes of the run."""
    runs = {source.directory: last_run.read(source) for source in sources}
    readable = [run for run in runs.values() if run is not None]
    pending = into.pending()
    kept = {offer.suggestion.id: offer.suggestion.grade for offer in chosen.kept}
    shown = disk.shown(into.directory, into.rootdir)
    summary = merged_runs(readable, kept, directory=shown, waiting=len(pending))
    notes = (*_lost(runs), *summary.notes)
    if readable:
        into.prepare()
        last_run.write(into, replace(summary, bugs=tuple(bug.id for bug in into.bugs()), notes=notes))
    if disk.is_made(into.directory):
        rebuild.texts(into, {suggestion.target.path for suggestion in pending})
    return notes


def _lost(found: Mapping[Path, RunSummary | None]) -> Iterator[str]:
    """A line for each folder whose run is broken or was written by another version."""
    for directory, run in found.items():
        if run is None and os.path.lexists(directory / "run.json"):
            yield _LOST.format(directory.parent.name, directory.name)


GRADES: tuple[Grade, ...] = get_args(Grade)
_LAST = 1 << 31
_SHARD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_STOPS = ("interrupted", "budget", "enough waiting", "")


def missing_decisions(ours: Sequence[Decision], others: Iterable[Sequence[Decision]]) -> tuple[Decision, ...]:
    """The decisions of `others` that `ours` lacks, if later than its last one on the same test; oldest first.

    Older ones would only make the state wrong, since the last line determines it.
    """
    latest: dict[tuple[str, str], str] = {}
    for decision in ours:
        latest[decision.id, decision.body] = max(decision.at, latest.get((decision.id, decision.body), ""))
    known = set(ours)
    new = dict.fromkeys(decision for decisions in others for decision in decisions if decision not in known)
    later = [decision for decision in new if decision.at > latest.get((decision.id, decision.body), "")]
    return tuple(sorted(later, key=lambda decision: decision.at))


class Offer(Struct, frozen=True, kw_only=True):
    """A suggestion found in one of the folders.

    Attributes:
        suggestion: As stored there.
        place: The place of its function in the order of a run, 0 if unknown.
        folder: The number of its folder, from 1; 0 is the one that is merged into.
    """

    suggestion: Suggestion
    place: int = 0
    folder: int = 0

    @property
    def closes(self) -> frozenset[str]:
        """The ids of all gaps it closes."""
        return frozenset({self.suggestion.id, *self.suggestion.gap.also_closes})


class Choice(Struct, frozen=True, kw_only=True):
    """What is kept, in the order of a run; the worse of those with the same id; those that add nothing new."""

    kept: tuple[Offer, ...]
    worse: tuple[Offer, ...]
    repeated: tuple[Offer, ...]


def choose(offers: Iterable[Offer], closed: Collection[str] = ()) -> Choice:
    """The best offer for each id, except those that close only gaps in `closed` or gaps that earlier offers close.

    What is pending in the folder merged into comes first and always stays: people may have seen it.
    """
    ordered = sorted(offers, key=_worth)
    best: dict[str, Offer] = {}
    for offer in ordered:
        best.setdefault(offer.suggestion.id, offer)
    worse = [offer for offer in ordered if offer is not best[offer.suggestion.id]]
    waiting = {offer.suggestion.id for offer in ordered if offer.folder == 0}
    known = set(closed)
    kept: list[Offer] = []
    repeated: list[Offer] = []
    for offer in sorted(best.values(), key=lambda offer: _turn(offer, waiting)):
        adds_something = offer.suggestion.id in waiting or not offer.closes <= known
        (kept if adds_something else repeated).append(offer)
        known |= offer.closes
    return Choice(kept=tuple(kept), worse=tuple(worse), repeated=tuple(repeated))


def _worth(offer: Offer) -> tuple[int, ...]:
    """Sort key, best first: the grade, the gaps it closes, the mutants it kills, then what was there first."""
    suggestion = offer.suggestion
    return (
        GRADES.index(suggestion.grade),
        -len(offer.closes),
        -suggestion.proof.mutants.killed,
        offer.folder,
    )


def _turn(offer: Offer, waiting: Collection[str]) -> tuple[object, ...]:
    gap = offer.suggestion.gap
    is_new = offer.suggestion.id not in waiting
    return (is_new, offer.place or _LAST, gap.path, gap.qualname, offer.folder)


def merged_runs(
    runs: Sequence[RunSummary], kept: Mapping[str, Grade], *, directory: str, waiting: int
) -> RunSummary:
    """The summary of all jobs together.

    Candidates are added up, since all of them were tried. Of several jobs on the same shard (on different Python
    versions, for instance), the one that found most counts. `kept` are the ids of the suggestions that are left,
    with their grades.
    """
    first = min(runs, key=lambda run: run.at) if runs else RunSummary()
    shards: dict[tuple[int, int], RunSummary] = {}
    for run in sorted(runs, key=lambda run: -run.gaps.get("suggested", 0)):
        shards.setdefault(shard(run), run)
    checks = {run.read_only_check for run in runs}
    notes = [*_missing(shards), *_commits(runs), *(note for run in runs for note in run.notes)]
    return replace(
        first,
        directory=directory,
        options={**first.options, "shard": ""},
        tests=max((run.tests for run in runs), default=0),
        files=max((run.files for run in runs), default=0),
        gaps=_sum(run.gaps for run in shards.values()),
        left=tuple(dict.fromkeys(gap for run in shards.values() for gap in run.left)),
        candidates=sum(run.candidates for run in runs),
        dropped=_sum(run.dropped for run in runs),
        ideas=_sum(run.ideas for run in runs),
        grades=_sum(run.grades for run in runs),
        seconds={"total": max((run.seconds.get("total", 0.0) for run in runs), default=0.0)},
        suggestions=_made(runs, kept),
        known=_each(run.known for run in runs),
        closed=_each(run.closed for run in runs),
        stale=_each(run.stale for run in runs),
        waiting=waiting,
        stopped=min((run.stopped for run in runs), key=_STOPS.index, default=""),
        model=next((run.model for run in runs if run.model is not None), None),
        notes=tuple(dict.fromkeys(notes)),
        read_only_check=next((word for word in ("changed", "not checked", "", "ok") if word in checks), ""),
    )


def shard(run: RunSummary) -> tuple[int, int]:
    """Which shard a job worked on, out of how many; (1, 1) for all gaps."""
    match = _SHARD.fullmatch(run.options.get("shard", ""))
    return (int(match[1]), int(match[2])) if match else (1, 1)


def _missing(there: Collection[tuple[int, int]]) -> Iterator[str]:
    for count in sorted({of for _, of in there}):
        lost = [str(number) for number in range(1, count + 1) if (number, count) not in there]
        if lost:
            word = "shard" if len(lost) == 1 else "shards"
            yield f"{word} {', '.join(lost)} of {count} not among the merged folders: those gaps are not counted"


def _commits(runs: Sequence[RunSummary]) -> Iterator[str]:
    commits = sorted({run.commit for run in runs if run.commit})
    if len(commits) > 1:
        yield f"the merged folders come from different commits: {', '.join(commits)}"


def _made(runs: Sequence[RunSummary], kept: Mapping[str, Grade]) -> tuple[MadeSuggestion, ...]:
    by_id: dict[str, MadeSuggestion] = {}
    for made in sorted(chain.from_iterable(run.suggestions for run in runs), key=lambda made: made.place):
        if made.id in kept:
            by_id.setdefault(made.id, replace(made, grade=kept[made.id]))
    return tuple(by_id.values())


def _each(ids: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(ids)))


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for job_counts in counts:
        total.update(job_counts)
    return dict(total)
