"""A variant that raised, as a test of that: what the statement needs, and the statement in `pytest.raises`."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich.data import Call, Finding, NewTest, Observation, Oracle, Span
from pytest_enrich.proposers.rows import mocks, steps
from pytest_enrich.proposers.rows.rendering import VariantRenderer
from pytest_enrich.writing import body, names, questions
from pytest_enrich.writing.renderer import INDENT, LONGEST_LINE
from pytest_enrich.writing.syntax import Edit, arguments, is_literal, last_name, nodes_of, span, used

DEFINITION = re.compile(r"(async def|def|class|@)\b")


class Underway(Struct, frozen=True):
    """Where a test was when it raised: the action, the statements before it, and the block that it opened."""

    before: tuple[ast.stmt, ...]
    action: ast.expr
    block: ast.With | None

    @property
    def items(self) -> list[ast.withitem]:
        """The items that the block is entered with."""
        return self.block.items if self.block is not None else []


def write(renderer: VariantRenderer) -> NewTest | None:
    """The test, or None when the statement cannot stand alone, or the test would not be readable."""
    sheet, variant = renderer.sheet, renderer.variant
    underway = _underway(sheet.function.body, variant.place)
    if underway is None or not renderer.gaps:
        return None
    gone = steps.left_out(sheet.function, renderer.changes)
    left = [statement for statement in underway.before if statement not in gone]
    scene = steps.needed_before(left, used(underway.action, *underway.items))
    if scene is None or not renderer.is_free([*scene, underway.action, *underway.items]):
        return None
    edits, configuring = _edits(renderer, scene)
    opening = sheet.text.opening(underway.block, edits) if underway.block is not None else ""
    places = [*map(span, scene)]
    lines = tuple(sheet.text.rewritten(place, edits).strip() + sheet.text.directive(place) for place in places)
    action = _inside(underway.action, sheet.text.rewritten(span(underway.action), edits).strip())
    return _written(renderer, _finding(renderer, (*lines, *configuring), action), opening, underway.action)


def _edits(renderer: VariantRenderer, scene: Sequence[ast.stmt]) -> tuple[list[Edit], list[str]]:
    """The edits, and the mock configuration right before the action, which is above no statement of the scene."""
    there = {span(statement)[:2] for statement in scene}
    starts = {place[:2] for place in mocks.configured_places(renderer.changes)} - there
    edits = list(renderer.edits())
    late = [edit for edit in edits if edit[0][:2] == edit[0][2:] and edit[0][:2] in starts]
    return [edit for edit in edits if edit not in late], [code.strip() for _, code in late]


def _finding(renderer: VariantRenderer, lines: tuple[str, ...], action: str) -> Finding:
    """What was done, statements and an action, as `search` would report it."""
    variant = renderer.variant
    seen = Observation(subject="raises", value=variant.raised, message=variant.message)
    return Finding(
        call=Call(qualname=renderer.target.qualname),
        lines=lines,
        action=action,
        expression=True,
        consume="",
        branches=(),
        reached=(),
        observations=(seen,),
    )


def _inside(action: ast.expr, code: str) -> str:
    """The action's code, with later lines indented as in a block; unchanged if it has a text of several lines."""
    texts = (node for node in ast.walk(action) if isinstance(node, ast.Constant | ast.JoinedStr))
    if any(node.lineno != node.end_lineno for node in texts):
        return code
    return textwrap.indent(code, INDENT).strip()


