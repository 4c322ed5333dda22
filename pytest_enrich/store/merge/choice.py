"""Decisions of several folders, joined into one log that is only appended to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import get_args

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Decision, Grade, MadeSuggestion, RunSummary, Suggestion

GRADES: tuple[Grade, ...] = get_args(Grade)
_LAST = 1 << 31
_SHARD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_STOPS = ("interrupted", "budget", "enough waiting", "")
_CHECKS = ("changed", "not checked", "", "ok")


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
    waiting = {offer.suggestion.id for offer in ordered if offer.folder == 0}
    kept, repeated = _greedy(sorted(best.values(), key=lambda one: _turn(one, waiting)), waiting, closed)
    worse = [offer for offer in ordered if offer is not best[offer.suggestion.id]]
    return Choice(kept=tuple(kept), worse=tuple(worse), repeated=tuple(repeated))


def _greedy(
    offers: Sequence[Offer], waiting: Collection[str], closed: Iterable[str]
) -> tuple[list[Offer], list[Offer]]:
    known, kept, repeated = set(closed), [], []
    for offer in offers:
        if offer.closes <= known and offer.suggestion.id not in waiting:
            repeated.append(offer)
        else:
            kept.append(offer)
            known |= offer.closes
    return kept, repeated


def _worth(offer: Offer) -> tuple[int, ...]:
    """Best first: the grade, then how much it closes and notices; of equals the one that was there first."""
    one = offer.suggestion
    return (
        GRADES.index(one.grade),
        -len(offer.closes),
        -one.proof.mutants.killed,
        offer.folder,
        offer.turn,
    )


def _turn(offer: Offer, waiting: Collection[str]) -> tuple[object, ...]:
    gap = offer.suggestion.gap
    return (
        offer.suggestion.id not in waiting,
        offer.place or _LAST,
        gap.path if not offer.place else "",
        gap.qualname if not offer.place else "",
        offer.folder,
        offer.turn,
    )


def merged_runs(runs: Sequence[RunSummary], kept: Collection[str], *, directory: str, waiting: int) -> RunSummary:
    """What the jobs came to together.

    Candidates are added up, for all of them were tried. Gaps are added up over the shards of a run; of several
    jobs with the same gaps (another Python, for instance) the one that found most counts. Files are those of the
    job with most of them: nobody knows which are the same. `kept` are the ids of the suggestions that are left.
    """
    first = min(runs, key=lambda run: run.at) if runs else RunSummary()
    notes = [*_missing(runs), *_commits(runs), *(note for run in runs for note in run.notes)]
    return replace(
        first,
        directory=directory,
        versions={**first.versions, **_pythons(runs)},
        options={**first.options, "shard": _shards(runs)},
        tests=max((run.tests for run in runs), default=0),
        files=max((run.files for run in runs), default=0),
        gaps=_sum(run.gaps for run in _counted(runs)),
        left=tuple(dict.fromkeys(one for run in _counted(runs) for one in run.left)),
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
        read_only_check=min((run.read_only_check for run in runs), key=_check, default=""),
    )


def shard(run: RunSummary) -> tuple[int, int]:
    """Which part of how many a job worked on; (1, 1) for all."""
    match = _SHARD.fullmatch(run.options.get("shard", ""))
    return (int(match[1]), int(match[2])) if match else (1, 1)


def _counted(runs: Sequence[RunSummary]) -> list[RunSummary]:
    """The jobs whose gaps count.

    Of each part the job that found most; of several ways to make parts the one with the most gaps.
    """
    best: dict[tuple[int, int], RunSummary] = {}
    for run in sorted(runs, key=lambda run: -run.gaps.get("suggested", 0)):
        best.setdefault(shard(run), run)
    ways = {of for _, of in best}
    groups = [[run for (_, of), run in best.items() if of == way] for way in sorted(ways)]
    return max(groups, key=lambda group: sum(sum(run.gaps.values()) for run in group), default=[])


def _missing(runs: Sequence[RunSummary]) -> Iterator[str]:
    there = {shard(run) for run in runs}
    for way in sorted({of for _, of in there}):
        lost = [str(number) for number in range(1, way + 1) if (number, way) not in there]
        if lost:
            word = "shard" if len(lost) == 1 else "shards"
            yield f"{word} {', '.join(lost)} of {way} not among the merged folders: those gaps are not counted"


def _commits(runs: Sequence[RunSummary]) -> Iterator[str]:
    commits = sorted({run.commit for run in runs if run.commit})
    if len(commits) > 1:
        yield f"the merged folders come from different commits: {', '.join(commits)}"


def _pythons(runs: Sequence[RunSummary]) -> dict[str, str]:
    """Jobs that differ in Python or pytest say so."""
    names = sorted({name for run in runs for name in run.versions})
    found = {name: {run.versions[name] for run in runs if name in run.versions} for name in names}
    return {name: ", ".join(sorted(values)) for name, values in found.items()}


def _shards(runs: Sequence[RunSummary]) -> str:
    """The parts that are there, "" when they are the whole."""
    parts = sorted({shard(run) for run in runs}, key=lambda part: (part[1], part[0]))
    whole = {of for _, of in parts if all((number, of) in parts for number in range(1, of + 1))}
    return "" if whole else " ".join(f"{number}/{of}" for number, of in parts)


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


def _check(word: str) -> int:
    return _CHECKS.index(word) if word in _CHECKS else 0
