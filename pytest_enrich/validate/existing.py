"""What the tests that exist say, and what they notice of mutants: slow to ask, and always the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Answered, Execution, Mutant, MutantFate


class Existing:
    """Remembers for a run how existing tests end, and which notice a mutant, so that they run only once.

    `seconds`: so long those of a file may take, together, that run beside a candidate again and again.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self._known: dict[tuple[str, int, int, str], tuple[str, ...]] = {}
        self._ends: dict[tuple[str, str], Execution] = {}

    def ends(self, path: str, text: str, ask: Callable[[], Execution]) -> Execution:
        """How the tests of a file end, which `ask` finds out; of failures only a timeout is an answer."""
        found = self._ends.get((path, text)) or ask()
        if isinstance(found, Answered) or found.reason == "timeout":
            self._ends[path, text] = found
        return found

    def unasked(self, path: str, mutants: Iterable[Mutant]) -> list[Mutant]:
        """Of the mutants of a source file those of which nothing is known."""
        return [one for one in mutants if _key(path, one) not in self._known]

    def completed(
        self, path: str, mutants: Sequence[Mutant], fates: Sequence[MutantFate]
    ) -> tuple[MutantFate, ...]:
        """The fates with what is known of the mutants; what the fates tell is known from now on."""
        by_id = {one.id: one for one in mutants}
        return tuple(self._completed(_key(path, by_id[fate.id]), fate) for fate in fates if fate.id in by_id)

    def _completed(self, key: tuple[str, int, int, str], fate: MutantFate) -> MutantFate:
        if fate.killed_before is not None:
            self._known[key] = fate.killed_before
        return replace(fate, killed_before=self._known.get(key))


def _key(path: str, mutant: Mutant) -> tuple[str, int, int, str]:
    # Not its id, which counts only those that are made together.
    return path, mutant.start, mutant.end, mutant.replacement
