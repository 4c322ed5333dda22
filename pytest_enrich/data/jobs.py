"""What is asked of a sandbox (`Job`); `answers` has what it says. `Vary` is in `varying`.

These cross a process border as JSON, so every field is a plain value. Paths are relative to rootdir, with `/`.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from pytest_enrich.data.code import Branch, Call, Entry, Template
from pytest_enrich.data.mutants import Mutant
from pytest_enrich.data.varying import Vary


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
        written: Values in the file that the new test goes into.
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
    written: tuple[str, ...] = ()
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
        person: USER and LOGNAME, the program in EDITOR, VISUAL, PAGER and BROWSER, and the name of the machine,
            which has other releases of its system and of Python; "" for the user's own.
        columns: COLUMNS, how wide the terminal is; 0 for the user's own.
    """

    hash_seed: int = 0
    timezone: str = ""
    locale: str = ""
    home: str = "home"
    days: int = 0
    person: str = ""
    columns: int = 0


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
        canary: One that every test dies of which runs the code of the gap; None where none can be made.
        contested: Ids of the mutants to run `others` against too, when any mutant is noticed: no existing test
            runs the lines of the rest, or what they come to is known.
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
    canary: Mutant | None = None
    parts: tuple[str, ...] = ()
    corpus: tuple[Program, ...] = ()
    others: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    seconds: float = 2.0
    processor_seconds: float = 0.5
    budget: float = 30.0


Job: TypeAlias = Collect | Record | Explore | Prove | Mutate | Vary
