"""Put an `@example` above a test that has `@given`, and take it out again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from pytest_enrich.data import NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports.elements import Edit, indent, spliced
from pytest_enrich.patch.row import place
from pytest_enrich.patch.row.case import case_source
from pytest_enrich.patch.row.place import Spans, last_name
from pytest_enrich.patch.scope import enter, parse, quotes, requote


class Examples:
    """The decorators of the test that `row` belongs to, in the text of its file.

    Raises:
        RefusedError: There is no such test, it has no `@given`, or the row is no `@example`.
    """

    def __init__(self, text: str, row: NewRow) -> None:
        self.scope = enter(parse(text, row.placement.path), row.placement)
        self._text, self._row = text, row
        self._function = place.function(self.scope, row)
        self._spans = Spans(self.scope)
        self._examples = self._named("example")
        if not self._named("given"):
            raise RefusedError(
                f"{row.name} in {row.placement.path} has no @given\nThe example was not put in.\n"
                "Make new suggestions for what is there now:  pytest --enrich"
            )
        wanted = _key(_call(row))
        self.at = next((at for at, one in enumerate(self._examples) if _key(one) == wanted), None)
        """Which of the examples says the same; None when none does."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The examples as they are written."""
        return tuple(f"@{case_source(example)}" for example in self._examples)

    @property
    def carriers(self) -> tuple[str, ...]:
        """What gets the example: the test alone."""
        return ("::".join([*(owner.name.value for owner in self.scope.owners), self._row.name]),)

    @property
    def written(self) -> str:
        """The decorator as it is written in the file."""
        return requote(self._row.code, quotes(self._text))

    def code(self, at: int) -> str:
        """An example as it is written."""
        return self.codes[at]

    def line(self, at: int) -> int:
        """Where an example stands (1-based)."""
        return self._spans.line(self._spans.of(self._examples[at])[0])

    def inserted(self) -> str:
        """The text with the example below the others, else right above `@given`."""
        beside = self._examples[-1] if self._examples else self._named("given")[0]
        first, last = self._spans.lines(beside)
        space, end = indent(self._text, self._spans.of(beside)[0]), self._spans.newline
        lines = "".join(f"{space}{line}{end}" for line in self.written.strip().splitlines())
        where = last if self._examples else first
        return spliced(self._text, [(where, where, lines)])

    def removals(self, at: int) -> Iterator[str]:
        """The text without an example."""
        yield spliced(self._text, [(*self._spans.lines(self._examples[at]), "")])

    def only(self, at: int, begin: str, end: str) -> tuple[Spans, list[Edit]]:
        """What leaves only this example, between two comments."""
        edits = []
        for number, one in enumerate(self._examples):
            first, last = self._spans.lines(one)
            space, line = indent(self._text, self._spans.of(one)[0]), self._spans.newline
            own = f"{space}{begin}{line}{self._text[first:last]}{space}{end}{line}"
            edits.append((first, last, own if number == at else ""))
        return self._spans, edits

    def _named(self, name: str) -> list[cst.Call]:
        """The decorators that are calls of this name."""
        calls = (decorator.decorator for decorator in self._function.decorators)
        return [call for call in calls if isinstance(call, cst.Call) and last_name(call.func) == name]


def _call(row: NewRow) -> cst.Call:
    wrong = RefusedError(
        f"The example for {row.name} is not one @example\nIt was not put in.\nSee it:  {row.code[:60]!r}"
    )
    try:
        statement = cst.parse_statement(f"{row.code.strip()}\ndef test(): pass\n")
    except (cst.ParserSyntaxError, RecursionError, UnicodeError) as error:
        raise wrong from error
    if not isinstance(statement, cst.FunctionDef) or len(statement.decorators) != 1:
        raise wrong
    call = statement.decorators[0].decorator
    if not isinstance(call, cst.Call) or last_name(call.func) != "example":
        raise wrong
    return call


def _key(node: cst.Call) -> str:
    """What the call says, whatever it is called by and however it is written."""
    tree = ast.parse(f"({case_source(node)}\n)", mode="eval").body
    if not isinstance(tree, ast.Call):
        return ast.dump(tree)
    named = sorted(tree.keywords, key=lambda keyword: keyword.arg or "")
    return ast.dump(ast.Call(func=ast.Name("example"), args=tree.args, keywords=named))
