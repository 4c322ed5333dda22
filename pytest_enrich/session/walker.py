"""The walk over the targets, round after round: who is asked, on which executor, and what counts as one target.

Where there is a model, its round comes between those of the others. What is reviewed together is one target.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import pipeline
from pytest_enrich.config import MODEL, Budget, Settings
from pytest_enrich.data import Target
from pytest_enrich.data.run import Stop
from pytest_enrich.progress import Lines
from pytest_enrich.session.executors import choose
from pytest_enrich.session.ledger import UNTRIED, Ledger, Made, key
from pytest_enrich.session.panel import Panel
from pytest_enrich.store import rejected

if TYPE_CHECKING:
    from pytest_enrich.session.model import LocalModel

# The part of the places for suggestions that the others may fill while a model is still to be asked.
EARLY_PLACES = 0.7
EARLY_SECONDS = 60.0
"""They have at least this long: in so short a time a model answers only two or three questions."""
# The part of the rest that a model may use: then the others have a second turn, with what it said.
MODEL_PART = 0.8
# With fewer seconds left, another walk over the targets finds nothing.
SHORTEST_WALK = 10.0
SCOPES = {"class", "module"}
MOST_VAIN = 2
"""How many whole walks in a row may find nothing."""
IMPROVING, EACH, SPARED = 0.5, 20.0, 0.15
"""The part of what is left that a model may use to improve what is kept; seconds for each test, with proofs.

The last is the part of the budget spared for what is kept at the end: people prefer a test with a good name.
"""
AHEAD = 2
"""How many more targets than slots for proofs are under way while a model is asked, so that it never waits."""


class Round(Struct, frozen=True, kw_only=True):
    """One walk over the targets.

    Attributes:
        names: The proposers that are asked.
        after: Those that must be done with a gap before.
        part, least: The part of the remaining budget that may be used, and seconds that it may take anyhow.
        places: The part of the suggestions that people want to see that may wait before the round ends.
        depth: How often the same proposers were asked before in this run: each time one target may take twice as
            long, and something else is drawn.
    """

    names: tuple[str, ...]
    after: tuple[str, ...] = ()
    part: float = 1.0
    least: float = 0.0
    places: float = 1.0
    depth: int = 0

    @property
    def patience(self) -> int:
        """How many times longer than at first one target may take."""
        return 1 << self.depth

    def budget(self, budget: Budget, whole: pipeline.RemainingBudget) -> Budget:
        """What this round may use; a budget in executions is for each round."""
        if budget.seconds is None:
            return budget
        left = max(whole.left, 0.0)
        return Budget(seconds=max(left * self.part, min(self.least, left)))


def plan_round(names: Sequence[str], early: float) -> tuple[Round, ...]:
    """The rounds for these proposers; `early` is the others' part before the model, 0 when there is none."""
    others = tuple(name for name in names if name != MODEL)
    if not early:
        return (Round(names=others),) if others else ()
    last = Round(names=(MODEL,), after=others, part=MODEL_PART if others else 1.0)
    first = Round(names=others, part=early, least=EARLY_SECONDS, places=EARLY_PLACES)
    return (first, last, Round(names=others)) if others else (last,)


def deeper(names: Sequence[str], whole: pipeline.RemainingBudget) -> Iterator[Round]:
    """More walks over what is open, as long as there is time; a budget in executions was shared out at once."""
    others = tuple(name for name in names if name != MODEL)
    depth = 0
    while others and not whole.is_counted and whole.left >= SHORTEST_WALK:
        depth += 1
        yield Round(names=others, depth=depth)


def by_module(targets: Sequence[Target]) -> list[Target]:
    """Those of one module together, in order of appearance: what their questions share is read once."""
    paths = [target.path for target in targets]
    return sorted(targets, key=lambda target: paths.index(target.path))


