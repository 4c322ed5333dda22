"""A source text as something to change: its statements, its expressions, and the operators that edit them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data.code import Mutant, Operator
from pytest_enrich.gaps.outline import children, first_row, is_docstring
from pytest_enrich.imports.text import Places, Span, tree_of

SHOWN = 40
BEFORE_IT = 12
Role: TypeAlias = Literal["", "test", "default"]
"""What an expression is to its parent."""

_BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)
# What is inside f-strings has no position of its own before Python 3.12, and annotations and decorators run once.
_CLOSED = (ast.JoinedStr, getattr(ast, "TemplateStr", ast.JoinedStr))
_PASSED_OVER = {"annotation", "returns", "decorator_list", "type_params", "type_comment"}
_DEFAULTS = {"defaults", "kw_defaults"}

_COMPUTED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"), ast.Pow: ("**", "*"), ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.BitXor: ("^", "&"),
}  # fmt: skip
_OPERATORS: dict[type[ast.AST], tuple[str, tuple[tuple[Operator, str], ...]]] = {
    ast.Lt: ("<", (("boundary", "<="), ("comparison", ">="))),
    ast.LtE: ("<=", (("boundary", "<"), ("comparison", ">"))),
    ast.Gt: (">", (("boundary", ">="), ("comparison", "<="))),
    ast.GtE: (">=", (("boundary", ">"), ("comparison", "<"))),
    ast.Eq: ("==", (("comparison", "!="),)),
    ast.NotEq: ("!=", (("comparison", "=="),)),
    ast.In: ("in", (("membership", "not in"),)),
    ast.NotIn: (r"not\s+in", (("membership", "in"),)),
    ast.Is: ("is", (("membership", "is not"),)),
    ast.IsNot: (r"is\s+not", (("membership", "is"),)),
    ast.And: ("and", (("boolean", "or"),)),
    ast.Or: ("or", (("boolean", "and"),)),
    **{kind: (re.escape(token), (("arithmetic", other),)) for kind, (token, other) in _COMPUTED.items()},
}
"""What an operator looks like, and the operators to put in its place, each with the kind of that change."""
_COMMENT = re.compile(r"#[^\n]*")
_PLAIN = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)
_DELETED = (ast.Expr, ast.AugAssign, ast.Delete, ast.Assert, ast.Continue, ast.Break)


class Source(Places):
    """A source text and its syntax tree.

    Raises:
        SyntaxError: It is not Python.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.tree = tree_of(text)

    def cut(self, node: ast.AST) -> str:
        """A node's text."""
        start, end = self.span(node)
        return self.text[start:end]

    def edit(self, operator: Operator, statement: int, context: ast.AST, span: Span, replacement: str) -> Mutant:
        """The mutant with a replacement at `span`, shown within `context`, the piece of code that people see."""
        start, end = span
        first, last = self.span(context)
        before = self.text[first:last]
        after = self.text[first:start] + replacement + self.text[end:last]
        shown, instead = _shown(before, after)
        return Mutant(
            line=self.line(start),
            statement=statement,
            operator=operator,
            before=shown,
            after=instead,
            start=start,
            end=end,
            replacement=replacement,
        )

    def swap(self, operator: Operator, statement: int, node: ast.AST, replacement: str) -> Mutant:
        """The mutant with all of a node replaced."""
        return self.edit(operator, statement, node, self.span(node), replacement)


def _shown(before: str, after: str) -> tuple[str, str]:
    """Both texts, each on one line; of long ones, the part around the difference."""
    old, new = " ".join(before.split()), " ".join(after.split())
    if max(len(old), len(new)) <= SHOWN:
        return old, new
    pairs = zip(old, new, strict=False)
    same = next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))
    start = max(0, same - BEFORE_IT) if same > SHOWN - BEFORE_IT else 0
    return _cut(old, start), _cut(new, start)


def _cut(line: str, start: int) -> str:
    rest = f"...{line[start:]}" if start else line
    return rest if len(rest) <= SHOWN else f"{rest[: SHOWN - 3]}..."


class Site(Struct, frozen=True, eq=False):
    """A statement, handler or case, and the line that coverage counts it as."""

    node: ast.AST
    line: int


def sites(tree: ast.Module) -> Iterator[Site]:
    """All statements in the order of the text, docstrings left out."""
    waiting = list(children(tree))[::-1]
    while waiting:
        node = waiting.pop()
        if not is_docstring(node):
            line = node.lineno if isinstance(node, (ast.stmt, ast.excepthandler)) else first_row(node)
            yield Site(node, line)
        waiting += list(children(node))[::-1]


