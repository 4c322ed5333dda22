"""Folders of many jobs become one, as `coverage combine` does it with coverage. The folders stay as they are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Decision, RunSummary, Suggestion
from pytest_enrich.store import Store, folder, identity, last_run, rebuild, rejected, seal
from pytest_enrich.store.identity import logged_states
from pytest_enrich.store.merge.choice import Choice, Offer, choose, merged_runs, missing_decisions

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
    if folder.is_made(directory):
        return (Store(directory, rootdir),)
    places = [one for each in _inside(directory) for one in ([each] if folder.is_made(each) else _inside(each))]
    return tuple(Store(one, rootdir) for one in places if folder.is_made(one))


def _inside(directory: Path) -> Sequence[Path]:
    """The folders in this one, hidden ones and links left out."""
    found = (directory / name for name in folder.names(directory)[:_MOST_FOLDERS] if not name.startswith("."))
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
            _put_away(into, waiting[offer.suggestion.id], at)
        into.save(offer.suggestion, *_texts(into, others[offer.folder - 1], offer.suggestion))
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


def _put_away(into: Store, old: Suggestion, at: str) -> None:
    """Make way for a better one of the same id: it goes to `decided/`, so that nothing is lost."""
    into.decide(Decision(id=old.id, verb="closed", body=old.test.body_sha256, at=at))


def _texts(into: Store, source: Store, one: Suggestion) -> tuple[str, str]:
    """The patch, which is made again when all are together, and the runnable file.

    That may have been edited where it was made here; from elsewhere nothing comes but what the suggestion says.
    """
    if seal.made(into.rootdir, one) == "here":
        return "", source.read_text(one, identity.module_name(one.id))
    return "", rebuild.rendered(into, one)


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
            into.keep_decided(one, *_texts(into, source, one))


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
                into.save(one, *_texts(into, source, one))
                known.add(one.id)


def _write(into: Store, sources: Sequence[Store], chosen: Choice) -> tuple[str, ...]:
    """Make `run.json` and the texts that are made of all; returns the run's notes."""
    found = {one.directory: last_run.read(one) for one in sources}
    read = [run for run in found.values() if run is not None]
    pending = into.pending()
    kept = {offer.suggestion.id for offer in chosen.kept}
    place = into.directory
    shown = place.relative_to(into.rootdir).as_posix() if place.is_relative_to(into.rootdir) else str(place)
    summary = merged_runs(read, kept, directory=shown, waiting=len(pending))
    notes = (*_lost(found), *summary.notes)
    summary = replace(summary, bugs=tuple(one.id for one in into.bugs()), notes=notes)
    better = {one.id: one.grade for one in pending}
    made = tuple(replace(one, grade=better.get(one.id, one.grade)) for one in summary.suggestions)
    if read:
        into.prepare()
        last_run.write(into, replace(summary, suggestions=made))
    if folder.is_made(into.directory):
        rebuild.texts(into, {one.target.path for one in pending})
    return summary.notes


def _lost(found: Mapping[Path, RunSummary | None]) -> Iterator[str]:
    """For each folder whose run is of another version, or broken, a line."""
    for where, run in found.items():
        if run is None and os.path.lexists(where / "run.json"):
            yield _LOST.format(where.parent.name, where.name)
