"""What is asked of a sandbox outside of a run: a person's version of a test, and whether existing tests pass."""

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


class Rehearsal(Struct, frozen=True, kw_only=True):
    """How a few existing tests fare where candidates run.

    Attributes:
        isolation: The layers in force there.
        tests: Those that pass, by node id; of the others nothing is asked.
        passed: The ways in which these pass.
        fallen: The other ways, each with the first test that does not pass so, and why.
        trouble: Why nothing could be asked, or why no test passes; "" when some do, or there are none.
    """

    isolation: str = ""
    tests: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    fallen: tuple[str, ...] = ()
    trouble: str = ""
