"""What is asked of a sandbox (`Job`) and what it answers (`Execution`).

These cross a process border as JSON, so every field is a plain value. Paths are relative to rootdir, with
`/`. What comes back is a claim made by a process that ran untrusted code: the parent validates its shape here
and judges its content in `validate`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.code import Argument, Branch, Call, Entry, Template
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
        through: Calls of functions of other files that come to this one, as in `Recorded`: further entries.
        only: Calls to look at; then nothing is searched for.
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
    through: tuple[Call, ...] = ()
    only: tuple[Call, ...] = ()
    neighbours: tuple[Call, ...] = ()
    constants: tuple[str, ...] = ()
    constructors: tuple[Call, ...] = ()
    raises: tuple[int, ...] = ()
    seed: int = 0
    executions: int = 5000
    seconds: float = 10.0


class World(Struct, frozen=True, kw_only=True):
    """What differs between the machines and the days on which a team runs its tests.

    Attributes:
        hash_seed: PYTHONHASHSEED, by which sets and dicts of texts are ordered.
        timezone: TZ; "" for the user's own.
        locale: LANG and LC_ALL; "" for the user's own.
        home: The name of the home directory, which is empty and new for each job.
        days: How many days (and some hours) the clock is ahead.
    """

    hash_seed: int = 0
    timezone: str = ""
    locale: str = ""
    home: str = "home"
    days: int = 0


class Prove(Struct, frozen=True, kw_only=True, tag="prove"):
    """Run `tests` with `text` in place of what `path` holds (which may not exist).

    Attributes:
        path: The test file that the candidate goes into.
        text: The whole text that the file would have.
        tests: Node ids to run, in `path`; all of the file's when empty.
        measure: Source files whose executed lines and branches are wanted; empty: run without coverage.
        shuffle: Seed for the order of the tests in the file; None keeps it. Tests that are there with another one
            too keep their order among themselves.
        backwards: Whether they run in the reverse order.
        world: Where and when.
        fresh: Whether an interpreter is started for this alone, so that nothing of other jobs can be in it.
        workers: So many workers of pytest-xdist run the tests, in a fresh interpreter, and unmeasured; 0 for
            none. Refused where there is no xdist, or where programs may not be started.
    """

    path: str
    text: str
    tests: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()
    shuffle: int | None = None
    backwards: bool = False
    world: World = World()
    fresh: bool = False
    workers: int = 0


class Program(Struct, frozen=True, kw_only=True):
    """A call of the code under test that can be made as it stands.

    Attributes:
        lines: Statements that set the scene.
        action: What is looked at.
        expression: Whether `action` is an expression; else it is a statement.
        call: The same as data where a test of it is one that people might want; else None.
    """

    lines: tuple[Template, ...]
    action: Template
    expression: bool = True
    call: Call | None = None


class Mutate(Struct, frozen=True, kw_only=True, tag="mutate"):
    """Run a candidate, and existing tests, against mutants of a source file.

    Attributes:
        path, text: The test file and the whole text that it would have, as in `Prove`.
        tests: Node ids of the candidate, in `path`.
        parts: Node ids, in `path`, of tests that are parts of the candidate: which of them notice a mutant?
        corpus: Calls that may tell a mutant which the candidate does not notice from the original.
        others: Node ids of existing tests, as they are on the disk.
        source: The source file.
        source_text: What is in it; the mutants are edits of this.
        mutants: Those to run `tests` against.
        contested: Ids of the mutants to run `others` against too: no existing test runs the lines of the rest.
        seconds: Wall clock for the tests on one mutant; five times what they take on the original when that is
            longer.
        processor_seconds: The same of the processor's time, so that a loop that does not end is cut short early.
        budget: Seconds for all; mutants that are left by then are answered as `untried`.
    """

    path: str
    text: str
    tests: tuple[str, ...]
    source: str
    source_text: str
    mutants: tuple[Mutant, ...]
    parts: tuple[str, ...] = ()
    corpus: tuple[Program, ...] = ()
    others: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    seconds: float = 2.0
    processor_seconds: float = 0.5
    budget: float = 30.0


Span: TypeAlias = tuple[int, int, int, int]
"""Where a node of a file's text is, as `ast` counts: first line, column (UTF-8 bytes), last line, column."""


class Hole(Struct, frozen=True, kw_only=True):
    """A place in an existing test whose value may vary.

    Attributes:
        name: The parameter that it is, "" for a literal in the test's body.
        span: Where the literal is; None for a parameter.
        values: Source, as it stands in the test file: the parameter's of each row, or the literal.
    """

    name: str = ""
    span: Span | None = None
    values: tuple[str, ...] = ()


class Point(Struct, frozen=True, kw_only=True):
    """A place where an existing test looks at something and an expected value can be derived anew.

    Attributes:
        form: `equal`: a value; `truth`: a bool; `raises`: a block that is expected to raise.
        span: Of the whole statement; for `raises` of the expression after `with`.
        subject: Of the expression that is looked at; for `raises` the same as `span`.
    """

    form: Literal["equal", "truth", "raises"]
    span: Span
    subject: Span


class Pattern(Struct, frozen=True, kw_only=True):
    """An existing test as something to vary.

    Attributes:
        nodeid: Without parameters.
        line: Of its `def`.
        argnames: All parameters of the `parametrize` whose rows vary, the expected ones too; empty for none.
        holes: What may vary; those of parameters have as many values each as there are rows.
        points: What is looked at instead of asserted.
        given: Whether the holes are arguments that Hypothesis draws.
    """

    nodeid: str
    line: int
    holes: tuple[Hole, ...]
    argnames: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    given: bool = False


