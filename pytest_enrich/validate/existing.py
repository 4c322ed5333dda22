"""What the tests that exist say, what they notice of mutants, and in which ways they fall: asked once in a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Answered, Execution, Mutant, MutantFate
from pytest_enrich.validate import reason

SHOWN = 3


class Fallen(Struct, frozen=True):
    """Of existing tests that pass plainly those that do not in another way.

    Attributes:
        details: Why, of each.
        all: Whether none of them passes so.
    """

    details: tuple[str, ...] = ()
    all: bool = False


class Existing:
    """Remembers for a run how existing tests end, and which notice a mutant, so that they run only once.

    `seconds`: so long those of a file may take, together, that run beside a candidate again and again.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self._known: dict[tuple[str, int, int, str], tuple[str, ...]] = {}
        self._ends: dict[tuple[str, str], Execution] = {}
        self._fallen: dict[Hashable, Fallen] = {}
        self._useless: dict[tuple[str, str], dict[str, str]] = {}

    def ends(self, path: str, text: str, ask: Callable[[], Execution]) -> Execution:
        """How the tests of a file end, which `ask` finds out; of failures only a timeout is an answer."""
        found = self._ends.get((path, text)) or ask()
        if isinstance(found, Answered) or found.reason == "timeout":
            self._ends[path, text] = found
        return found

    def fallen(self, key: Hashable, ask: Callable[[], Fallen]) -> Fallen:
        """Which of them fall in a way, which `ask` finds out."""
        found = self._fallen.get(key) or ask()
        self._fallen[key] = found
        return found

    def note(self, path: str, way: str, why: str) -> None:
        """Remember for people in which way existing tests of a file do not pass, with what that means, and why."""
        self._useless.setdefault((way, reason.shape(why)), {}).setdefault(path, why)

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for all files of which the same was noted for the same reason."""
        return tuple(
            f"existing tests of {_named(tuple(files))} do not pass {way}: {next(iter(files.values()))}"
            for (way, _), files in list(self._useless.items())
        )

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


def _named(paths: Sequence[str]) -> str:
    more = len(paths) - SHOWN
    return ", ".join(paths[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _key(path: str, mutant: Mutant) -> tuple[str, int, int, str]:
    # Not its id, which counts only those that are made together.
    return path, mutant.start, mutant.end, mutant.replacement
