"""Folders of many jobs become one, as `coverage combine` does it with coverage. The folders stay as they are."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    """What a merge came to.

    Attributes:
        added: What waits now that did not before, or waits in a better form.
        choice: What was chosen of what was offered.
        decisions: How many were taken over.
        notes: What a person must know about the jobs, one line each.
    """

    added: tuple[Suggestion, ...]
    choice: Choice
    decisions: int
    notes: tuple[str, ...]


def folders(directory: Path, rootdir: Path) -> tuple[Store, ...]:
    """The suggestions folder at `directory`, or those in it: a download has one for each artifact.

    Each may lie in the folder of its job, with the path that it had there (`jobs/2/enrich-suggestions`).
    """
    if disk.is_made(directory):
        return (Store(directory, rootdir),)
    places = [one for each in _inside(directory) for one in ([each] if disk.is_made(each) else _inside(each))]
    return tuple(Store(one, rootdir) for one in places if disk.is_made(one))


def _inside(directory: Path) -> Sequence[Path]:
    """The folders in this one, hidden ones and links left out."""
    found = (directory / name for name in disk.names(directory)[:_MOST_FOLDERS] if not name.startswith("."))
    return [one for one in found if one.is_dir() and not one.is_symlink()]


def merge(into: Store, sources: Sequence[Store], *, at: str) -> Merged:
    """Bring what the `sources` hold into `into`; `at` is the time, UTC, ISO 8601.

    Raises:
        StoreError: A folder cannot be read, or `into` cannot be written; what was merged so far is whole, and the
            same merge goes on.
    """
    others = [one for one in sources if one.directory.resolve() != into.directory.resolve()]
    taken = _join_decisions(into, others)
    chosen = choose(_offers(into, others), _accepted(into))
    added = [offer for offer in chosen.kept if offer.folder]
    waiting = {one.id: one for one in into.pending()}
    for offer in added:
        if offer.suggestion.id in waiting:
            # Make way for a better one of the same id: it goes to `decided/`, so that nothing is lost.
            old = waiting[offer.suggestion.id]
            into.decide(Decision(id=old.id, verb="closed", body=old.test.body_sha256, at=at))
        into.save(offer.suggestion, "", _module(into, others[offer.folder - 1], offer.suggestion))
    _join_finished(into, others)
    _join_bugs(into, others)
    notes = _write(into, sources, chosen)
    return Merged(
        added=tuple(offer.suggestion for offer in added), choice=chosen, decisions=len(taken), notes=notes
    )


def _offers(into: Store, sources: Sequence[Store]) -> Iterator[Offer]:
    """All that waits in any folder, by what was decided in all of them and by what the team has turned down."""
    states = logged_states(into.decisions())
    turned_down = rejected.read(into.rootdir)
    for number, store in enumerate((into, *sources)):
        run = last_run.read(store)
        made = {one.id: (turn, one.place) for turn, one in enumerate(run.suggestions if run else ())}
        for one in store.pending():
            if states.get((one.id, one.test.body_sha256), "pending") != "pending":
                continue
            if number and turned_down.has(one):
                continue
            turn, place = made.get(one.id, (len(made), 0))
            yield Offer(suggestion=one, place=place, folder=number, turn=turn)


def _accepted(into: Store) -> frozenset[str]:
    """The gaps that tests close which a person has taken."""
    states = logged_states(into.decisions())
    decided = into.lying("decided")
    taken = [one for one in decided if states.get((one.id, one.test.body_sha256)) == "accepted"]
    return frozenset(gap for one in taken for gap in (one.id, *one.gap.also_closes))


def _module(into: Store, source: Store, one: Suggestion) -> str:
    """The runnable file; patches are made again when all are together.

    It may have been edited where it was made here; from elsewhere nothing comes but what the suggestion says.
    """
    if seal.made(into.rootdir, one) == "here":
        return source.read_text(one, identity.module_name(one.id))
    return rebuild.rendered(into, one)


def _join_decisions(into: Store, sources: Sequence[Store]) -> Sequence[Decision]:
    for one in sources:
        _adopt_decided(into, one)
    new = missing_decisions(into.decisions(), [one.decisions() for one in sources])
    taken = [decision for decision in new if identity.is_valid(decision.id)]
    for decision in taken:
        into.decide(decision)
    return taken


def _adopt_decided(into: Store, source: Store) -> None:
    """Copy what was decided: an undo takes it out by what it says."""
    here = {one.id for one in (*into.lying("decided"), *into.lying("pending"))}
    for one in source.lying("decided"):
        if one.id not in here:
            into.keep_decided(one, _module(into, source, one))


def _join_finished(into: Store, sources: Sequence[Store]) -> None:
    known = set(into.finished())
    new = dict.fromkeys(line for one in sources for line in one.finished() if line not in known)
    if new:
        into.journal(*new)


def _join_bugs(into: Store, sources: Sequence[Store]) -> None:
    """Take over the possible bugs that wait in a job and are not known here."""
    known = {one.id for one in (*into.lying("pending"), *into.lying("decided"))}
    turned_down = rejected.read(into.rootdir)
    for source in sources:
        for one in source.bugs():
            if one.id not in known and not turned_down.has(one):
                into.save(one, "", _module(into, source, one))
                known.add(one.id)


def _write(into: Store, sources: Sequence[Store], chosen: Choice) -> tuple[str, ...]:
    """Make `run.json` and the texts that are made of all; returns the run's notes."""
    found = {one.directory: last_run.read(one) for one in sources}
    read = [run for run in found.values() if run is not None]
    pending = into.pending()
    kept = {offer.suggestion.id for offer in chosen.kept}
    shown = disk.shown(into.directory, into.rootdir)
    summary = merged_runs(read, kept, directory=shown, waiting=len(pending))
    notes = (*_lost(found), *summary.notes)
    better = {one.id: one.grade for one in pending}
    made = tuple(replace(one, grade=better.get(one.id, one.grade)) for one in summary.suggestions)
    bugs = tuple(one.id for one in into.bugs())
    if read:
        into.prepare()
        last_run.write(into, replace(summary, suggestions=made, bugs=bugs, notes=notes))
    if disk.is_made(into.directory):
        rebuild.texts(into, {one.target.path for one in pending})
    return notes


