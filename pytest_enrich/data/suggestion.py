"""A suggestion, as it stands in `suggestion.json` (schema `pytest-enrich/suggestion/1`).

Readers ignore keys they do not know; the schema's number changes only when a reader would break.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.attempts import Oracle, OriginPart
from pytest_enrich.data.code import Branch, Grade, MutantsPart

SCHEMA = "pytest-enrich/suggestion/1"

Promise: TypeAlias = Literal["example", "raises"]
"""What a docstring promises: an example's value, an exception, or (a model expected it, too) a value."""


class GapPart(Struct, frozen=True, kw_only=True):
    """The gap that a suggestion is named after, and the ids and lines of the others that it closes."""

    path: str
    qualname: str
    line: int
    outcome: str
    text: str
    lines: tuple[int, ...]
    branches: tuple[Branch, ...]
    function_sha256: str
    also_closes: tuple[str, ...] = ()
    also_lines: tuple[int, ...] = ()


class TargetPart(Struct, frozen=True, kw_only=True):
    """The test file, and where in it; a row is `in` its test, which `anchor` names, a new class made of `base`."""

    path: str
    where: Literal["after", "in", "end of class", "new class", "end of file"]
    owner: str | None = None
    anchor: str | None = None
    style: Literal["function", "method", "unittest"] = "function"
    new_file: bool = False
    base: str | None = None


class TestPart(Struct, frozen=True, kw_only=True):
    """The test itself.

    Of a row, `names` is the test that it belongs to, `code` the element, and `argnames` are the
    names of the `parametrize` that it goes into.
    """

    __test__ = False  # pytest collects classes by this name

    names: tuple[str, ...]
    code: str
    imports: tuple[str, ...]
    body_sha256: str
    argnames: tuple[str, ...] = ()


class RunsPart(Struct, frozen=True, kw_only=True):
    """How often it was run, how often it passed, in which ways, and which were `left_out`, each with why."""

    passed: int
    of: int
    modes: tuple[str, ...]
    left_out: tuple[str, ...] = ()


class NearestPart(Struct, frozen=True, kw_only=True):
    """The existing test that is most like a new one: its node id, and the share that both have, 0 to 1.

    Of a row, `code` is the case that is most like it.
    """

    nodeid: str
    similarity: float
    code: str = ""


class ProofPart(Struct, frozen=True, kw_only=True):
    """What was shown about the test before anyone was asked to read it."""

    lines_gained: int
    branches_gained: int
    runs: RunsPart
    duration_ms: float
    isolation: str
    mutants: MutantsPart = MutantsPart()
    nearest_test: NearestPart | None = None


class MadePart(Struct, frozen=True, kw_only=True):
    """When and with what; the only place that holds a time.

    `options` are the words of pytest's command line that said how the tests are run (`-o`, `-p`, `-c`, ...).
    """

    at: str
    pytest_enrich: str
    python: str
    commit: str | None = None
    options: tuple[str, ...] = ()


class BrokenPart(Struct, frozen=True, kw_only=True):
    """A promise of a docstring that the code does not keep.

    Attributes:
        promise: What kind of promise it is.
        contract: The words of the docstring, as they stand there.
        contract_line: The line of the source file on which they begin.
        also: The lines of other examples of that docstring with which it is the same.
        call: What was called, as the test writes it.
        observed: What it did, each time (`returned 4`, `raised ZeroDivisionError in orders.py:61`).
        mark, mark_imports: The decorator by which the test is known to fail, and what that needs besides.
    """

    promise: Promise
    contract: str
    contract_line: int
    also: tuple[int, ...] = ()
    call: str
    observed: str
    mark: str
    mark_imports: tuple[str, ...] = ()


class Suggestion(Struct, frozen=True, kw_only=True):
    """What a person reviews. Fixed once written; its state is folded from decisions and today's source.

    One of kind `bug` is a possible bug: what is `broken`, and a test of it, which fails. Into its file that goes
    as one that is known to fail.
    `seal` tells on which machine it was made or proven, see `store.seal`.
    """

    schema: str = SCHEMA
    id: str
    kind: Literal["test", "row", "bug"] = "test"
    grade: Grade = "ungraded"
    title: str
    look: str
    gap: GapPart
    target: TargetPart
    test: TestPart
    oracle: tuple[Oracle, ...]
    proof: ProofPart
    origin: OriginPart
    made: MadePart
    broken: BrokenPart | None = None
    seal: str = ""

    @property
    def contradiction(self) -> BrokenPart:
        """Of a possible bug, what is broken."""
        assert self.broken is not None
        return self.broken

    @property
    def more(self) -> str:
        """What a row is: `one more row in TestCart.test_pct`."""
        owner = f"{self.target.owner}." if self.target.owner else ""
        return f"one more row in {owner}{self.test.names[0]}"


class Question(Struct, frozen=True, kw_only=True, tag="question"):
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
