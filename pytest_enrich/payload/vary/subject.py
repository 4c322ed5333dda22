"""An existing test as the subject of a search: which other values to try in it, and what they are worth."""

from __future__ import annotations

import functools
import itertools
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from ..engine.guide import Approach, Choices
from ..engine.probe import Note
from ..engine.reduce import reduce
from ..engine.search import Cost, Result, Search
from ..engine.trace import Branch
from ..engine.usual import UNKNOWN
from ..explore.pool import is_unlike
from .pool import Pool
from .runner import Record, TestRun
from .test import GRACE_SECONDS, SECONDS_EACH, Test, Variation, row_of, variation_of

MOST_ROWS = 6
BATCH_AT_ONCE, BATCH = 100, 20
PATIENCE_AT_ONCE, PATIENCE = 1500, 150
FAR = 5
"""By how much patience is divided for a test that never reached a condition with a wanted outcome."""
MOST_PROPOSALS = 60
STEPS_AT_ONCE, STEPS = 400, 60
"""How many runs one search for nearer values may take."""
ASKS = 6
"""The fraction (one in so many) of the remaining time that such a search may take."""
TRIES_AT_ONCE, TRIES = 300, 40
LONG = 20
FEWEST_ALIKE = 4
"""How many characters in a row count as shared: fewer are alike by chance."""