def _expressions(node: ast.AST) -> Iterator[tuple[ast.AST, Role]]:
    """The expressions of a statement's own header or line, outer ones first."""
    for name, value in ast.iter_fields(node):
        if name in _PASSED_OVER:
            continue
        role: Role = "test" if name in {"test", "ifs", "guard"} else "default" if name in _DEFAULTS else ""
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, _BLOCKS):
                yield child, role
                if not isinstance(child, _CLOSED):
                    yield from _expressions(child)


def edits_of(source: Source, site: Site) -> Iterator[Mutant]:
    """The edits of one statement, those of what is inside its expressions included."""
    yield from _of_statement(source, site)
    for node, role in _expressions(site.node):
        yield from _of_expression(source, site.line, node, role)


def _of_expression(source: Source, statement: int, node: ast.AST, role: Role) -> Iterator[Mutant]:
    """The edits of one expression, those inside it left out."""
    yield from _operators(source, statement, node)
    if isinstance(node, ast.UnaryOp):
        yield from _unary(source, statement, node)
    elif isinstance(node, (ast.Constant, ast.JoinedStr)):
        yield from _constant(source, statement, node, role)
    elif isinstance(node, ast.Slice):
        yield from _slice(source, statement, node)
    elif isinstance(node, ast.comprehension) and not node.is_async and not isinstance(node.iter, ast.Tuple):
        yield source.swap("loop", statement, node.iter, "()")
    elif isinstance(node, ast.Yield) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield source.edit("return", statement, node, source.span(node.value), "None")
    if role == "test" and not isinstance(node, (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Constant)):
        yield _negated(source, statement, node)


def _negated(source: Source, statement: int, node: ast.AST) -> Mutant:
    text = source.cut(node)
    return source.swap("boolean", statement, node, f"not {text}" if isinstance(node, _PLAIN) else f"not ({text})")


def _operators(source: Source, statement: int, node: ast.AST) -> Iterator[Mutant]:
    """Others instead of its operators; not to compute text, where almost any other operator fails at once."""
    operands, kinds = _operands(node)
    for left, kind, right in zip(operands, kinds, operands[1:], strict=False):
        pattern, ways = _OPERATORS.get(type(kind), ("", ()))
        if not isinstance(kind, ast.operator) or not (_is_text(left) or _is_text(right)):
            span = _between(source, left, right, pattern)
            yield from (source.edit(operator, statement, node, span, other) for operator, other in ways)


def _operands(node: ast.AST) -> tuple[Sequence[ast.expr], Sequence[ast.AST]]:
    """The operands of an operation, and the operators between them; none for anything else."""
    match node:
        case ast.Compare(left, kinds, others):
            return [left, *others], kinds
        case ast.BoolOp(kind, operands):
            return operands, [kind] * len(operands)
        case ast.BinOp(left, kind, right) | ast.AugAssign(left, kind, right):
            return [left, right], [kind]
    return [], []


def _is_text(node: ast.expr) -> bool:
    return isinstance(getattr(node, "value", None), (str, bytes)) or isinstance(node, ast.JoinedStr)


def _between(source: Source, left: ast.expr, right: ast.expr, pattern: str) -> tuple[int, int]:
    """The span of an operator: besides it, only parentheses, comments and space are between its operands."""
    start, end = source.span(left)[1], source.span(right)[0]
    gap = _COMMENT.sub(lambda comment: " " * len(comment[0]), source.text[start:end])
    match = re.search(pattern, gap)
    assert match is not None
    return start + match.start(), start + match.end()


def _unary(source: Source, statement: int, node: ast.UnaryOp) -> Iterator[Mutant]:
    start, end = source.span(node)
    rest = source.text[start:end]
    if isinstance(node.op, ast.Not):
        yield source.swap("boolean", statement, node, rest.removeprefix("not").lstrip())
    elif isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield source.swap("arithmetic", statement, node, rest.removeprefix("-").lstrip())


def _constant(source: Source, statement: int, node: ast.Constant | ast.JoinedStr, role: Role) -> Iterator[Mutant]:
    value = node.value if isinstance(node, ast.Constant) else "f"
    replacement = _other(value, is_default=role == "default")
    if replacement is not None:
        yield source.swap("default" if role == "default" else _kind(value), statement, node, replacement)


def _kind(value: object) -> Operator:
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, (str, bytes)) else "constant"


def _other(value: object, *, is_default: bool) -> str | None:
    """Source of another value of the kind; None when there is no obvious one."""
    if isinstance(value, bool):
        return repr(not value)
    if isinstance(value, (int, float)):
        return repr(value + 1) if value + 1 != value else "0"
    if isinstance(value, (str, bytes)):
        text = "XX" if not value else ""
        return repr(text.encode() if isinstance(value, bytes) else text).replace("'", '"')
    return '""' if value is None and is_default else None


