"""What is asked of a sandbox outside of a run: a test proven again, and whether existing tests pass there."""

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
