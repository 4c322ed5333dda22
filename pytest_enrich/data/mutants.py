"""Changes of the code under test that a good test should notice, and whether one does."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Grade: TypeAlias = Literal["strong", "good", "weak", "ungraded"]
"""How much a test notices, best first; ``ungraded``: nobody could tell, and a note says why."""

Operator: TypeAlias = Literal[
    "comparison", "boundary", "boolean", "membership", "return", "exception", "arithmetic", "slice", "loop",
    "deletion", "constant", "default", "string",
]  # fmt: skip
"""What kind of change a mutant is."""


class Mutant(Struct, frozen=True, kw_only=True):
    """One small change of a source file's text.

    Attributes:
        id: Unique among those made together; the same for the same text.
        line: Where the change is (1-based).
        statement: First line of the statement it is in, as coverage counts it.
        operator: The kind of change.
        before, after: The changed piece of code as people read it, one line each.
        start, end: What is replaced, as offsets in characters into the file's text.
        replacement: What stands there instead.
    """

    id: str
    line: int
    statement: int
    operator: Operator
    before: str
    after: str
    start: int
    end: int
    replacement: str

    @property
    def change(self) -> str:
        """`not sep -> sep`."""
        return f"{self.before} -> {self.after}"

    def apply(self, text: str) -> str:
        """The file's text with the change."""
        return text[: self.start] + self.replacement + text[self.end :]


class Tried(Struct, frozen=True, kw_only=True):
    """A mutant that a suggested test was run against.

    Attributes:
        line, change: As in `Mutant`.
        killed: Whether the test notices it.
        killed_before: Whether an existing test notices it, too.
        equivalent: Whether it is perhaps no change at all: no call that was explored tells it from the original.
            It stays in the count.
    """

    line: int
    change: str
    killed: bool
    killed_before: bool = False
    equivalent: bool = False


class MutantsPart(Struct, frozen=True, kw_only=True):
    """The mutants of the gaps' code: how many there are and the test kills; `note` says why there are none."""

    killed: int = 0
    of: int = 0
    list: tuple[Tried, ...] = ()
    note: str = ""

    def told(self, noun: str = "mutant", of: str = "") -> str:
        """`3 of 5 mutants, existing tests 1 more, 1 survives`: what is left for nobody is what a grade goes by.

        Args:
            noun: What one is called.
            of: What they are changes of, as ` of the gap`.
        """
        spared = [tried for tried in self.list if not tried.killed]
        before = sum(mutant.killed_before for mutant in spared)
        alive, alike = len(spared) - before, sum(mutant.equivalent for mutant in spared)
        parts = [f"{self.killed} of {self.of} {noun}{'' if self.of == 1 else 's'}{of}"]
        parts += [f"existing tests {before} more"] if before else []
        parts += [f"{alive} survive{'s' if alive == 1 else ''}"] if alive else []
        return ", ".join(parts) + (f" ({alike} perhaps equivalent)" if alike else "")
