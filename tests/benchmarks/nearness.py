"""How many of the values that kept tests pass are such that people wrote them somewhere in the project.

    python tests/benchmarks/nearness.py [NAME...] --folder FOLDER [--run NUMBER]

For each project of a run that `recovery.py` left: the texts and numbers in what its suggestions call (not in what
they expect), and which of them stand in its tests, docstrings, messages or README. One digit and the empty text
are not counted: they show nothing but that something is there.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import command
import layout
import projects
import runs
import tables

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"""(['"])([^'"\n\\]{2,80})\1""")
TRIVIAL = re.compile(r"-?\d|b?''")


def passed(code: str) -> list[str]:
    """The literals in what a test calls, each as `repr` writes it; none where it is no test."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    found = (text for test in tests for node in test.body for text in _literals(node))
    return [text for text in found if not TRIVIAL.fullmatch(text)]


def _literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        is_value = isinstance(node.value, str | bytes | int | float) and not isinstance(node.value, bool)
        yield from [repr(node.value)] if is_value else []
        return
    expected = node.comparators if isinstance(node, ast.Compare) else []
    expected = node.items if isinstance(node, ast.With | ast.AsyncWith) else expected  # type: ignore[assignment]
    for child in ast.iter_child_nodes(node):
        if child not in expected:
            yield from _literals(child)


def written(folder: Path) -> frozenset[str]:
    """What people wrote in a project: literals of its tests, and texts in quotes in its other texts and README."""
    found: set[str] = set()
    pages = [page.read_text(encoding="utf-8", errors="replace") for page in folder.glob("README*")]
    for file in folder.rglob("*.py"):
        constants = _constants(file.read_text(encoding="utf-8", errors="replace"))
        found |= {repr(value) for value in constants} if "test" in str(file.relative_to(folder)) else set()
        pages += [value for value in constants if isinstance(value, str)]
    return frozenset([*found, *(repr(match[2]) for page in pages for match in QUOTED.finditer(page))])


def _constants(text: str) -> list[object]:
    try:
        nodes: Iterable[ast.AST] = ast.walk(ast.parse(text))
    except SyntaxError:  # an example of what does not parse
        return []
    return [node.value for node in nodes if isinstance(node, ast.Constant)]


def main() -> int:
    """Print the table."""
    given = projects.listed(runs.arguments(__doc__)).parse_args()
    listing = projects.read(given.list)
    run = runs.find(given.folder, given.run)
    rows = []
    for name in run.finished(projects.chosen(given.names, listing)):
        known = written(layout.prepare(name, given.folder, listing).ablated)
        blocks = BLOCK.findall((run.of(name) / "suggestions.md").read_text(encoding="utf-8"))
        values = [value for block in blocks for value in passed(block)]
        rows.append((name, tables.percent(sum(value in known for value in values), len(values))))
    command.say(tables.markdown(("project", "values that people wrote"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
