"""Make a candidate smaller: its code, and what is said about it, change together."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from msgspec.structs import replace

from pytest_enrich.data import NewTest, Oracle
from pytest_enrich.imports.text import column
from pytest_enrich.refine import statement
from pytest_enrich.refine.statement import Statement
from pytest_enrich.writing.syntax import is_literal, used

SHOWN = 60


def without(candidate: NewTest, going: Collection[int]) -> NewTest:
    """The candidate without some of its statements; a name that nobody reads any more is not bound either.

    Args:
        candidate: One that `statement.read` can read.
        going: Indexes of the statements to drop, as `statement.read` counts them.
    """
    statements = statement.read(candidate.code)
    unread = {ast.dump(statements[at].node) for at in statement.unread(statements)}
    smaller = candidate
    for at in sorted(going, reverse=True):
        smaller = removed(smaller, statements[at])
    return _explained(candidate, imported(_unbound(smaller, unread)))


def with_lines(candidate: NewTest, first: int, last: int, code: str) -> NewTest:
    """The candidate with code that differs only in lines `first` to `last` (1-based), and the imports for it."""
    lines, before = code.splitlines(keepends=True), len(candidate.code.splitlines())
    changed = lines[first - 1 : last + len(lines) - before]
    return imported(replaced(candidate, first, last, "".join(changed)))


def removed(candidate: NewTest, stmt: Statement) -> NewTest:
    """The candidate without the lines of a statement."""
    return replaced(candidate, *_parted(candidate.code, stmt), "")


def _parted(code: str, stmt: Statement) -> tuple[int, int]:
    """The line range of a statement, with a blank line beside it where that would separate nothing any more."""
    lines = ["", *code.splitlines(), ""]
    above, below = lines[stmt.first - 1].strip(), lines[stmt.last + 1].strip()
    if not above and not below:
        return stmt.first - 1, stmt.last
    return stmt.first, stmt.last + (not below and above.endswith(":") and stmt.last + 2 < len(lines))


def replaced(candidate: NewTest, first: int, last: int, text: str) -> NewTest:
    """The candidate with lines `first` to `last` (1-based) replaced by `text` (with final line feed, or "")."""
    lines = candidate.code.splitlines(keepends=True)
    lines[first - 1 : last] = text.splitlines(keepends=True)
    moved = text.count("\n") - (last - first + 1)
    left = (oracle for oracle in candidate.oracle if text or not first <= oracle.line <= last)
    oracles = tuple(_moved(oracle, first, last, moved) for oracle in left)
    return replace(candidate, code="".join(lines), oracle=oracles)


def renamed(candidate: NewTest, name: str) -> NewTest:
    """The candidate under another name."""
    code = re.sub(rf"\bdef\s+{re.escape(candidate.name)}\b", f"def {name}", candidate.code, count=1)
    return replace(candidate, name=name, code=code)


def documented(candidate: NewTest, sentence: str) -> NewTest:
    """The candidate with a one-line docstring; unchanged if it has a docstring, or is all on one line."""
    (function,) = ast.parse(candidate.code).body
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    body = function.body[0]
    if ast.get_docstring(function) is not None or body.lineno == function.lineno:
        return candidate
    lines = candidate.code.splitlines(keepends=True)
    lines.insert(body.lineno - 1, f'{" " * body.col_offset}"""{sentence}"""\n')
    oracles = [_moved(oracle, body.lineno, body.lineno - 1, 1) for oracle in candidate.oracle]
    return replace(candidate, code="".join(lines), oracle=tuple(oracles))


def _moved(oracle: Oracle, first: int, last: int, lines: int) -> Oracle:
    if oracle.line > last:
        return replace(oracle, line=oracle.line + lines)
    return replace(oracle, line=min(oracle.line, last + lines)) if oracle.line > first else oracle


def _unbound(candidate: NewTest, before: Collection[str]) -> NewTest:
    """`f(x)` for `result = f(x)` where nobody reads the name any more; `before` has those nobody ever read."""
    statements = statement.read(candidate.code)
    smaller = candidate
    for at in statement.unread(statements)[::-1]:
        assignment, node = statements[at], statements[at].node
        if not isinstance(node, ast.Assign) or ast.dump(node) in before:
            continue
        if is_literal(node.value):
            smaller = removed(smaller, assignment)
        elif node.targets[-1].end_lineno == assignment.first:
            smaller = replaced(smaller, assignment.first, assignment.last, _value(candidate.code, assignment))
    return smaller


def _value(code: str, assignment: Statement) -> str:
    """The lines of an assignment without its targets, which are all on its first line."""
    assert isinstance(assignment.node, ast.Assign)
    lines = code.splitlines(keepends=True)[assignment.first - 1 : assignment.last]
    end = column(lines[0], assignment.node.targets[-1].end_col_offset or 0)
    indent = lines[0][: assignment.node.col_offset]
    return indent + re.sub(r"^\s*=\s*", "", lines[0][end:]) + "".join(lines[1:])


def imported(candidate: NewTest) -> NewTest:
    """The candidate with only the imports that its code still needs."""
    names = used(ast.parse(candidate.code))
    kept = (_needed(text, names) for text in candidate.imports)
    return replace(candidate, imports=tuple(text for text in kept if text))


def _needed(text: str, wanted: Collection[str]) -> str:
    """An import statement with only the names that are used, "" for none; a star import stays."""
    node = ast.parse(text).body[0]
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return text
    names = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in {*wanted, "*"}]
    if len(names) == len(node.names):
        return text
    node.names = names
    return ast.unparse(node) if names else ""


def _explained(before: NewTest, after: NewTest) -> NewTest:
    """The smaller candidate, its question to the reader and its title about something that is still there."""
    gone = next((oracle for oracle in before.oracle if oracle.look), None)
    if gone is None or not after.oracle or any(oracle.look for oracle in after.oracle):
        return after
    first, *others = after.oracle
    pattern = re.compile(rf"gives (a result\S* == )?{re.escape(gone.what)}")
    title = pattern.sub(lambda _match: _told(after, first), before.title, count=1)
    return replace(after, oracle=(replace(first, look=True), *others), look=_question(first), title=title)


def _told(candidate: NewTest, oracle: Oracle) -> str:
    """What an assertion says of the call, in short: what it gives, or what it leaves behind."""
    statements = statement.read(candidate.code)
    at = next((at for at, stmt in enumerate(statements) if stmt.first <= oracle.line <= stmt.last), None)
    if at is None:
        return f"leaves {oracle.what}"
    text = _compared(statements[at].node)
    text = text if 0 < len(text) <= SHOWN else oracle.what
    if text.startswith("result"):
        return f"gives a {text}"
    return f"gives {oracle.what}" if statement.act(statements, at) is None else f"leaves {text}"


def _compared(node: ast.stmt) -> str:
    """The condition of an `assert`, "" where a call asserts."""
    return ast.unparse(node.test) if isinstance(node, ast.Assert) else ""


def _question(oracle: Oracle) -> str:
    if oracle.source == "docstring":
        return f"{oracle.what} stands in the docstring, too: is it for this input?"
    return f"{oracle.what.removeprefix('raises ')} was seen when the code ran; no docstring promises it"
