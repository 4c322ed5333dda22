"""The ledger of a run: what has come of each gap so far, and the suggestions written from what was kept."""

from __future__ import annotations

import contextlib
import math
import re
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import patch, pipeline
from pytest_enrich.data import (
    Aim,
    Attempt,
    Attempted,
    Dropped,
    Finished,
    Gap,
    MadeSuggestion,
    NewTest,
    Placement,
    Suggestion,
    Target,
)
from pytest_enrich.data.run import Stop
from pytest_enrich.data.suggestion import MadePart, TargetPart
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox
from pytest_enrich.session.contradictions import Contradictions
from pytest_enrich.session.scope import Found
from pytest_enrich.store import Store, identity, seal, targets
from pytest_enrich.store.experience import NONE, Experience, strikes
from pytest_enrich.validate.kills import MOST_OTHERS
from pytest_enrich.writing import names

DENIED = "passes: states what the docstring denies"
FOUND, NOTHING, UNTRIED, LEFT_OUT, HELD = "suggested", "nothing found", "not tried", "left out", "held back"
PUT_OFF = "put off"
REASONS: dict[Stop, str] = {
    "budget": "the budget was used up",
    "interrupted": "the run was interrupted",
    "enough waiting": "enough suggestions wait",
    "": "the work on it ended early",
}
"""Why a gap was not tried, by the reason for which the run ended."""
BROKEN = "an internal error ended the work on it"
ALIKE = "a test that says the same of another function waits"
DOUBTFUL = "its test reads less well than those that wait; --enrich-max=0 shows it"
Room: TypeAlias = tuple[str, str | None]
"""A test file, and a class in it that stands alone; None for everything else."""
ENOUGH = 1
"""How many others must wait before a test with a whole strike is held back: people would merge one in ten."""
OUTSIDE = "only tests reach it that failed, or do not pass inside the sandbox"


class Made(Struct, frozen=True, kw_only=True):
    """A written suggestion, from an attempt on a target: named after `gap`, it closes `others` as well."""

    suggestion: Suggestion
    target: Target
    attempt: Attempt
    gap: Gap
    others: tuple[Gap, ...]

    @property
    def narrow(self) -> Target:
        """The target with only the gaps that this test closes."""
        return self.target.without(lambda gap: gap.id not in self.attempt.closes)


class Writer:
    """Writes suggestions into `store`.

    Args:
        store: Where they go, and where those that wait are.
        made: When and with what they are made.
        sandbox: Where they were proven.
    """

    def __init__(self, store: Store, made: MadePart, sandbox: Sandbox) -> None:
        self._store, self._made, self._sandbox = store, made, sandbox
        self.notes: dict[str, None] = {}
        """What a person must know about how the tests are formatted."""

    @cached_property
    def _names(self) -> dict[Room, set[str]]:
        """The names of the waiting tests, by where they must differ; read only once, as a run writes many."""
        taken: dict[Room, set[str]] = defaultdict(set)
        pending = [*self._store.pending()]
        texts = {path: self._text(path) for path in {suggestion.target.path for suggestion in pending}}
        for suggestion in pending:
            taken[_room(suggestion.target, texts[suggestion.target.path])].update(suggestion.test.names)
        return taken

    def write(self, attempt: Attempt, gap: Gap, others: Sequence[Gap]) -> Suggestion:
        """Write the suggestion: for the gap that names it, and the others that it closes.

        Raises:
            RefusedError: Its test file, as it is now, cannot take it.
        """
        candidate = attempt.candidate
        text = self._text(candidate.placement.path)
        isolation = self._sandbox.isolation
        # Tests of two functions may have the same name; a person sees both before either is in the file.
        taken = self._names[_room(candidate.placement, text)]
        attempt = replace(attempt, candidate=patch.named_apart(candidate, taken))
        suggestion = patch.suggest(attempt, gap, others, text, made=self._made, isolation=isolation)
        suggestion = seal.sealed(self._store.rootdir, patch.formed(suggestion, text, self._form))
        patch_text = patch.render_patch(suggestion, text, how=patch.How(form=self._form))
        self._store.save(suggestion, patch_text, patch.render_module(suggestion, text))
        taken.update(suggestion.test.names)
        return suggestion

    def rewrite(self, old: Suggestion, attempt: Attempt, gap: Gap, others: Sequence[Gap]) -> Suggestion | None:
        """The suggestion written again with another version of its test; None where it is no longer as it was."""
        waiting = next((suggestion for suggestion in self._store.pending() if suggestion.id == old.id), None)
        module_text = self._store.read_text(old, identity.module_name(old.id))
        with contextlib.suppress(RefusedError):
            text = self._text(old.target.path)
            if waiting == old and module_text == patch.render_module(old, text):
                self._names[_room(old.target, text)].difference_update(old.test.names)
                return self.write(attempt, gap, others)
        return None

    def _text(self, path: str) -> str | None:
        """The test file as it is now, since people may be editing it; None when it is not there."""
        try:
            return patch.decode((self._store.rootdir / path).read_bytes(), path)
        except OSError:
            return None

    def _form(self, path: str, before: str | None, after: str) -> str:
        formatted = targets.formatted(self._store.rootdir, path, before, after)
        self.notes.update(dict.fromkeys(filter(None, [formatted.note])))
        return formatted.text


