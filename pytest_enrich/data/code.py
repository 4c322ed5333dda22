"""The code under test: what is missing in it and where, and small changes of it that a good test should notice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

CONTEXT = re.compile(r"(?:(?![^|]*\.py\b)[^|]*\|(?=.*::))?(.+)\|(?:run|setup|teardown)", re.DOTALL)
"""A context that pytest-cov gives: of a test, in one of its phases."""

Branch: TypeAlias = tuple[int, int]
"""A branch in coverage.py's numbering: from a line to a line; a negative end leaves the code block."""

Template: TypeAlias = str
"""Python source in which each name to be imported is written ``⟨module:qualname⟩``.

``⟨datetime:date⟩(2024, 2, 29)`` says what to import without saying how: the test file that receives it may
have ``import datetime as dt`` already. String literals in a template never hold the two brackets.
"""

Outcome: TypeAlias = Literal["true", "false", "iterates", "skips", "matches", "no match", "raises", "entered"]
"""The missing outcome of a decision.

``true``/``false`` of an ``if`` or ``while``; ``iterates``/``skips`` (ends without a round) of a ``for``;
``matches``/``no match`` of a ``case``; ``raises``: a handler that was never entered;
``entered``: a block, most often a function's body, that no test ever ran.
"""

Kind: TypeAlias = Literal[
    "function", "method", "classmethod", "staticmethod", "property", "setter", "nested", "class", "module", "hook"
]


class Changes(Struct, frozen=True, kw_only=True):
    """The lines that are new or different in the work tree.

    Attributes:
        since: As it was asked for: `origin/main`, `HEAD`, `staged`.
        base: The commit that was compared with, its whole id; "" when there is none yet.
        lines: Of each Python file below rootdir that has any, ascending; paths are relative to rootdir, with `/`.
    """

    since: str
    base: str = ""
    lines: dict[str, tuple[int, ...]] = {}


class Gap(Struct, frozen=True, kw_only=True):
    """One missing outcome of one decision, or one block never entered.

    Attributes:
        id: `<module stem>-<8 characters of base32>`; survives moved lines, comments and spacing.
        path: The source file, relative to rootdir, with `/`.
        qualname: The enclosing function's `__qualname__` without `<locals>` (`outer.inner`, `Class.method`),
            a class's for its body, "" for a module's.
        line: Where the deciding statement starts (1-based).
        outcome: What never happened there.
        text: The decision as the reader sees it, one line (`if not sep:`), without indentation.
        lines: The missing lines it stands for, ascending; each missing line belongs to one gap.
        branches: The missing branches it stands for; each missing branch belongs to one gap.
    """

    id: str
    path: str
    qualname: str
    line: int
    outcome: Outcome
    text: str
    lines: tuple[int, ...] = ()
    branches: tuple[Branch, ...] = ()


class Condition(Struct, frozen=True, kw_only=True):
    """One decision on the way from a function's first line to a gap, and the outcome it needs."""

    line: int
    text: str
    outcome: Outcome


class Parameter(Struct, frozen=True, kw_only=True):
    """A parameter as the source declares it; `annotation` and `default` are source text.

    `documented` is the type that the docstring gives it (`int`, `list of str`), when there is one.
    """

    name: str
    kind: Literal["positional only", "positional", "variadic", "keyword only", "keywords"]
    annotation: str | None = None
    default: str | None = None
    documented: str | None = None


class Argument(Struct, frozen=True, kw_only=True):
    """One argument of a call; an empty `name` is one more positional one (`*args`)."""

    name: str
    value: Template


class Call(Struct, frozen=True, kw_only=True):
    """A call of a function of the code under test, seen or thought of.

    Attributes:
        qualname: Of the function, as in `Gap`.
        arguments: In the order of the parameters; the bound receiver is not among them.
        receiver: The object a method is called on, "" for one that nobody can write (and where that is true of an
            argument, which is not among them then), None for functions (and for class methods of the class).
        setup: Method calls made on the receiver before, oldest first.
        then: Arguments of calls of what it returned, one after the other (`cached(cache)(len)("abc")`).
        patched: What is set before: variables of the environment by name, anything else by its dotted name.
        nodeid: The test in which it was seen, "" for one thought of.
        refused: Whether it ended in an exception: then its arguments may be what nobody should pass.
    """

    qualname: str
    arguments: tuple[Argument, ...] = ()
    receiver: Template | None = None
    setup: tuple[Call, ...] = ()
    then: tuple[tuple[Template, ...], ...] = ()
    patched: tuple[Argument, ...] = ()
    nodeid: str = ""
    refused: bool = False


class Entry(Struct, frozen=True, kw_only=True):
    """A function through which exploring may reach the gaps: its parameters and the calls seen of it.

    The setter of a property is named with a `=` at the end: it is another function than its getter. One that
    `is_named` is called by name in the suite, or by an operator. A `hook` is a private method that nobody calls as
    far as its module tells: it stands for what its class inherits that comes to it.
    """

    qualname: str
    kind: str
    is_named: bool = True
    parameters: tuple[Parameter, ...] = ()
    calls: tuple[Call, ...] = ()


class NearTest(Struct, frozen=True, kw_only=True):
    """An existing test that comes near a gap: `shared` counts lines of the target's function it runs.

    `seconds`: how long it took inside the sandbox, with all of its parameters; 0.0 where that is not known, or may
    not matter.
    """

    nodeid: str
    shared: int
    seconds: float = 0.0

    @property
    def function(self) -> str:
        """The node id without its parameters: their ids may differ from run to run (a set gives them)."""
        return function(self.nodeid)


