"""What a person's version of a suggested test, or a suggestion of another machine, is worth: measured anew."""

from __future__ import annotations

from msgspec import Struct

from pytest_enrich.data.mutants import Grade, MutantsPart
from pytest_enrich.data.suggestion import RunsPart, Suggestion


class Question(Struct, frozen=True, kw_only=True):
    """A suggestion to be proven anew.

    Attributes:
        one: As it would be taken.
        foreign: Whether nobody here has made it or written it: then it is read first, as any candidate is.
        edited: Whether a person may have written it: it need not be one test then, nor a new one.
    """

    one: Suggestion
    foreign: bool = False
    edited: bool = False


class Reproof(Struct, frozen=True, kw_only=True):
    """How a version fared; what comes after the first failure is as if it were not.

    Attributes:
        passed: Whether it passed alone; of the test of a possible bug, whether it failed as it should.
        seconds: How long that took.
        covers: Whether it runs what the gap misses.
        lines, branches: How many of its lines and branches.
        grade, mutants: What it notices of the gap's code.
        runs: In how many ways it passed, and which.
        isolation: How the sandbox kept it apart.
        trouble: Why it did not come further, "" when it did.
        detail: The evidence, several lines.
    """

    passed: bool = False
    seconds: float = 0.0
    covers: bool = False
    lines: int = 0
    branches: int = 0
    grade: Grade = "ungraded"
    mutants: MutantsPart = MutantsPart()
    runs: RunsPart = RunsPart(passed=0, of=0, modes=())
    isolation: str = ""
    trouble: str = ""
    detail: str = ""
