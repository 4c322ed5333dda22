"""What is asked of a sandbox (`Job`), of existing tests with other values too; `answers` has what it says.

These cross a process border as JSON, so every field is a plain value. Paths are relative to rootdir, with `/`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.code import Argument, Branch, Call, Entry, Mutant, Template

Span: TypeAlias = tuple[int, int, int, int]
"""Where a node of a file's text is, as `ast` counts: first line, column (UTF-8 bytes), last line, column."""


class Hole(Struct, frozen=True, kw_only=True):
    """A place in an existing test whose value may vary.

    Attributes:
        name: The parameter that it is, "" for a literal in the test's body.
        span: Where the literal is; None for a parameter.
        values: Source, as it stands in the test file: the parameter's of each row, or the literal.
        adds: A keyword that the call of the function at `span` may be given, `**` for keys of the dictionary
            there; "" for what is there. Nothing is added by the values `...` and `{}`. `!name.return_value` is for
            an assignment to that above the statement at `span`; `=` is for the expression at `span`, in the place
            of which something else may stand; `:` for the method there; `-` for the whole statement at `span`:
            `False` is to do without it.
        offers: Values to try for what is added.
        fixture: The fixture that it is, "" for none: its values are names of fixtures to ask for instead.
    """

    name: str = ""
    span: Span | None = None
    values: tuple[str, ...] = ()
    adds: str = ""
    offers: tuple[str, ...] = ()
    fixture: str = ""


class Point(Struct, frozen=True, kw_only=True):
    """A place where an existing test looks at something and an expected value can be derived anew.

    Attributes:
        form: `equal`: a value; `truth`: a bool; `raises`: a block that is expected to raise;
            `called`: how a stand-in is called, once (`call("eur")`) or never (`None`); `message`: that of what
            a block is expected to raise, whatever it has to match there.
        span: Of the whole statement; for `raises` and `message` of the expression after `with`.
        subject: Of the expression that is looked at; for `raises` and `message` the same as `span`.
        constant: Of the named constant that is expected there (`status.HTTP_200_OK`): what is seen is told by the
            name of another one of its kind, where there is one. None for all else.
    """

    form: Literal["equal", "truth", "raises", "called", "message"]
    span: Span
    subject: Span
    constant: Span | None = None


class Pattern(Struct, frozen=True, kw_only=True):
    """An existing test as something to vary.

    Attributes:
        nodeid: Without parameters.
        line: Of its `def`.
        argnames: All parameters of the `parametrize` whose rows vary, the expected ones too; empty for none.
        holes: What may vary; those of parameters have as many values each as there are rows.
        points: What is looked at instead of asserted.
    """

    nodeid: str
    line: int
    holes: tuple[Hole, ...]
    argnames: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()


class _Search(Struct, frozen=True, kw_only=True):
    """Take one of `branches`, or run one of `lines`, of `path`.

    Attributes:
        path, module: The source file and the name it is imported by.
        branches, lines: What no test reached.
        statements: For each line of a statement of several lines, its first (coverage's numbering), as pairs.
        constants: Literals that the source compares with, best first.
        raises: Lines of `raise` statements in `path`: an exception from elsewhere is an accident, not a contract.
        seed: Of the search; with the same seed and `executions` the answer is the same everywhere.
    """

    path: str
    module: str
    branches: tuple[Branch, ...]
    lines: tuple[int, ...]
    statements: tuple[tuple[int, int], ...] = ()
    constants: tuple[str, ...] = ()
    raises: tuple[int, ...] = ()
    seed: int = 0


class Vary(_Search, frozen=True, kw_only=True, tag="vary"):
    """Run existing tests with other values until they come there.

    Attributes:
        test_path, text: The test file and what is in it: all `patterns` are tests of this file.
        patterns: Tests to vary, best first.
        values: Source of literals that stand near: values to try where they are of the right type.
        offered: The arguments of calls that reach what is wanted, best first. With any, only these are tried, in
            the place of parameters whatever the type of the rows' values, and what brings one of them nearer.
        way: Lines of the decisions on the way to what is wanted: a test that always goes one way there is led to
            the other one.
        executions: The most runs of tests.
        seconds: The most time to take.
        writes: As in `Prove`.
    """

    test_path: str
    text: str
    patterns: tuple[Pattern, ...]
    values: tuple[str, ...] = ()
    offered: tuple[tuple[Argument, ...], ...] = ()
    way: tuple[int, ...] = ()
    executions: int = 500
    seconds: float = 5.0
    writes: tuple[str, ...] = ()


