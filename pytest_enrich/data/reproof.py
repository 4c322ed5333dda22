"""What a person's version of a suggested test is worth: measured anew, with nothing refused."""

from __future__ import annotations

from msgspec import Struct

from pytest_enrich.data.mutants import Grade, MutantsPart
from pytest_enrich.data.suggestion import RunsPart


class Reproof(Struct, frozen=True, kw_only=True):
    """How a version fared; what comes after the first failure is as if it were not.

    Attributes:
        passed: Whether it passed alone.
        seconds: How long that took.
        covers: Whether it runs what the gap misses.
        grade, mutants: What it notices of the gap's code.
        runs: In how many ways it passed, and which.
        trouble: Why it did not come further, "" when it did.
        detail: The evidence, several lines.
    """

    passed: bool = False
    seconds: float = 0.0
    covers: bool = False
    grade: Grade = "ungraded"
    mutants: MutantsPart = MutantsPart()
    runs: RunsPart = RunsPart(passed=0, of=0, modes=())
    trouble: str = ""
    detail: str = ""