def _written(renderer: VariantRenderer, finding: Finding, opening: str, acting: ast.expr) -> NewTest | None:
    """The test.

    Args:
        renderer: The variant's renderer.
        finding: What was done and what it raised.
        opening: The header of the block around the action (`with patch("a.b")`), "" for none.
        acting: The action, as the test has it.
    """
    statements = body.write(finding, renderer.placement.style)
    *before, raising = statements.lines
    resolved = renderer.resolve_there([*before, _within(opening, raising) if opening else raising])
    if resolved is None:
        return None
    gaps, raised = renderer.gaps, finding.observations[0].value
    case = renderer.case(finding.observations[0])
    name, origin = renderer.name_beside(case, acting)
    # A blank line after a nested function or class, as formatters want it.
    codes = [f"{code}\n" if DEFINITION.match(code) else code for code in resolved.codes]
    lines = textwrap.indent("\n".join(codes), INDENT).split("\n")
    code = renderer.frame(name, lines)
    if code is None:
        return None
    above = sum(code.count("\n") + 1 for code in codes[: statements.expects[0]])
    line = len(renderer.header(name, lines)) + above + 1
    return NewTest(
        name=name,
        code=code,
        imports=resolved.imports,
        placement=renderer.placement,
        title=names.title(case, body.described(finding)),
        look=questions.about_value(raised, renderer.documented, raised=True),
        oracle=(Oracle(line=line, what=f"raises {body.bare(raised)}", source="raises", look=True),),
        origin=origin,
        gaps=tuple(gap.id for gap in gaps),
    )


def _within(opening: str, raising: str) -> str:
    """A block inside another one, merged into one where that is not too wide."""
    first = f"{opening}, {raising.splitlines()[0].removeprefix('with ')}"
    if len(body.bare(first)) <= LONGEST_LINE - 2 * len(INDENT):
        return f"{opening}, {raising.removeprefix('with ')}"
    return f"{opening}:\n{textwrap.indent(raising, INDENT)}"


def _underway(body: Sequence[ast.stmt], place: Span) -> Underway | None:
    """What was underway at a place in the file; None where it cannot stand alone."""
    line = place[0]
    statements, block = _opened(body, line)
    at = _place(statements, line)
    action = None if at is None else _action(statements[at])
    if at is None or action is None:
        return None
    is_first = block is None or (statements[at] is block.body[0] and block.lineno != block.body[0].lineno)
    # What raises while an argument is evaluated never gets to the call that it is for.
    inner = next((node for node in nodes_of(ast.Call, action) if span(node) == place), action)
    return Underway(tuple(statements[:at]), inner, block) if is_first else None


def _opened(body: Sequence[ast.stmt], line: int) -> tuple[Sequence[ast.stmt], ast.With | None]:
    """The body of a test, ending in the statements of the block that was underway, if one was.

    With it the block, unless that only says what it raises.
    """
    for at, block in enumerate(body):
        if isinstance(block, ast.With) and block.body[0].lineno <= line <= (block.end_lineno or block.lineno):
            is_expected = all(map(steps.expects_raise, block.items))
            return [*body[:at], *block.body], None if is_expected else block
    return body, None


def _place(body: Sequence[ast.stmt], line: int) -> int | None:
    """The index of the simple statement that was underway at a line of the file."""
    for at, statement in enumerate(body):
        if statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            return at if isinstance(statement, ast.Assert | ast.Assign | ast.AnnAssign | ast.Expr) else None
    return None


def _action(statement: ast.stmt) -> ast.expr | None:
    """The expression of a statement that does something, without what becomes of its value."""
    if isinstance(statement, ast.Assert):
        test = statement.test
        inner = test.operand if isinstance(test, ast.UnaryOp) else test
        sides = [inner.left, *inner.comparators] if isinstance(inner, ast.Compare) else [inner]
        return _acting(sides)
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) else None
    if isinstance(value, ast.Call) and steps.is_assertion(value):
        return _acting(value.args)
    return value if value is not None and _acts(value) else None


def _acting(sides: Sequence[ast.expr]) -> ast.expr | None:
    """The only side that does something; where two do, one that is just made of literals is the expected one."""
    acting = [side for side in sides if _acts(side)]
    if len(acting) > 1:
        acting = [side for side in acting if not _is_made_of_literals(side)]
    return acting[0] if len(acting) == 1 else None


def _is_made_of_literals(node: ast.expr) -> bool:
    """Whether it is like `Price(3, "EUR")`."""
    return (
        isinstance(node, ast.Call) and last_name(node.func)[:1].isupper() and all(map(is_literal, arguments(node)))
    )


def _acts(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Call | ast.Subscript | ast.BinOp | ast.Attribute) for part in ast.walk(node))
