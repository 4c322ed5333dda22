"""Existing tests with other values: what is asked about them (`Vary`), and what was found (`Varied`).

It is a job and an answer like those of `jobs` and `answers`, with nouns of its own: a test as something to vary.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.code import Argument, Branch, Template

Span: TypeAlias = tuple[int, int, int, int]
"""Where a node of a file's text is, as `ast` counts: first line, column (UTF-8 bytes), last line, column."""


class Hole(Struct, frozen=True, kw_only=True):
    """A place in an existing test whose value may vary.

    Attributes:
        name: The parameter that it is, "" for a literal in the test's body.
        span: Where the literal is; None for a parameter.
        values: Source, as it stands in the test file: the parameter's of each row, or the literal.
        adds: A keyword that the call of the function at `span` may be given, `*` for words at the end of the list
            at `span`, `**` for keys of the dictionary there; "" for what is there. Nothing is added by the values
            `...`, `[]` and `{}`. `.name` and `["key"]` are for one more assignment to the same object, below that
            at `span`; `!name.return_value` is for an assignment to that above the statement at
            `span`; `=` is for the expression at `span`, in the place of which something else may stand; `-` for
            the whole statement at `span`: `False` is to do without it.
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
        line: Of the test file: where the test was when it raised.
        branches, reached: The wanted branches and lines that it reaches.
        spare: Whether the variant before it reaches the same; this one comes to something else.
        rules: Names of the rules by which the values were thought of.
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
    spare: bool = False
    rules: tuple[str, ...] = ()


class Varied(Struct, frozen=True, kw_only=True, tag="varied"):
    """The answer to `Vary`; `executions`, `aliases`, `dropped` and `ideas` as in `Explored`.

    `unusable` says of patterns, by their place, why they could not be varied.
    """

    variants: tuple[Variant, ...]
    executions: int
    aliases: tuple[tuple[str, str], ...] = ()
    dropped: dict[str, int] = {}
    ideas: dict[str, int] = {}
    unusable: dict[int, str] = {}
