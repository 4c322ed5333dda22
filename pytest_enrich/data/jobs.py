"""What is asked of a sandbox (`Job`) and what it answers (`Execution`).

These cross a process border as JSON, so every field is a plain value. Paths are relative to rootdir, with
`/`. What comes back is a claim made by a process that ran untrusted code: the parent validates its shape here
and judges its content in `validate`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.code import Branch, Call, Entry, Template
from pytest_enrich.data.mutants import Mutant

Result: TypeAlias = Literal["passed", "failed", "skipped", "error"]


class Collect(Struct, frozen=True, kw_only=True, tag="collect"):
    """Which items, and which fixtures, are in these test files or node ids?"""

    tests: tuple[str, ...]


class Record(Struct, frozen=True, kw_only=True, tag="record"):
    """Run these existing tests and note the calls that reach functions of `path`.

    `qualnames` limits what is recorded; constructor calls of the classes of `module` are always noted, because
    an object can only be shown in a test by the call that made it. At most `limit` calls a function.
    """

    tests: tuple[str, ...]
    path: str
    module: str
    qualnames: tuple[str, ...]
    limit: int = 60


class Explore(Struct, frozen=True, kw_only=True, tag="explore"):
    """Think of inputs for `entries` that take one of `branches` or run one of `lines` of `path`.

    Attributes:
        path, module: The source file and the name it is imported by.
        entries: The functions to call, best first.
        branches, lines: What no test reached.
        statements: For each line of a statement of several lines, its first (coverage's numbering), as pairs.
        neighbours: Calls seen of other functions of the module: a parameter of the same name takes such values.
        constants: Literals that the source compares with, best first.
        constructors: Calls that make objects of the project's classes, seen in tests.
        raises: Lines of `raise` statements in `path`: an exception from elsewhere is an accident, not a contract.
        seed: Of the search; with the same seed and `executions` the answer is the same everywhere.
        executions: The most calls to make.
        seconds: The most time to take.
    """

    path: str
    module: str
    entries: tuple[Entry, ...]
    branches: tuple[Branch, ...]
    lines: tuple[int, ...]
    statements: tuple[tuple[int, int], ...] = ()
    neighbours: tuple[Call, ...] = ()
    constants: tuple[str, ...] = ()
    constructors: tuple[Call, ...] = ()
    raises: tuple[int, ...] = ()
    seed: int = 0
    executions: int = 5000
    seconds: float = 10.0


class Prove(Struct, frozen=True, kw_only=True, tag="prove"):
    """Run `tests` with `text` in place of what `path` holds (which may not exist).

    Attributes:
        path: The test file that the candidate goes into.
        text: The whole text that the file would have.
        tests: Node ids to run, in `path`; all of the file's when empty.
        measure: Source files whose executed lines and branches are wanted; empty: run without coverage.
        shuffle: Seed for the order of the tests in the file; None keeps it.
        hash_seed: PYTHONHASHSEED of the fresh interpreter.
    """

    path: str
    text: str
    tests: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()
    shuffle: int | None = None
    hash_seed: int = 0


class Mutate(Struct, frozen=True, kw_only=True, tag="mutate"):
    """Run a candidate, and existing tests, against mutants of a source file.

    Attributes:
        path, text: The test file and the whole text that it would have, as in `Prove`.
        tests: Node ids of the candidate, in `path`.
        others: Node ids of existing tests, as they are on the disk.
        source: The source file.
        source_text: What is in it; the mutants are edits of this.
        mutants: Those to run `tests` against.
        contested: Ids of the mutants to run `others` against too: no existing test runs the lines of the rest.
        seconds: Wall clock for the tests on one mutant; five times what they take on the original when that is
            longer.
        budget: Seconds for all; mutants that are left by then are answered as `untried`.
    """

    path: str
    text: str
    tests: tuple[str, ...]
    source: str
    source_text: str
    mutants: tuple[Mutant, ...]
    others: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    seconds: float = 2.0
    budget: float = 30.0


Job: TypeAlias = Collect | Record | Explore | Prove | Mutate


class Item(Struct, frozen=True, kw_only=True):
    """A test that pytest collected, and the fixtures a new test beside it could use."""

    nodeid: str
    path: str
    owner: str | None
    name: str
    style: Literal["function", "method", "unittest"]
    is_async: bool
    markers: tuple[str, ...]
    fixtures: tuple[str, ...]


class TestOutcome(Struct, frozen=True, kw_only=True):
    """What became of one test; `detail` is the end of the failure, or why it was skipped."""

    __test__ = False  # pytest collects classes by this name

    nodeid: str
    result: Result
    detail: str = ""
    seconds: float = 0.0


class Collected(Struct, frozen=True, kw_only=True, tag="collected"):
    """The answer to `Collect`; `errors` are collection errors, one text each."""

    items: tuple[Item, ...]
    errors: tuple[str, ...] = ()


class Recorded(Struct, frozen=True, kw_only=True, tag="recorded"):
    """The answer to `Record`: calls of the functions, constructor calls, and how the tests ended inside."""

    calls: tuple[Call, ...]
    constructors: tuple[Call, ...]
    outcomes: tuple[TestOutcome, ...]


class Observation(Struct, frozen=True, kw_only=True):
    """What a program did, the same each time it was repeated.

    Attributes:
        subject: `result` (what the call gave), `raises`, or `state`: something that the call changed.
        expression: What to look at: `{result}` or something of it for `result` (`{result}.total`), else source
            that names what the program's `lines` bind (`len(cache)`).
        value: The expected value; for `raises` the exception class.
        message: For `raises`, `str(exception)`.
        form: How to state it: `is` for singletons, `approx` for inexact floats, `equal`.
    """

    subject: Literal["result", "raises", "state"]
    value: Template
    expression: Template = "{result}"
    message: str = ""
    form: Literal["equal", "is", "approx"] = "equal"


class Finding(Struct, frozen=True, kw_only=True):
    """A program that reaches what no test reached, as small as it could be made.

    Attributes:
        call: The call it makes, for those who want to vary it.
        lines: Statements that set the scene (`cache = ⟨cachetools:LRUCache⟩(maxsize=2)`).
        action: The call itself, an expression or (`del cache["a"]`) a statement.
        expression: Whether `action` is an expression.
        consume: What to do with its result before looking: nothing, `list` for iterators, `await` for coroutines.
        branches, reached: The wanted branches and lines that it reaches.
        observations: What it did; never empty.
    """

    call: Call
    lines: tuple[Template, ...]
    action: Template
    expression: bool
    consume: Literal["", "list", "await"]
    branches: tuple[Branch, ...]
    reached: tuple[int, ...]
    observations: tuple[Observation, ...]


class Explored(Struct, frozen=True, kw_only=True, tag="explored"):
    """The answer to `Explore`.

    `aliases` are pairs of a function's own ``module:qualname`` and a shorter one that is the same object
    (``humanize.number:intword`` and ``humanize:intword``). `dropped` counts, by reason, the inputs that reached
    something and are not shown (`accident`, `side effect`, `nothing to observe`, ...).
    """

    findings: tuple[Finding, ...]
    executions: int
    aliases: tuple[tuple[str, str], ...] = ()
    dropped: dict[str, int] = {}


class Proved(Struct, frozen=True, kw_only=True, tag="proved"):
    """The answer to `Prove`: outcomes in the order run; per measured file the executed lines and branches."""

    outcomes: tuple[TestOutcome, ...]
    lines: dict[str, tuple[int, ...]] = {}
    branches: dict[str, tuple[Branch, ...]] = {}


class MutantFate(Struct, frozen=True, kw_only=True):
    """What became of one mutant.

    Attributes:
        id: The mutant's.
        fate: What the candidate did: `killed` by a failure, a `timeout` or a `crash`; `survived`; `untried` when
            there was no time or no way.
        killed_before: Existing tests that fail on it, the first one met; `timeout` and `crash` of them count.
    """

    id: str
    fate: Literal["killed", "timeout", "crash", "survived", "untried"]
    killed_before: tuple[str, ...] = ()


class Mutated(Struct, frozen=True, kw_only=True, tag="mutated"):
    """The answer to `Mutate`: one fate a mutant, in their order.

    `error` says why there are none: the candidate does not pass on the original, for one.
    """

    fates: tuple[MutantFate, ...] = ()
    error: str = ""


Answer: TypeAlias = Collected | Recorded | Explored | Proved | Mutated


class Answered(Struct, frozen=True, kw_only=True):
    """The job was done; `output` is the end of what the child printed."""

    answer: Answer
    seconds: float
    output: str = ""


class Failed(Struct, frozen=True, kw_only=True):
    """The job gave no valid answer, which always counts against what was run."""

    reason: Literal["timeout", "memory", "crash", "refused", "no answer", "bad answer"]
    detail: str
    seconds: float


Execution: TypeAlias = Answered | Failed
