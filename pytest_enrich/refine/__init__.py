"""A test with no more in it than it needs: pure functions over its text; whether it holds, others prove."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Candidate, NewTest
from pytest_enrich.refine import statement
from pytest_enrich.refine.asserting import keeps_apart
from pytest_enrich.refine.reductions import inlined, smallest
from pytest_enrich.refine.rewrite import renamed, without

MOST_TRIES = 12


class Parts(Struct, frozen=True):
    """A candidate, and tests that each have one of its assertions, the more telling first.

    `places` are those of the assertions among its statements.
    """

    whole: NewTest
    each: tuple[NewTest, ...]
    places: tuple[int, ...]

    def only(self, chosen: tuple[int, ...]) -> NewTest:
        """The candidate with just these of its assertions, by their place in `each`."""
        kept = {self.places[at] for at in chosen}
        return without(self.whole, [at for at in self.places if at not in kept])

    def completed(self, chosen: tuple[int, ...]) -> tuple[int, ...]:
        """These of its assertions, and one for each thing that the test does of which they say nothing.

        A call that nobody looks at is not tested, whatever it runs.
        """
        acts = statement.acts(statement.read(self.whole.code), self.places)
        first = {act: at for at, act in reversed([*enumerate(acts)])}
        looked_at = {None, *(acts[at] for at in chosen)}
        return tuple(sorted({*chosen, *(at for act, at in first.items() if act not in looked_at)}))


def parts(candidate: Candidate) -> Parts | None:
    """The candidate's assertions one by one; None when it has less than two that can be told apart."""
    if not isinstance(candidate, NewTest):
        return None
    places = tuple(statement.telling(statement.read(candidate.code)))
    if len(places) < 2:  # noqa: PLR2004 - one assertion is as few as can be
        return None
    whole = Parts(candidate, (), places)
    each = [_beside(whole.only((at,)), candidate, at) for at in range(len(places))]
    return Parts(candidate, tuple(each), places)


def _beside(part: NewTest, candidate: NewTest, at: int) -> NewTest:
    """A part under a name of its own, to be put after the candidate."""
    place = replace(candidate.placement, anchor=candidate.name, new_file=False)
    return replace(renamed(part, f"{candidate.name}__{at + 1}"), placement=place)


def reduce(candidate: NewTest, holds: Callable[[NewTest], bool], most: int = MOST_TRIES) -> NewTest:
    """The smallest candidate found for which `holds`, which is asked at most `most` times.

    Args:
        candidate: One for which it holds.
        holds: Whether a candidate still does what it is for.
        most: How often that may be asked.
    """
    refused: set[str] = set()
    changed = True
    while changed:
        changed = False
        for smaller in _smaller(candidate):
            if smaller.code in refused:
                continue
            if most <= 0:
                return candidate
            most -= 1
            if holds(smaller):
                candidate, changed = smaller, True
                break
            refused.add(smaller.code)
    return candidate


def _smaller(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate with something less that looks as if it were not needed, the greatest steps first.

    Where the inputs are as small as they can be, what is set up was tried already, and what nobody reads was not.
    """
    statements = statement.read(candidate.code)
    if repeated := statement.repeated(statements):
        yield without(candidate, repeated)
    if candidate.origin.reduced:
        loose = statement.unread(statements)
    else:
        loose = [at for at, one in enumerate(statements) if not one.asserts]
    loose = [at for at in loose if not keeps_apart(statements[at].node)]
    for going in _chunks(loose):
        left = [one for at, one in enumerate(statements) if at not in going]
        if left and statement.is_whole([*left], statements):
            yield without(candidate, going)
    yield from inlined(candidate)


def _chunks(places: list[int]) -> Iterator[list[int]]:
    """All of them, each half, each quarter, ... and each alone; the last ones first."""
    size = len(places)
    while size:
        yield from (places[max(end - size, 0) : end] for end in range(len(places), 0, -size))
        size //= 2


__all__ = ["Parts", "parts", "reduce", "smallest"]