class Vary(Struct, frozen=True, kw_only=True, tag="vary"):
    """Run existing tests with other values until they take one of `branches` or run one of `lines` of `path`.

    Attributes:
        path, module: The source file and the name it is imported by.
        test_path, text: The test file and what is in it: all `patterns` are tests of this file.
        patterns: Tests to vary, best first.
        branches, lines, statements, constants, raises, seed: As in `Explore`.
        values: Source of literals that stand near: values to try where they are of the right type.
        offered: The arguments of calls that reach what is wanted, best first. With any, only these are tried, in
            the place of parameters whatever the type of the rows' values, and what brings one of them nearer.
        way: Lines of the decisions on the way to what is wanted: a test that always goes one way there is led to
            the other one.
        executions: The most runs of tests.
        seconds: The most time to take.
    """

    path: str
    module: str
    test_path: str
    text: str
    patterns: tuple[Pattern, ...]
    branches: tuple[Branch, ...]
    lines: tuple[int, ...]
    statements: tuple[tuple[int, int], ...] = ()
    constants: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    offered: tuple[tuple[Argument, ...], ...] = ()
    way: tuple[int, ...] = ()
    raises: tuple[int, ...] = ()
    seed: int = 0
    executions: int = 500
    seconds: float = 5.0


Job: TypeAlias = Collect | Record | Explore | Prove | Mutate | Vary


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
    """The answer to `Record`: calls of the functions, constructor calls, and how the tests ended inside.

    `through` are calls that tests make of functions of other files and that come to the file; their qualnames are
    `module:qualname`.
    """

    calls: tuple[Call, ...]
    constructors: tuple[Call, ...]
    outcomes: tuple[TestOutcome, ...]
    through: tuple[Call, ...] = ()


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
        consume: What to do with its result before looking: nothing, `list` for iterators, `await` for coroutines,
            `async list` for asynchronous iterators.
        branches, reached: The wanted branches and lines that it reaches.
        observations: What it did; never empty.
        spare: Whether the finding before it reaches the same; this one does something else there.
    """

    call: Call
    lines: tuple[Template, ...]
    action: Template
    expression: bool
    consume: Literal["", "list", "await", "async list"]
    branches: tuple[Branch, ...]
    reached: tuple[int, ...]
    observations: tuple[Observation, ...]
    spare: bool = False


class Explored(Struct, frozen=True, kw_only=True, tag="explored"):
    """The answer to `Explore`.

    `aliases` are pairs of a function's own ``module:qualname`` and a shorter one that is the same object
    (``humanize.number:intword`` and ``humanize:intword``). `dropped` counts, by reason, the inputs that reached
    something and are not shown (`accident`, `side effect`, `nothing to observe`, ...). `corpus` are a few calls
    of all kinds that were made: what changes nothing for them may change nothing at all.
    """

    findings: tuple[Finding, ...]
    executions: int
    aliases: tuple[tuple[str, str], ...] = ()
    dropped: dict[str, int] = {}
    corpus: tuple[Program, ...] = ()


class Sighting(Struct, frozen=True, kw_only=True):
    """What was seen at a point of a test.

    Attributes:
        point: Its place among the pattern's points.
        value: The value; for `raises` the exception class.
        message: For `raises`, `str(exception)`.
    """

    point: int
    value: Template
    message: str = ""


class Variant(Struct, frozen=True, kw_only=True):
    """An existing test with other values that reaches what no test reached, as little changed as can be.

    Attributes:
        pattern: Its place among the job's patterns.
        row: The row that the holes which did not change have their values of.
        values: Pairs of a changed hole's place and its value.
        seen: What was seen at the points, in the order met; empty when it raised.
        raised: The class of the exception that ended it, "" when it passed.
        message: `str` of it.
        line: Of the test file: where the test was when it raised.
        branches, reached: The wanted branches and lines that it reaches.
    """

    pattern: int
    row: int
    values: tuple[tuple[int, Template], ...]
    branches: tuple[Branch, ...]
    reached: tuple[int, ...]
    seen: tuple[Sighting, ...] = ()
    raised: Template = ""
    message: str = ""
    line: int = 0


class Varied(Struct, frozen=True, kw_only=True, tag="varied"):
    """The answer to `Vary`; `executions`, `aliases` and `dropped` as in `Explored`.

    `unusable` says of patterns, by their place, why they could not be varied.
    """

    variants: tuple[Variant, ...]
    executions: int
    aliases: tuple[tuple[str, str], ...] = ()
    dropped: dict[str, int] = {}
    unusable: dict[int, str] = {}


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
            there was no time or no way, for existing tests too where they are to be asked.
        killed_before: Existing tests that fail on it, the first one met; `timeout` and `crash` of them count.
        parts: Of those of the job that pass on the original, the ones that fail on it.
        alike: For one that survived: how many calls of the corpus run its statement, when all of them end as on
            the original; else 0. Calls that do not end the same each time are left out.
        told: For one that survived: places, in the corpus, of the first calls that do not end as on the original.
    """

    id: str
    fate: Literal["killed", "timeout", "crash", "survived", "untried"]
    killed_before: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    alike: int = 0
    told: tuple[int, ...] = ()


class Mutated(Struct, frozen=True, kw_only=True, tag="mutated"):
    """The answer to `Mutate`: one fate a mutant, in their order.

    `error` says why there are none: the candidate does not pass on the original, for one. `parts` are those of
    the job that pass on the original.
    """

    fates: tuple[MutantFate, ...] = ()
    parts: tuple[str, ...] = ()
    error: str = ""


Answer: TypeAlias = Collected | Recorded | Explored | Proved | Mutated | Varied


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