class ExistingTest(Choices):
    """A test to vary: values are chosen for its holes, each of which always has one, and the rows say what fits.

    Args:
        test: Runs it.
        pools: One for each hole.
        known: The runs of its rows as they are.
        offers: Sets of values for some holes, by their places, to be tried instead of anything else.
    """

    def __init__(
        self,
        test: Test,
        pools: Sequence[Pool],
        known: Sequence[TestRun],
        offers: Sequence[Sequence[tuple[str, str]]] = (),
    ) -> None:
        self.test, self._pools, self._offers = test, pools, offers
        self._asked: set[tuple[str, str]] = set()
        self.known: Sequence[tuple[Variation, TestRun]] = [
            (variation_of(row), run) for row, run in enumerate(known)
        ]
        self.batch = BATCH_AT_ONCE if test.is_direct else BATCH

    def like(self, kind: object) -> Iterable[str]:
        """Templates of values of a type that a row has."""
        return dict.fromkeys(text for pool in self._pools for text in pool.like(kind))

    def starts(self) -> list[Variation]:
        """Rows to begin with: first those that take branches which the rows before them do not."""
        taken: set[Branch] = set()
        distinct: list[Variation] = []
        for variation, run in self.known:
            if not taken.issuperset(run.branches):
                distinct.append(variation)
                taken |= run.branches
        others = [variation for variation, _ in self.known if variation not in distinct]
        return [*distinct, *others][:MOST_ROWS]

    def fits(self, variation: Variation) -> bool:
        """Whether its values are like those of the rows, or what the code itself looks for."""
        return all(pair in self._asked or self._pools[int(pair[0])].fits(pair[1]) for pair in variation.arguments)

    def unusual(self, variation: Variation) -> int:
        """How much in it a reader would stumble over."""
        return sum(self._pools[int(hole)].unusual(value) for hole, value in variation.arguments)

    def strangeness(self, variation: Variation) -> tuple[int, int]:
        """How unusual it is, then how far its values are from those that people wrote."""
        far = sum(self._pools[int(hole)].foreign(value) for hole, value in variation.arguments)
        return self.unusual(variation), far

    def doubt(self, variation: Variation) -> int:
        """How many of its values a reader would not expect there."""
        return sum(self._pools[int(hole)].is_out_of_place(value) for hole, value in variation.arguments)

    def rules(self, variation: Variation) -> frozenset[str]:
        """The rules that came up with its values."""
        return frozenset(self._pools[int(hole)].rule_of(value) for hole, value in variation.arguments)

    def run(self, variations: Sequence[Variation], deadline: float) -> list[TestRun]:
        """The run of each variation, as far as there is time."""
        return self.test.run_all(variations, deadline)

    def judge(
        self, variation: Variation, run: TestRun, search: Search[ExistingTest]
    ) -> Result[ExistingTest] | str:
        """How good a test it promises: a poor one if all it sees is that something is not as in a row."""
        if run.objection:
            return run.objection
        is_dull = not run.raised and any(_is_no_news(run.seen, run_of_row.seen) for _, run_of_row in self.known)
        changes = len(variation.arguments)
        cost = Cost(bool(run.raised), int(is_dull), changes, *self.strangeness(variation), variation.size)
        return Result(self, variation, search.reached(run), cost, is_poor=is_dull or bool(run.raised))

    def ideas(self, search: Search[ExistingTest]) -> Iterator[Variation]:
        """What to try, as long as it leads somewhere."""
        chance = random.Random(search.limits.seed + self.test.number)  # noqa: S311 - no secret
        yield from self._offered(search.starts)
        patience = PATIENCE_AT_ONCE if self.test.is_direct else PATIENCE
        for variation in self._thought_of(search, chance):
            if search.idle >= (patience if search.guide.is_near else patience // FAR) or not search.open(self):
                return
            yield variation

    def _thought_of(self, search: Search[ExistingTest], chance: random.Random) -> Iterator[Variation]:
        """Promising values and the guide's proposals by turns; then random ones, and the guide's for these."""
        is_open = functools.partial(search.is_open, subject=self)
        guided = search.guide.ideas(functools.partial(self._towards, deadline=search.turn.deadline), is_open)
        if self._offers:  # all of them were tried before anything is asked about one
            yield from guided
            return
        for pair in itertools.zip_longest(self._promising(search.starts, chance), guided):
            yield from (variation for variation in pair if variation is not None)
        while self._pools:
            yield from search.guide.ideas(functools.partial(self._towards, deadline=search.turn.deadline), is_open)
            yield self._drawn(search.starts, chance)

    def _offered(self, starts: Sequence[Variation]) -> Iterator[Variation]:
        """Each offer, in one row after another; one with a value for every hole only in the first row."""
        for number, start in enumerate([*starts]):
            for values in self._offers:
                if not number or len(values) < len(self._pools):
                    yield functools.reduce(lambda varied, pair: varied.with_argument(*pair), values, start)

    def _promising(self, starts: Sequence[Variation], chance: random.Random) -> Iterator[Variation]:
        """Each promising value in each hole, best first."""
        pools = sorted(enumerate(self._pools), key=lambda pair: not pair[1].comes_first)
        for rank in range(max((len(pool.promising) for pool in self._pools), default=0)):
            for hole, pool in pools:
                for start in (starts[0], chance.choice(starts)):
                    if rank < len(pool.promising):
                        yield start.with_argument(str(hole), pool.promising[rank])

    def _drawn(self, starts: Sequence[Variation], chance: random.Random) -> Variation:
        """A random variation."""
        call = chance.choice(starts)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            hole = chance.randrange(len(self._pools))
            value = dict(self.test.whole(call).arguments)[str(hole)]
            call = call.with_argument(str(hole), self._pools[hole].any(chance, value))
        return call

    def _towards(self, variation: Variation, lines: Sequence[int], deadline: float) -> list[Variation]:
        """Variations for which what is compared on these lines comes nearer to the other outcome."""
        # It may take only a part of the time, as what is found has to be tried.
        latest = time.monotonic() + min(GRACE_SECONDS, (deadline - time.monotonic()) / ASKS)
        steps_left = iter(range(STEPS_AT_ONCE if self.test.is_direct else STEPS))

        def watch(call: Variation, lines: Collection[int]) -> list[Note]:
            if next(steps_left, None) is None or time.monotonic() > latest:
                return []
            return self.test.watch(call, lines)

        approach = Approach(self, watch, MOST_PROPOSALS)
        whole = self.test.whole(variation)
        variations = self.test.apart(
            lambda: [self.test.changed(other) for other in approach.towards(whole, lines)], GRACE_SECONDS, latest
        )
        # Rows stay alike; a literal in the test itself may become whatever the code looks for.
        literal_holes = {str(hole) for hole in range(len(self._pools)) if self.test.is_literal(hole)}
        self._asked |= {pair for other in variations for pair in other.arguments if pair[0] in literal_holes}
        return variations

    def reduced(self, result: Result[ExistingTest], search: Search[ExistingTest], until: float) -> Variation:
        """The variation with fewer and plainer values that still does what it was found for, if time allows."""
        call = result.call
        tries = TRIES_AT_ONCE if self.test.is_direct else TRIES
        smaller = self.test.apart(
            lambda: [self._reduced(call, result, search, tries, until)], SECONDS_EACH * tries / 4, until
        )
        return smaller[0] if smaller else call

    def _reduced(
        self,
        first: Variation,
        result: Result[ExistingTest],
        search: Search[ExistingTest],
        tries: int,
        until: float,
    ) -> Variation:
        before, tries_left = self.test.run(result.call), iter(range(tries))

        def holds(smaller: Variation) -> bool:
            if not (smaller.arguments and self.fits(smaller) and self._is_still_theirs(first, smaller)):
                return False
            if next(tries_left, None) is None or time.monotonic() > until:
                return False
            run = self.test.run(smaller)
            is_same = run.raised == before.raised and not run.objection
            return is_same and result.reached <= search.reached(run)

        row = row_of(first)
        plain = {str(hole): (*pool.preferred, pool.rows[row]) for hole, pool in enumerate(self._pools)}
        found = reduce(first, plain, holds, self.strangeness)
        return self._with_unknown(found, holds) if before.raised else found

    def _with_unknown(self, found: Variation, holds: Callable[[Variation], bool]) -> Variation:
        """The variation with an obviously unknown key or text for one that is refused: nobody types `sdist/`."""
        is_alone = len(found.arguments) == 1
        for hole, value in found.arguments:
            pool = self._pools[int(hole)]
            strange = map(repr, pool.strange_keys(value))
            named = functools.reduce(lambda text, key: text.replace(key, repr(UNKNOWN)), strange, value)
            named = repr(UNKNOWN) if is_alone and is_unlike(value, pool.seen) else named
            if named != value and holds(other := found.with_argument(hole, named)):
                found = other
        return found

    def _is_still_theirs(self, first: Variation, smaller: Variation) -> bool:
        values = dict(first.arguments)
        return all(
            keeps(self._pools[int(hole)].rows[row_of(first)], values[hole], value)
            for hole, value in smaller.arguments
        )


def _is_no_news(seen: Sequence[Record], known: Sequence[Record]) -> bool:
    """Whether all is as it was, except for what is no longer true: many values would make it so."""
    pairs = zip(seen, known, strict=False)
    unchanged = (new == old or (new["value"], old["value"]) == ("False", "True") for new, old in pairs)
    return len(seen) == len(known) and all(unchanged)


def keeps(own: str, found: str, smaller: str) -> bool:
    """Whether `smaller` keeps what `found` shares with the author's `own` text, if that is most of a long text.

    A text cut down until nothing more can go says less than the whole text with a change in it.

    Args:
        own: The author's text; like the others, a template.
        found: The text that it was changed to.
        smaller: The same with less in it.
    """
    if own[:1] not in {"'", '"'} or len(own) < LONG:
        return True
    shared = _shared(own, found)
    if 2 * sum(map(len, shared)) < len(own):
        return True
    start = 0
    for piece in shared:
        place = smaller.find(piece, start)
        if place < 0:
            return False
        start = place + len(piece)
    return True


@functools.lru_cache(maxsize=64)  # asked about many smaller variations of each result
def _shared(first: str, second: str) -> tuple[str, ...]:
    """The pieces that both have, in order."""
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return tuple(first[block.a : block.a + block.size] for block in blocks if block.size >= FEWEST_ALIKE)