class Sighting(Struct, frozen=True, kw_only=True):
    """What was seen at a point of a test.

    Attributes:
        point: Its place among the pattern's points.
        value: The value; for `raises` the exception class.
        message: For `raises`, `str(exception)`.
        missed: Whether there was nothing at that key or place: then `value` is what was looked into.
        whole: The dictionary that was looked into, where there was something.
    """

    point: int
    value: Template
    message: str = ""
    missed: bool = False
    whole: Template = ""


class Variant(Struct, frozen=True, kw_only=True):
    """An existing test with other values that reaches what no test reached, as little changed as can be.

    Attributes:
        pattern: Its place among the job's patterns.
        row: The row that the holes which did not change have their values of.
        values: Pairs of a changed hole's place and its value.
        seen: What was seen at the points, in the order met; empty when it raised.
        raised: The class of the exception that ended it, "" when it passed.
        message: `str` of it.
        place: Of the expression of the test file that was being evaluated when it raised; zeros for what is not
            known of it.
        branches, reached: The wanted branches and lines that it reaches.
        spare: Whether the variant before it reaches the same; this one comes to something else.
        rules: Names of the rules by which the values were thought of.
        doubt: How many of its values a reader would not expect there.
    """

    pattern: int
    row: int
    values: tuple[tuple[int, Template], ...]
    branches: tuple[Branch, ...]
    reached: tuple[int, ...]
    seen: tuple[Sighting, ...] = ()
    raised: Template = ""
    message: str = ""
    place: Span = (0, 0, 0, 0)
    spare: bool = False
    rules: tuple[str, ...] = ()
    doubt: int = 0

    @property
    def line(self) -> int:
        """The line of the test file where the test was when it raised."""
        return self.place[0]


class Searched(Struct, frozen=True, kw_only=True):
    """What any search answers.

    `aliases` are pairs of a function's own ``module:qualname`` and a shorter one that is the same object
    (``humanize.number:intword`` and ``humanize:intword``); a name beside itself hides the module of that name in
    its package. `dropped` counts, by reason, the inputs that reached something and are not shown (`accident`,
    `side effect`, `nothing to observe`, ...). `ideas` counts the calls that were made by the rules that they were
    thought of by.
    """

    executions: int
    aliases: tuple[tuple[str, str], ...] = ()
    dropped: dict[str, int] = {}
    ideas: dict[str, int] = {}


class Varied(Searched, frozen=True, kw_only=True, tag="varied"):
    """The answer to `Vary`; `unusable` says of patterns, by their place, why they could not be varied."""

    variants: tuple[Variant, ...]
    unusable: dict[int, str] = {}


class Collect(Struct, frozen=True, kw_only=True, tag="collect"):
    """Which items, and which fixtures, are in these test files or node ids?"""

    tests: tuple[str, ...]


class Record(Struct, frozen=True, kw_only=True, tag="record"):
    """Run these existing tests and note the calls that reach functions of `path`.

    `qualnames` limits what is recorded; constructor calls of the classes of `module` are always noted, because
    an object can only be shown in a test by the call that made it. At most `limit` calls a function. `writes` is
    as in `Prove`.
    """

    tests: tuple[str, ...]
    path: str
    module: str
    qualnames: tuple[str, ...]
    limit: int = 60
    writes: tuple[str, ...] = ()