def joined(targets: Sequence[Target]) -> list[Target]:
    """Each function with those nested in it as one target, in the place of the first of them.

    A test that reaches the nested ones goes through the outer one.
    """
    outer = {
        (target.path, target.qualname): target for target in targets if target.kind not in {"nested", *SCOPES}
    }
    groups: dict[int, list[Target]] = {}
    for target in targets:
        holder = next(
            (outer[target.path, name] for name in _holders(target) if (target.path, name) in outer), target
        )
        groups.setdefault(id(holder), [holder]).extend([target] if target is not holder else [])
    return [group[0] if len(group) == 1 else _together(group[0], group) for group in groups.values()]


def _holders(target: Target) -> Iterator[str]:
    """The names of everything that a nested function is in, the outermost first."""
    parts = target.qualname.split(".")[:-1] if target.kind == "nested" else ()
    return itertools.accumulate(parts, "{}.{}".format)


def _together(first: Target, group: Sequence[Target]) -> Target:
    """The first with the gaps of all, and what leads to them."""
    return replace(
        first,
        gaps=tuple(chain.from_iterable(target.gaps for target in group)),
        conditions=tuple(chain.from_iterable(target.conditions for target in group)),
        constants=tuple(dict.fromkeys(chain.from_iterable(target.constants for target in group))),
        nearest=tuple(dict.fromkeys(chain.from_iterable(target.nearest for target in group))),
        parts=tuple(group),
    )