def _room(place: TargetPart | Placement, text: str | None) -> Room:
    """Where a test's name must differ from those of the other tests, in a file with this text."""
    return place.path, names.family(text or "", place.owner)


class Ledger:
    """Kept while a run goes on; whatever is finished is on disk as well.

    Args:
        found: The gaps.
        store: Where the journal is.
        writer: Writes suggestions.
        contradictions: Told of each attempt: some state what a docstring denies.
        maximum: How many suggestions may wait; 0 for any number.
        known: What people have decided so far: what they did not want is put off.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a run
        self,
        found: Found,
        store: Store,
        writer: Writer,
        contradictions: Contradictions,
        maximum: int = 0,
        known: Experience = NONE,
    ) -> None:
        self._found, self._store, self._known = found, store, known
        self._writer, self._contradictions = writer, contradictions
        functions = dict.fromkeys(key(gap) for gap in found.open)
        self._places = {function: place for place, function in enumerate(functions, 1)}
        self._outcomes: dict[str, str] = {}
        self.made: list[Made] = []
        self._put_off: list[tuple[Attempt, Target]] = []
        self._told: set[tuple[str, str]] = set()
        self._maximum = maximum
        self.attempts: list[Attempt] = []
        self.dropped: Counter[str] = Counter()
        self.defects: list[str] = []
        self._why: dict[str, str] = {}
        self.waiting = len(found.known)
        self.first: float | None = None

    def note(self, gaps: Sequence[Gap], outcome: str) -> None:
        """Record how these gaps ended."""
        self._outcomes.update((gap.id, outcome) for gap in gaps)

    def is_closed(self, gap: Gap) -> bool:
        """Whether a suggestion of this run closes the gap, or one that was put off may close it."""
        return self._outcomes.get(gap.id) in {FOUND, PUT_OFF}

    @property
    def is_full(self) -> bool:
        """Whether as many suggestions wait as people want to see."""
        return 0 < self._maximum <= self.waiting

    @property
    def outcomes(self) -> Counter[str]:
        """How many of the run's own gaps ended with each outcome."""
        return Counter(self._outcomes.get(gap.id, UNTRIED) for gap in self._found.own)

    def left(self, stopped: Stop) -> Iterator[Finished]:
        """The run's own gaps that were not finished, each with the reason: one is why the run `stopped`."""
        reasons = {UNTRIED: REASONS[stopped], LEFT_OUT: OUTSIDE, HELD: DOUBTFUL}
        for gap in self._found.own:
            outcome = self._outcomes.get(gap.id, UNTRIED)
            if outcome in reasons:
                detail = self._why.get(gap.id, reasons[outcome])
                yield Finished(gap=gap, digest="", proposer="", outcome=outcome, detail=detail)

    @property
    def suggestions(self) -> tuple[MadeSuggestion, ...]:
        """Those that were written, in the order in which they were."""
        return tuple(
            MadeSuggestion(
                id=made.suggestion.id, grade=made.suggestion.grade, place=self._places[key(made.attempt)]
            )
            for made in self.made
        )

    def improve(self, made: Made, attempt: Attempt) -> None:
        """Write a suggestion again with a better version of its test, unless people have touched it."""
        suggestion = self._writer.rewrite(made.suggestion, attempt, made.gap, made.others)
        if suggestion is not None:
            new = replace(made, suggestion=suggestion, attempt=attempt)
            self.made[self.made.index(made)] = new
            if attempt.verdict != made.attempt.verdict:
                self.attempts.append(attempt)
                self._store.journal(Attempted(attempt=attempt), aim=_aim(made.narrow))

    @property
    def earlier(self) -> dict[tuple[str, str], tuple[Attempt, ...]]:
        """The attempts, by the path and qualname of their targets."""
        attempts: dict[tuple[str, str], tuple[Attempt, ...]] = defaultdict(tuple)
        for attempt in self.attempts:
            attempts[key(attempt)] += (attempt,)
        return attempts

    def left_open(self, targets: Sequence[Target]) -> list[Target]:
        """The targets with the gaps for which this run found nothing, or had no time yet."""
        return _with_only(
            targets, {gap.id for gap in self._found.open if self._outcomes.get(gap.id, NOTHING) == NOTHING}
        )

    def untried(self, targets: Sequence[Target], after: Sequence[str], asked: Sequence[str]) -> list[Target]:
        """The targets with the gaps that those in `after` have finished with, and those in `asked` have not."""
        finished_by, still_open = self._asked(), set[str]()
        for target in targets:
            for gap in target.gaps:
                before = finished_by.get((gap.id, target.digest), set())
                if self.is_closed(gap) or before.issuperset(asked):
                    self._outcomes.setdefault(gap.id, "done before")
                elif before.issuperset(after):
                    still_open.add(gap.id)
        return _with_only(targets, still_open)

    def _asked(self) -> dict[tuple[str, str], set[str]]:
        """Which proposers have finished with a gap before, by its id and the digest of the code."""
        asked: dict[tuple[str, str], set[str]] = {}
        # A gap whose suggestion no longer waits is open to other ideas: people turned it down, or it left a part.
        for finished in self._store.finished():
            if finished.outcome == FOUND:
                asked.pop((finished.gap.id, finished.digest), None)
            else:
                asked.setdefault((finished.gap.id, finished.digest), set()).update(finished.proposer.split(","))
        return asked

    def finish(self, done: pipeline.Done, asked: Sequence[str]) -> None:
        """Write what was found, then what was tried: a killed run loses at most this target."""
        self.attempts += done.attempts
        if done.defect:
            self.defects.append(done.defect)
            self._why.update((gap.id, BROKEN) for gap in done.target.gaps)
        closed = dict(chain.from_iterable(self._closed(attempt, done.target) for attempt in done.attempts))
        if done.complete:
            self.note([gap for gap in done.target.gaps if not self.is_closed(gap)], NOTHING)
        self._outcomes.update(closed)
        self._store.journal(
            *(Attempted(attempt=attempt) for attempt in done.attempts),
            *(self._finished(done.target, asked) if done.complete else ()),
            aim=_aim(done.target, *(part.qualname for part in done.target.parts or (done.target,))),
        )

    def _finished(self, target: Target, asked: Sequence[str]) -> Iterator[Finished]:
        names = ",".join(asked)
        for gap in target.gaps:
            if (outcome := self._outcomes[gap.id]) != PUT_OFF:
                digest = target.part_of(gap.id).digest
                yield Finished(gap=gap, digest=digest, proposer=names, outcome=outcome)

    def _closed(self, attempt: Attempt, target: Target) -> Iterator[tuple[str, str]]:
        """The gaps that an attempt closes, each with how it ended."""
        if isinstance(attempt.verdict, Dropped):
            self.dropped[f"{attempt.verdict.rung}: {attempt.verdict.reason}"] += 1
        elif self._contradictions.contradicts(attempt):
            self.dropped[DENIED] += 1
        elif any(self._doubt(attempt)) or self._has_no_place(attempt):
            self._put_off.append((attempt, target))
            yield from ((gap, PUT_OFF) for gap in attempt.closes)
        elif self._write(attempt, target):
            yield from ((gap, FOUND) for gap in attempt.closes)

    def _has_no_place(self, attempt: Attempt) -> bool:
        """Whether enough wait, or one that says the same of another function: people should decide on that first.

        Those who want all suggestions get this one, too.
        """
        return self.is_full or (self._maximum > 0 and _said(attempt) in self._told)

    def settle(self) -> None:
        """Write what was put off, as far as there is room, starting with what people doubt least."""
        for attempt, target in sorted(self._put_off, key=lambda pair: self._doubt(pair[0])):
            put_off = {gap for gap in attempt.closes if self._outcomes.get(gap) == PUT_OFF}
            left = [gap for gap in self._found.open if gap.id in put_off]
            # A reader would hardly want it, and has others to read.
            is_worse = self._maximum > 0 and self.waiting >= enough(strikes(attempt.candidate))
            if left and (is_worse or self._has_no_place(attempt)):
                why = DOUBTFUL if is_worse else ALIKE
                self._why = {**{gap.id: why for gap in left if not self.is_full}, **self._why}
            elif left and self._write(attempt, target):
                self.note(left, FOUND)
        # Until now another test for the same gap might have been written.
        held = {gap for gap, why in self._why.items() if why in {DOUBTFUL, ALIKE}}
        self._outcomes = {
            gap: HELD if outcome == PUT_OFF else outcome
            for gap, outcome in self._outcomes.items()
            if outcome != PUT_OFF or gap in held
        }

    def _doubt(self, attempt: Attempt) -> tuple[bool, float]:
        """Whether people did not want such tests; how much is doubted or, where few are shown, stumbled over."""
        is_last = self._known.comes_last(attempt.candidate, attempt.verdict.grade or "ungraded")
        struck = strikes(attempt.candidate) if self._maximum else 0
        return is_last, attempt.candidate.origin.doubt + struck

    def _write(self, attempt: Attempt, target: Target) -> bool:
        """Write the suggestion for a kept attempt; whether its test file could take it."""
        closed = {gap.id: gap for gap in self._found.open if gap.id in attempt.closes}
        named = next((gap_id for gap_id in attempt.candidate.gaps if gap_id in closed), next(iter(closed)))
        gap = closed.pop(named)
        others = tuple(closed.values())
        try:
            suggestion = self._writer.write(attempt, gap, others)
        except RefusedError:
            self.dropped["parses: cannot be put into the test file"] += 1
            return False
        self.made.append(Made(suggestion=suggestion, target=target, attempt=attempt, gap=gap, others=others))
        self.first = self.first or time.monotonic()
        self._told.add(_said(attempt))
        self.waiting += 1
        return True


def _aim(target: Target, *functions: str) -> Aim:
    return Aim(
        path=target.path,
        qualname=target.qualname,
        module=target.module,
        gaps=target.gaps,
        nearest=target.nearest[:MOST_OTHERS],
        functions=functions,
    )


def _said(attempt: Attempt) -> tuple[str, str]:
    """What a test says of a function, whatever its name; for a row, its code and the test that it goes into."""
    test = attempt.candidate
    if not isinstance(test, NewTest):
        return test.name, test.code
    name = re.escape(attempt.qualname.rpartition(".")[2])
    return attempt.path, re.sub(rf"\b{name}\b", "_", test.code.partition("\n")[2])


def enough(struck: float) -> float:
    """How many others must wait so that nobody misses a test with so much to stumble over."""
    return ENOUGH if struck >= 1 else math.inf


def _with_only(targets: Iterable[Target], left: Collection[str]) -> list[Target]:
    """The targets that have gaps with these ids, with only those gaps."""
    narrowed = (target.without(lambda gap: gap.id not in left) for target in targets)
    return [target for target in narrowed if target.gaps]


def key(place: Gap | Target | Attempt) -> tuple[str, str]:
    """What tells a function from all others."""
    return place.path, place.qualname