class Explore(_Search, frozen=True, kw_only=True, tag="explore"):
    """Think of inputs for `entries` that come there.

    Attributes:
        entries: The functions to call, best first.
        through: Calls of functions of other files that come to this one, as in `Recorded`: further entries.
        only: Calls to look at; then nothing is searched for.
        starts: Calls that earlier searches in this file found, to begin with.
        neighbours: Calls seen of other functions of the module: a parameter of the same name takes such values.
        constructors: Calls that make objects of the project's classes, seen in tests.
        written: Values in the file that the new test goes into.
        contents: Texts that tests of that file write into files and streams.
        expected: Names of the exceptions that tests of that file expect.
        beside: Modules to import as well: a parameter may be named like a class of theirs.
        executions: The most calls to make.
        idle: The most of these in a row that show nothing new.
        seconds: The most time to take.
        apart: Whether each of what was not reached is to be reached by a call of its own.
    """

    entries: tuple[Entry, ...]
    through: tuple[Call, ...] = ()
    only: tuple[Call, ...] = ()
    starts: tuple[Call, ...] = ()
    neighbours: tuple[Call, ...] = ()
    constructors: tuple[Call, ...] = ()
    written: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    apart: bool = False
    executions: int = 5000
    idle: int = 2000
    seconds: float = 10.0


class World(Struct, frozen=True, kw_only=True):
    """What differs between the machines and the days on which a team runs its tests.

    Attributes:
        hash_seed: PYTHONHASHSEED, by which sets and dicts of texts are ordered.
        timezone: TZ; "" for the user's own.
        locale: LANG and LC_ALL; "" for the user's own.
        home: The name of the home directory, which is empty and new for each job.
        days: How many days (and some hours) the clock is ahead.
        person: USER and LOGNAME, and who this is in the system's list of users, the program in EDITOR, VISUAL,
            PAGER and BROWSER, and the name of the machine, which has other releases of its system and of Python;
            "" for the user's own.
        columns: COLUMNS, how wide the terminal is; 0 for the user's own.
    """

    hash_seed: int = 0
    timezone: str = ""
    locale: str = ""
    home: str = "home"
    days: int = 0
    person: str = ""
    columns: int = 0


class Way(Struct, frozen=True, kw_only=True):
    """In which way tests are run.

    Attributes:
        shuffle: Seed for the order of the tests in the file; None keeps it. Tests that are there with another one
            too keep their order among themselves.
        backwards: Whether they run in the reverse order.
        world: Where and when.
        fresh: Whether an interpreter is started for this alone, so that nothing of other jobs can be in it.
        workers: So many workers of pytest-xdist run the tests, in a fresh interpreter, and unmeasured; 0 for
            none. Refused where there is no xdist, or where programs may not be started.
    """

    shuffle: int | None = None
    backwards: bool = False
    world: World = World()
    fresh: bool = False
    workers: int = 0


class Prove(Way, frozen=True, kw_only=True, tag="prove"):
    """Run `tests` with `text` in place of what `path` holds (which may not exist).

    Attributes:
        path: The test file that the candidate goes into.
        text: The whole text that the file would have.
        tests: Node ids to run, in `path`; all of the file's when empty.
        measure: Source files whose executed lines and branches are wanted; empty: run without coverage.
        writes: What existing tests of the file write in the project: here that is allowed, as far as it goes
            nowhere (see `sandboxes.isolation`), and denied where it would stay.
    """

    path: str
    text: str
    tests: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


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
        compared: Ids of the mutants of which it is known what these calls tell.
        others: Node ids of existing tests, as they are on the disk.
        source: The source file.
        source_text: What is in it; the mutants are edits of this.
        mutants: Those to run `tests` against.
        canary: One that every test dies of which runs the code of the gap; None where none can be made.
        contested: Ids of the mutants to run `others` against too, when any mutant is noticed: no existing test
            runs the lines of the rest, or what they come to is known.
        seconds: Wall clock for the tests on one mutant; five times what they take on the original when that is
            longer.
        processor_seconds: The same of the processor's time, so that a loop that does not end is cut short early.
        budget: Seconds for all; mutants that are left by then are answered as `untried`.
        writes: As in `Prove`.
    """

    path: str
    text: str
    tests: tuple[str, ...]
    source: str
    source_text: str
    mutants: tuple[Mutant, ...]
    canary: Mutant | None = None
    parts: tuple[str, ...] = ()
    corpus: tuple[Program, ...] = ()
    compared: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    seconds: float = 2.0
    processor_seconds: float = 0.25
    budget: float = 30.0
    writes: tuple[str, ...] = ()


Job: TypeAlias = Collect | Record | Explore | Prove | Mutate | Vary
Running: TypeAlias = Record | Prove | Mutate | Vary
"""Jobs that run tests, which may write."""