class Walker:
    """Works on targets for as long as there is time and not enough waits for a person.

    Args:
        settings: How long, how many at a time, and when it is enough.
        context: What all rounds work with; who is asked, and with how much time, is each round's own.
        panel: Who may be asked.
        ledger: Told of each target that is done.
        progress: The same, for people.
    """

    def __init__(
        self, settings: Settings, context: pipeline.RunContext, panel: Panel, ledger: Ledger, progress: Lines
    ) -> None:
        self._settings, self._context, self._panel = settings, context, panel
        self._ledger, self._progress = ledger, progress
        self._slots = max(settings.workers, 1)
        self._executor = choose(settings.workers)
        self._asking = choose(self._slots + AHEAD)
        self._is_late = False
        self._improved: set[tuple[str, bool]] = set()

    def close(self) -> None:
        """Start nothing more."""
        for executor in (self._executor, self._asking):
            executor.shutdown(wait=False, cancel_futures=True)

    @property
    def left(self) -> float:
        """Seconds that are left of the current round."""
        return self._context.remaining.left

    def _is_full(self, turn: Round) -> bool:
        """Whether as many suggestions wait as may in this round."""
        most = math.ceil(self._settings.maximum * turn.places)
        return self._ledger.is_full or 0 < most <= self._ledger.waiting

    def walk(self, targets: Sequence[Target], started: float | None = None) -> Stop:
        """Work on the targets in all rounds; returns why it ended before all was done, "" when it was.

        The budget runs from the moment when the run `started`.
        """
        whole = pipeline.RemainingBudget(self._settings.budget, len(targets), started=started)
        thinking = self._spared(whole, len(targets), started)
        for turn in plan_round(self._settings.asked, self._panel.early):
            self._round(turn, targets, thinking)
            self._improve(thinking, IMPROVING)
            if self._ledger.is_full:
                break
        self._ledger.settle()
        self._go_deeper(targets, thinking)
        self._ledger.settle()
        self._improve(whole, 1.0)
        model = self._panel.model
        if self._is_late and model is not None and not self._ledger.is_full and whole.left >= SHORTEST_WALK:
            # Ask what there was no time for while the others waited for their turn.
            self._is_late = False
            model.resume()
            others = tuple(name for name in self._settings.asked if name != MODEL)
            self._round(Round(names=(MODEL,), after=others), targets, whole)
        if self._ledger.is_full:
            return "enough waiting"
        return "budget" if whole.left <= 0 or (self._is_late and UNTRIED in self._ledger.outcomes) else ""

    def _spared(
        self, whole: pipeline.RemainingBudget, targets: int, started: float | None
    ) -> pipeline.RemainingBudget:
        """The budget without the part that is spared for a model to improve tests at the end."""
        seconds = self._settings.budget.seconds
        if seconds is None or self._panel.model is None:
            return whole
        return pipeline.RemainingBudget(Budget(seconds=seconds * (1 - SPARED)), targets, started=started)

    def _improve(self, whole: pipeline.RemainingBudget, part: float) -> None:
        """Have a model improve what was written so far, in a part of the time that is left.

        All tests get one kind of question, then all the next: what these begin with is read only once.
        """
        fresh, model = self._unimproved(more=False), self._panel.model
        if not fresh or model is None:
            return
        if (seconds := min(whole.left * part, EACH * len(fresh))) <= 0:
            return
        remaining = pipeline.RemainingBudget(Budget(seconds=seconds), 1)
        self._context = replace(self._context, remaining=remaining)
        for think, more in model.improvers():
            fresh = self._unimproved(more=more)
            for at, made in enumerate(fresh, 1):
                if remaining.left <= 0 or model.is_gone:
                    return
                self._progress.waiting(f"test {at} of {len(fresh)} is said better")
                self._improved.add((made.suggestion.id, more))
                if better := pipeline.improve(made.narrow, made.attempt, think, self._context, more=more):
                    self._ledger.improve(made, better)

    def _unimproved(self, *, more: bool) -> list[Made]:
        """The written tests that nobody has been asked yet to word better, or to make notice more."""
        return [made for made in self._ledger.made if (made.suggestion.id, more) not in self._improved]

    def _go_deeper(self, targets: Sequence[Target], whole: pipeline.RemainingBudget) -> None:
        """With time left, ask again about what is open, until `MOST_VAIN` whole walks in a row found nothing."""
        vain = 0
        for turn in deeper(self._settings.asked, whole):
            if self._ledger.is_full or vain == MOST_VAIN:
                return
            made_before = len(self._ledger.made)
            self._round(turn, targets, whole)
            vain = vain + 1 if len(self._ledger.made) == made_before else 0

    def _round(self, turn: Round, targets: Sequence[Target], whole: pipeline.RemainingBudget) -> None:
        open_targets = self._open(turn, targets)
        own = [target for target in open_targets if self._settings.shard.holds(target.path, target.qualname)]
        if not own or self._is_full(turn):
            return
        # Executions are shared out over all targets: a shard looks at each for as long as the whole run would.
        remaining = pipeline.RemainingBudget(
            turn.budget(self._settings.budget, whole), len(open_targets), turn.patience
        )
        self._context = self._context_for(turn, remaining)
        model = self._panel.model if MODEL in turn.names else None
        executor, ahead = (self._asking, self._slots + AHEAD) if model else (self._executor, self._slots)
        self._progress.working(len(own), own[0], whole)
        finished: set[tuple[str, str]] = set()
        for raw in pipeline.run(own, self._context, executor, ahead):
            done = self._completed(raw, model) if model else raw
            self._ledger.finish(done, self._panel.identities(turn.names))
            finished |= {key(target) for target in own if any(map(self._ledger.is_closed, target.gaps))}
            finished.add(key(done.target))
            self._progress.finished(len(finished), len(own), done.target, done.attempts, whole)
            if self._is_full(turn) or (model and model.is_gone):
                return

    def _open(self, turn: Round, targets: Sequence[Target]) -> list[Target]:
        """The targets that the round works on."""
        if turn.depth:
            return joined(self._ledger.left_open(targets))
        left = self._ledger.untried(targets, turn.after, self._panel.identities(turn.names))
        # A model is asked about one function at a time.
        return by_module(left) if MODEL in turn.names else joined(left)

    def _context_for(self, turn: Round, remaining: pipeline.RemainingBudget) -> pipeline.RunContext:
        """With what people have turned down by now: they may review while this runs."""
        rejections = rejected.read(self._settings.rootdir)
        return replace(
            self._context,
            proposers=self._panel.proposers(turn.names),
            remaining=remaining,
            seed=self._settings.seed + turn.depth,
            earlier=self._ledger.earlier,
            is_rejected=rejections.is_rejected,
            turned_down=rejections.reasons,
        )

    def _completed(self, done: pipeline.Done, model: LocalModel) -> pipeline.Done:
        """Without its model a round is not done with a target: another run may ask the model."""
        is_left = model.is_unasked(done.target)
        self._is_late = self._is_late or is_left
        return replace(done, complete=done.complete and not (model.is_gone or is_left))