def _slice(source: Source, statement: int, node: ast.Slice) -> Iterator[Mutant]:
    parts: Sequence[tuple[ast.expr | None, str]] = ((node.lower, ""), (node.upper, ""), (node.step, "1"))
    for part, replacement in parts:
        if part is not None:
            yield source.edit("slice", statement, node, source.span(part), replacement)


def _of_statement(source: Source, site: Site) -> Iterator[Mutant]:
    """The edits of one statement as such, those of its expressions left out."""
    node, line = site.node, site.line
    if isinstance(node, ast.Raise):
        yield from _raise(source, line, node)
    elif isinstance(node, ast.Return):
        yield from _return(source, line, node)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        yield from _assign(source, line, node)
    elif isinstance(node, ast.For) and not isinstance(node.iter, ast.Tuple):
        yield source.swap("loop", line, node.iter, "()")
    elif isinstance(node, ast.ExceptHandler) and node.type is not None:
        yield from _handler(source, line, node, node.type)
    elif isinstance(node, _DELETED) and not _is_stub(node):
        yield _deleted(source, line, node)
    yield from _operators(source, line, node)


def _is_stub(node: ast.stmt) -> bool:
    """`...`, or a string somewhere in the body."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _deleted(source: Source, line: int, node: ast.stmt) -> Mutant:
    # The lines below keep their numbers.
    return source.swap("deletion", line, node, "pass" + "\n" * source.cut(node).count("\n"))


def _raise(source: Source, line: int, node: ast.Raise) -> Iterator[Mutant]:
    rest = "\n" * source.cut(node).count("\n")
    yield source.swap("exception", line, node, f"pass{rest}")
    raised = node.exc
    name = raised.func if isinstance(raised, ast.Call) else raised
    if isinstance(name, (ast.Name, ast.Attribute)) and _is_class(name):
        whole = isinstance(raised, ast.Call) and bool(raised.keywords)
        replaced, replacement = (raised, "Exception()") if whole and raised else (name, "Exception")
        yield source.edit("exception", line, node, source.span(replaced), replacement)


def _is_class(node: ast.Name | ast.Attribute) -> bool:
    """Whether a raised name is that of a class, and not `Exception` or `BaseException` already."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    return name[:1].isupper() and name not in {"Exception", "BaseException"}


def _return(source: Source, line: int, node: ast.Return) -> Iterator[Mutant]:
    rest = "\n" * source.cut(node).count("\n")
    if node.value is None:
        yield source.swap("deletion", line, node, "pass")
    elif isinstance(node.value, ast.Name) and node.value.id == "NotImplemented":
        # None is as false as what Python makes of NotImplemented: `==` would show no difference.
        yield source.swap("return", line, node, f"return True{rest}")
    elif not isinstance(node.value, ast.Constant):
        yield source.swap("return", line, node, f"return None{rest}")
    elif node.value.value is None:
        yield source.swap("return", line, node, f'return ""{rest}')


def _assign(source: Source, line: int, node: ast.Assign | ast.AnnAssign) -> Iterator[Mutant]:
    """An assignment that the code can do without is deleted; a name may also become None."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if node.value is None:
        return
    if all(isinstance(target, (ast.Attribute, ast.Subscript)) for target in targets):
        yield _deleted(source, line, node)
        return
    if _is_update(targets, node.value):
        yield _deleted(source, line, node)
    if all(isinstance(target, ast.Name) for target in targets) and not isinstance(node.value, ast.Constant):
        yield source.edit("constant", line, node, source.span(node.value), "None")


def _is_update(targets: Sequence[ast.expr], value: ast.expr) -> bool:
    """Whether names get a value that is made from their old one.

    Without any other assignment to a name, each test would fail at once, whatever it checks.
    """
    bound = {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    names = [part for part in ast.walk(value) if isinstance(part, ast.Name)]
    # A variable of a comprehension, or a parameter of a lambda, is not the name outside.
    own = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    return not isinstance(value, ast.Lambda) and bound <= {name.id for name in names} - own


def _handler(source: Source, line: int, node: ast.ExceptHandler, caught: ast.expr) -> Iterator[Mutant]:
    opening = source.text[source.span(node)[0] : source.span(caught)[0]]
    if "*" not in opening and "(" not in opening:
        # The body does not change and is not shown.
        edit = source.swap("exception", line, caught, "()")
        yield replace(edit, before=f"except {edit.before}", after="except ()")