def function(nodeid: str) -> str:
    """The node id without the parameters; brackets in the name of a file are none."""
    path, colons, name = nodeid.partition("::")
    return f"{path}{colons}{name.partition('[')[0]}"


def ran_by(context: str) -> str:
    """The node id of the test that a context of coverage.py's is of, "" of another one.

    Before it may stand the context that coverage's configuration gives to all.
    """
    match = CONTEXT.fullmatch(context)
    return match[1] if match else ""


def within(tests: Sequence[NearTest], seconds: float) -> tuple[NearTest, ...]:
    """Of some tests, the best first, those that take no longer together; else the quickest alone."""
    chosen: set[str] = set()
    for test in tests:
        if test.function not in chosen and test.seconds <= seconds:
            chosen.add(test.function)
            seconds -= test.seconds
    quick = tuple(test for test in tests if test.function in chosen)
    return quick or tuple(sorted(tests, key=lambda test: test.seconds)[:1])


class Placement(Struct, frozen=True, kw_only=True):
    """Where a new test belongs.

    Attributes:
        path: The test file, relative to rootdir, with `/`.
        owner: The class the test becomes a method of, or None.
        anchor: The existing test it goes after; None means the end of the class or file.
        style: How a test is written there.
        new_file: Whether the file has to be made.
        base: What the class is derived from where it has to be made (`unittest.TestCase`), else None.
        typed: Whether most tests of the other files are annotated, where the file has to be made.
    """

    path: str
    owner: str | None = None
    anchor: str | None = None
    style: Literal["function", "method", "unittest"] = "function"
    new_file: bool = False
    base: str | None = None
    typed: bool = False


class Target(Struct, frozen=True, kw_only=True):
    """A function (or class or module body) with its gaps and all that is needed to close them.

    Attributes:
        path, qualname: As in `Gap`.
        module: The dotted name it is imported by (`shop.cart`).
        kind: What it is, decorators understood.
        first_line: Where it starts, decorators included (1-based).
        source: Its text, dedented.
        parameters: Its own, without the bound `self` or `cls`.
        constants: Literals (source text) that the function and its module compare with or define, best first.
        conditions: For each gap (same order as `gaps`) the decisions on the way, outermost first.
        entries: The functions of the same module through which a test would reach it, nearest first: itself
            when it is public, else the public functions that call it; without `calls`.
        neighbours: Qualnames of the other functions of the module: what tests pass to them may suit here.
        statements: For each line of a statement of several lines, its first (coverage's numbering), as pairs;
            of the whole file.
        raise_lines: Lines of the `raise` statements of the whole file.
        nearest: The existing tests that come nearest, best first.
        relatives: Of a method, qualnames of classes that have one of this name, too, and are related to its own.
        watched: Node ids of those that are watched at once for targets of this file.
        fixtures: Names of the fixtures visible where the new test goes.
        beside: The other modules of its folder that the suite imports, by their dotted names.
        digest: Hash of the function's tokens: changes with its logic only.
        parts: Of a function with those that it holds its own target and theirs.
    """

    path: str
    qualname: str
    module: str
    kind: Kind
    first_line: int
    source: str
    gaps: tuple[Gap, ...]
    placement: Placement
    digest: str
    parameters: tuple[Parameter, ...] = ()
    docstring: str | None = None
    constants: tuple[str, ...] = ()
    conditions: tuple[tuple[Condition, ...], ...] = ()
    entries: tuple[Entry, ...] = ()
    neighbours: tuple[str, ...] = ()
    statements: tuple[tuple[int, int], ...] = ()
    raise_lines: tuple[int, ...] = ()
    nearest: tuple[NearTest, ...] = ()
    relatives: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    parts: tuple[Target, ...] = ()

    @property
    def outermost(self) -> str:
        """The name at the top of its module: of the function, or of the class round it."""
        return self.qualname.partition(".")[0]

    def part_of(self, gap: str) -> Target:
        """The target of the one function that the gap of this id is in."""
        return next((part for part in self.parts if gap in {inner.id for inner in part.gaps}), self)

    def without(self, closed: Callable[[Gap], bool]) -> Target:
        """It with the gaps that are not closed, and the way to each."""
        remaining = [
            (gap, condition) for gap, condition in zip(self.gaps, self.conditions, strict=True) if not closed(gap)
        ]
        return replace(
            self,
            gaps=tuple(gap for gap, _ in remaining),
            conditions=tuple(condition for _, condition in remaining),
        )


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
        id: Unique among those made together; the same for the same text; "" until they are numbered.
        line: Where the change is (1-based).
        statement: First line of the statement it is in, as coverage counts it.
        operator: The kind of change.
        before, after: The changed piece of code as people read it, one line each.
        start, end: What is replaced, as offsets in characters into the file's text.
        replacement: What stands there instead.
    """

    id: str = ""
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
        spared = [mutant for mutant in self.list if not mutant.killed]
        before = sum(mutant.killed_before for mutant in spared)
        alive, equivalent = len(spared) - before, sum(mutant.equivalent for mutant in spared)
        parts = [f"{self.killed} of {self.of} {noun}{'' if self.of == 1 else 's'}{of}"]
        parts += [f"existing tests {before} more"] if before else []
        parts += [f"{alive} survive{'s' if alive == 1 else ''}"] if alive else []
        return ", ".join(parts) + (f" ({equivalent} perhaps equivalent)" if equivalent else "")