def _lost(found: Mapping[Path, RunSummary | None]) -> Iterator[str]:
    """For each folder whose run is of another version, or broken, a line."""
    for where, run in found.items():
        if run is None and os.path.lexists(where / "run.json"):
            yield _LOST.format(where.parent.name, where.name)


GRADES: tuple[Grade, ...] = get_args(Grade)
_LAST = 1 << 31
_SHARD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_STOPS = ("interrupted", "budget", "enough waiting", "")


def missing_decisions(ours: Sequence[Decision], others: Iterable[Sequence[Decision]]) -> tuple[Decision, ...]:
    """The decisions of `others` that `ours` does not have and that are later than its last on the same test.

    Older ones would change nothing but the state, and wrongly: it is what the last line says. Oldest first.
    """
    latest: dict[tuple[str, str], str] = {}
    for one in ours:
        latest[one.id, one.body] = max(one.at, latest.get((one.id, one.body), ""))
    known = set(ours)
    every = dict.fromkeys(one for decisions in others for one in decisions if one not in known)
    later = [one for one in every if one.at > latest.get((one.id, one.body), "")]
    return tuple(sorted(later, key=lambda one: one.at))


class Offer(Struct, frozen=True, kw_only=True):
    """A suggestion that one of the folders brings.

    Attributes:
        suggestion: As it lies there.
        place: Of its function in the order of a run, 0 where it is not known.
        folder: Which folder brings it, from 1; 0 is the one that is merged into.
        turn: Its position among those of its folder.
    """

    suggestion: Suggestion
    place: int = 0
    folder: int = 0
    turn: int = 0

    @property
    def closes(self) -> frozenset[str]:
        """The ids of all gaps that it closes."""
        return frozenset({self.suggestion.id, *self.suggestion.gap.also_closes})


class Choice(Struct, frozen=True, kw_only=True):
    """What is kept, in the order of a run; the worse of those with one id; what adds nothing to others."""

    kept: tuple[Offer, ...]
    worse: tuple[Offer, ...]
    repeated: tuple[Offer, ...]


def choose(offers: Iterable[Offer], closed: Collection[str] = ()) -> Choice:
    """The best of each id, less those that close only what is `closed` or what those before them close.

    What waits in the folder that is merged into comes first and always stays: people may have seen it.
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
    for offer in sorted(best.values(), key=lambda one: _turn(one, waiting)):
        adds_something = offer.suggestion.id in waiting or not offer.closes <= known
        (kept if adds_something else repeated).append(offer)
        known |= offer.closes
    return Choice(kept=tuple(kept), worse=tuple(worse), repeated=tuple(repeated))


def _worth(offer: Offer) -> tuple[int, ...]:
    """Best first: the grade, then how much it closes and notices; of equals the one that was there first."""
    one = offer.suggestion
    return (GRADES.index(one.grade), -len(offer.closes), -one.proof.mutants.killed, offer.folder, offer.turn)


def _turn(offer: Offer, waiting: Collection[str]) -> tuple[object, ...]:
    gap = offer.suggestion.gap
    is_new = offer.suggestion.id not in waiting
    return (is_new, offer.place or _LAST, gap.path, gap.qualname, offer.folder, offer.turn)


def merged_runs(runs: Sequence[RunSummary], kept: Collection[str], *, directory: str, waiting: int) -> RunSummary:
    """What the jobs came to together.

    Candidates are added up, for all of them were tried. Of several jobs with the same part of the gaps (another
    Python, for instance) the one that found most counts. `kept` are the ids of the suggestions that are left.
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
        left=tuple(dict.fromkeys(one for run in shards.values() for one in run.left)),
        candidates=sum(run.candidates for run in runs),
        dropped=_sum(run.dropped for run in runs),
        ideas=_sum(run.ideas for run in runs),
        grades=_sum(run.grades for run in runs),
        seconds={"total": max((run.seconds.get("total", 0.0) for run in runs), default=0.0)},
        suggestions=tuple(_made(runs, kept)),
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
    """Which part of how many a job worked on; (1, 1) for all."""
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


def _made(runs: Sequence[RunSummary], kept: Collection[str]) -> Iterator[MadeSuggestion]:
    seen: dict[str, MadeSuggestion] = {}
    for one in sorted((one for run in runs for one in run.suggestions), key=lambda one: one.place):
        seen.setdefault(one.id, one)
    return (one for one in seen.values() if one.id in kept)


def _each(ids: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for some in ids for one in some))


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)
