from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Answered, Hole, Pattern, Point, Varied, Vary
from pytest_enrich.protocols import Sandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

TESTS = "test_sample.py"


def span(node: ast.expr | ast.stmt) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


class Text:
    """The text of a test file, in which tests and pieces of them are found by what they look like."""

    def __init__(self, text: str) -> None:
        self.text = textwrap.dedent(text).lstrip("\n")
        self._nodes = list(ast.walk(ast.parse(self.text)))

    def line(self, name: str) -> int:
        return next(node.lineno for node in self._nodes if getattr(node, "name", None) == name)

    def span(self, source: str, *, after: int = 0) -> tuple[int, int, int, int]:
        """Of the first piece that reads like `source` after a line."""
        found = (
            node
            for node in self._nodes
            if isinstance(node, ast.expr | ast.stmt) and node.lineno > after and ast.unparse(node) == source
        )
        return span(next(found))

    def literal(self, source: str, *, after: int = 0) -> Hole:
        return Hole(span=self.span(source, after=after), values=(source,))

    def point(self, statement: str, subject: str, form: str = "equal", *, after: int = 0) -> Point:
        whole = self.span(statement, after=after)
        return Point(form=form, span=whole, subject=self.span(subject, after=whole[0] - 1))

    def pattern(self, name: str, *holes: Hole, points: tuple[Point, ...] = (), **changes: object) -> Pattern:
        """Of the test called so (`TestIt.test_that` for a method)."""
        nodeid = "::".join([TESTS, *name.split(".")])
        line = self.line(name.rpartition(".")[2])
        return replace(Pattern(nodeid=nodeid, line=line, holes=holes, points=points), **changes)


@pytest.fixture
def written() -> Callable[[str], Text]:
    return Text


@pytest.fixture
def vary(tmp_path: Path) -> Callable[..., Varied]:
    def vary(
        source: str,
        tests: Text,
        *patterns: Pattern,
        more: dict[str, str] | None = None,
        place: Callable[[ProcessSandbox], Sandbox] = lambda fresh: fresh,
        spares: bool = False,
        **changes: object,
    ) -> Varied:
        """Vary tests for the lines of `sample.py` that end in `# here`, in the sandbox that `place` makes."""
        source = textwrap.dedent(source).lstrip("\n")
        files = {
            "pytest.ini": "[pytest]\npythonpath = .\n",
            "sample.py": source,
            TESTS: tests.text,
            **(more or {}),
        }
        for name, text in files.items():
            (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")
        plain = Vary(
            path="sample.py",
            module="sample",
            test_path=TESTS,
            text=tests.text,
            patterns=patterns,
            branches=(),
            lines=tuple(at for at, line in enumerate(source.splitlines(), 1) if line.endswith("# here")),
            executions=300,
            seconds=20.0,
        )
        with closing(place(ProcessSandbox(tmp_path))) as sandbox:
            execution = sandbox.execute(replace(plain, **changes), timeout=90)
        assert isinstance(execution, Answered), execution
        assert isinstance(execution.answer, Varied)
        variants = (one for one in execution.answer.variants if spares or not one.spare)
        return replace(execution.answer, variants=tuple(variants))

    return vary
