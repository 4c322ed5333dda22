"""Python's syntax: files by the positions of nodes, what code uses, and expressions inside of others."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias, TypeVar

from pytest_enrich.data import Span, Template

Edit: TypeAlias = tuple[Span, str]
"""What is replaced, and by what; edits do not overlap."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = TypeVar("Node", bound=ast.AST)
IMPORTED = re.compile(r"⟨[\w.]+:([\w.]+)⟩")
"""A name to be imported, in a template: `⟨shop.errors:OutOfStock⟩`."""

BLOCK = re.compile(r"(?P<quotes>\"{3}|'{3})(\\\n)?")
"""How a text of several lines begins, perhaps on the next line."""
DIRECTIVE = re.compile(r"\s*#\s*(fmt|mypy|noqa|nosec|pragma|pylint|pyright|type)\b")
"""A comment that tells a tool to leave what stands before it alone."""
OPERATORS = (b"=", b"<", b">", b"+", b",")
"""After these, brackets only hold several lines together."""
_TRUTHS = {"True", "False"}
_CONDITIONS = (ast.Compare, ast.BoolOp)
_LOOSE = (*_CONDITIONS, ast.IfExp, ast.Lambda, ast.NamedExpr, ast.Yield, ast.YieldFrom)
"""What binds no more tightly than a comparison."""
_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in",
    ast.NotIn: "not in",
}  # fmt: skip
_CLOSE = (ast.Call, ast.Subscript, ast.Attribute, ast.Name, *_DISPLAYS)


class Text:
    """A Python file.

    Raises:
        SyntaxError: It is not Python.
        ValueError: It contains a null character.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        # Columns count bytes, and only these characters end a line for Python.
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "surrogatepass").split(b"\n")

    def source(self, node: ast.AST) -> str:
        """The source of an expression, on one line."""
        first, start, last, end = span(node)
        if first != last:
            return ast.unparse(node)
        return _decoded(self._lines[first - 1][start:end])

    def rewritten(self, place: Span, edits: Iterable[Edit] = ()) -> str:
        """What is at `place`, with the edits inside of it applied; whole lines are dedented."""
        return textwrap.dedent(self.raw(place, edits))

    def replaced(self, edits: Iterable[Edit]) -> str:
        """The whole file, with the edits applied."""
        return self.raw((1, 0, len(self._lines), len(self._lines[-1])), edits)

    def opening(self, block: ast.With, edits: Iterable[Edit] = ()) -> str:
        """The header of a block without the colon, with the edits inside of it applied."""
        first, start, *_ = span(block)
        last = max(
            (item.optional_vars or item.context_expr for item in block.items), key=lambda node: span(node)[2:]
        )
        return self.rewritten((first, start, *span(last)[2:]), edits).strip()

    def behind(self, place: Span) -> str:
        """What follows a place on its last line."""
        return _decoded(self._lines[place[2] - 1][place[3] :])

    def directive(self, place: Span) -> str:
        """The comment after a place that tells a tool to leave it alone, with the space before; "" for none."""
        behind = self.behind(place)
        return behind.rstrip() if DIRECTIVE.match(behind) else ""

    def is_empty(self, line: int) -> bool:
        """Whether a line is blank."""
        return 0 < line <= len(self._lines) and not self._lines[line - 1].strip()

    def indentation(self, line: int) -> str:
        """The whitespace at the beginning of a line."""
        whole = _decoded(self._lines[line - 1])
        return whole[: len(whole) - len(whole.lstrip())]

    def raw(self, place: Span, edits: Iterable[Edit] = ()) -> str:
        """What is at `place`, with the edits inside of it applied and the indentation of the file."""
        first, start, last, end = place
        lines = self._lines[first - 1 : last]
        lines[-1] = lines[-1][:end]
        for (line, begin, until, stop), new in sorted(edits, reverse=True):
            if not (place[:2] <= (line, begin) and (until, stop) <= place[2:]):
                continue
            head, tail = lines[line - first][:begin], lines[until - first][stop:]
            left = head + new.encode("utf-8", "surrogatepass") + tail
            lines[line - first : until - first + 1] = [left] * bool(new or left.strip())
            if new and line < until:
                _unwrap(lines, line - first)
        lines[0] = b" " * start + lines[0][start:]
        return _decoded(b"\n".join(lines))


def text_of(source: str) -> Text | None:
    """A file's text with its nodes; None if it is not Python."""
    try:
        return Text(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


def span(node: ast.AST) -> Span:
    """The place of a node, including its decorators."""
    first = min(part.lineno for part in (node, *getattr(node, "decorator_list", ())))
    return first, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


def is_within(place: Span, whole: Span) -> bool:
    """Whether a place is inside another one, or the same."""
    return whole[:2] <= place[:2] and place[2:] <= whole[2:]


def used(*nodes: ast.AST) -> set[str]:
    """All names in these nodes."""
    return {node.id for node in nodes_of(ast.Name, *nodes)}


def loaded(*nodes: ast.AST) -> set[str]:
    """The names that are read in these nodes."""
    return {node.id for node in nodes_of(ast.Name, *nodes) if isinstance(node.ctx, ast.Load)}


def stored(*nodes: ast.AST) -> set[str]:
    """The names that are bound in these nodes."""
    names = {node.id for node in nodes_of(ast.Name, *nodes) if isinstance(node.ctx, ast.Store)}
    return names | {node.name for node in nodes if isinstance(node, Function | ast.ClassDef)}


def last_name(node: ast.AST | None) -> str:
    """The last name of an expression: `invoke` for `runner.invoke`; "" if it has none."""
    return str(getattr(node, "attr", getattr(node, "id", "")))


def first_name(node: ast.expr) -> str:
    """The name that an expression begins with: `cart` for `cart.lines[0].price()`; "" for any other."""
    while not isinstance(node, ast.Name):
        inner = getattr(node, "func", None) or getattr(node, "value", None)
        if not isinstance(inner, ast.expr):
            return ""
        node = inner
    return node.id


def nodes_of(kind: type[Node], *trees: ast.AST) -> Iterator[Node]:
    """All nodes of a kind in these trees."""
    return (node for tree in trees for node in ast.walk(tree) if isinstance(node, kind))


def is_fixture(node: Function | ast.ClassDef) -> bool:
    """Whether a decorator mentions `fixture`, in whichever spelling."""
    return any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)


def functions_in(tree: ast.AST) -> Iterator[Function]:
    """All functions in a tree, including those in classes and in other functions."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def parameters_of(function: Function) -> list[ast.arg]:
    """The parameters of a function, without `*args` and `**kwargs`."""
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def texts(nodes: Iterable[ast.AST | None]) -> Iterator[str]:
    """The string literals among these nodes."""
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return (value for value in constants if isinstance(value, str))


def calls(function: Function) -> Iterator[ast.Call]:
    """All calls in a function's body."""
    return nodes_of(ast.Call, *function.body)


def arguments(call: ast.Call) -> list[ast.expr]:
    """The arguments that a call passes."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def is_literal(node: ast.expr) -> bool:
    """Whether a node consists of literals only."""
    match node:
        case ast.Constant(value):
            return value is not ...
        case ast.UnaryOp(ast.USub(), operand):
            return isinstance(operand, ast.Constant)
        case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
            return all(map(is_literal, elements))
        case ast.Dict(keys, values):
            return all(part is not None and is_literal(part) for part in (*keys, *values))
    return False


def literal_value(code: str | ast.expr) -> tuple[Any] | None:
    """The value of a literal, in a tuple since it may be None itself; None if it is not a literal."""
    try:
        return (ast.literal_eval(code),)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def as_written(code: str, before: str) -> str:
    """A literal in the form of the one that it replaces: a text of several lines between the same quotes.

    Args:
        code: A literal.
        before: The source of what it replaces.
    """
    form, (value,) = BLOCK.match(before), literal_value(code) or (None,)
    if form is None or not isinstance(value, str) or "\n" not in value:
        return code
    quotes = form["quotes"]
    text = value.replace("\\", "\\\\").replace(quotes, "\\" + "\\".join(quotes))
    block = f"{form[0]}{text}{quotes}"
    is_plain = all(part.isprintable() and part == part.rstrip() for part in value.split("\n")[:-1])
    return block if is_plain and literal_value(block) == (value,) else code


def indented_tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of indented statements; a line comes before theirs, so that the first of them is on line 2."""
    return tokenize.generate_tokens(io.StringIO(f"if 1:\n{code}\n").readline)


def without_indentation(code: str, column: int) -> list[str]:
    """The lines of statements with so much less indentation, except those that continue a text."""
    inside: set[int] = set()
    begun: list[int] = []
    for token in indented_tokens(code):
        kind = tokenize.tok_name[token.type]
        if kind.endswith("STRING_START"):
            begun.append(token.start[0])
        if kind == "STRING" or kind.endswith("STRING_END"):
            first = token.start[0] if kind == "STRING" else begun.pop()
            inside |= {*range(first - 1, token.end[0] - 1)}
    return [line if at in inside else line[column:] for at, line in enumerate(code.split("\n"))]


def is_expression(template: Template) -> bool:
    """Whether a template is a single expression."""
    return expression(f"({template}\n)") is not None


def expression(template: Template) -> ast.expr | None:
    """The node of a template that is a single expression; None for anything else."""
    try:
        return ast.parse(plain(template).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def plain(template: Template) -> str:
    """A template with names as in a file that imports them: `⟨shop:Cart.total⟩` gives `Cart.total`."""
    return IMPORTED.sub(r"\1", template)


OPPOSITES = {"==": "!=", "in": "not in"}


def relation(left: Template, sign: str, right: Template) -> Template:
    """The expression that two sides, whatever they are, stand in a relation (`==`, `is`, `in`, `<=`, ...).

    Nobody writes that a condition `is True`: the condition itself is given, or its denial.
    """
    if sign == "is" and right in _TRUTHS and _is_condition(left):
        return left if right == "True" else denied(left)
    return f"{side(left)} {sign} {side(right)}"


def denied(code: Template) -> Template:
    """What is true if `code` is not: `a != b` for `a == b`."""
    left, sign, right = compared(code) or (code, "", "")
    return f"{left} {OPPOSITES[sign]} {right}" if sign in OPPOSITES else f"not {side(code)}"


def compared(code: Template) -> tuple[Template, str, Template] | None:
    """The sides of a comparison, with its sign between them; None for anything else."""
    node = expression(code)
    if not isinstance(node, ast.Compare) or len(node.ops) > 1 or code[0] == "(":
        return None
    sign = _SIGNS.get(type(node.ops[0]), "")
    left, between, right = code.partition(f" {sign} ")
    return (left, sign, right) if between and between not in right else None


def side(code: Template) -> Template:
    """`code` as one side of a comparison, or after a `not`."""
    return f"({code})" if "\n" in code or _binds_loosely(code) else code


def owner(code: Template) -> Template:
    """`code` in front of an attribute, an item or the arguments of a call."""
    node = expression(code)
    return code if node is None or isinstance(node, _CLOSE) or node.col_offset else f"({code})"


def within(code: Template, before: str, after: str) -> Template:
    """`code` in place of a name between these texts; unchanged if it stands by itself there."""
    is_apart = before.rstrip()[-1:] in {"", *"([{,="} and after.lstrip()[:1] in {"", *")]},"}
    return code if is_apart else owner(code)


def _unwrap(lines: list[bytes], at: int) -> None:
    """Remove brackets that held several lines together, if their content is alone on one line now."""
    above, own, below = (lines[near].rstrip() if 0 <= near < len(lines) else b"" for near in (at - 1, at, at + 1))
    opened = above.removesuffix(b"(").rstrip()
    if opened != above and below.strip() == b")" and not own.endswith(b",") and opened[-1:] in OPERATORS:
        lines[at - 1 : at + 2] = [opened + b" " + own.lstrip()]


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


def _is_condition(code: Template) -> bool:
    node = expression(code)
    return isinstance(node, _CONDITIONS) or _is_denial(node)


def _binds_loosely(code: Template) -> bool:
    node = expression(code)
    if node is None or node.col_offset:  # code in parentheses begins after the first one
        return False
    is_bare = isinstance(node, ast.Tuple) and bool(node.elts) and node.elts[0].col_offset == 0
    return isinstance(node, _LOOSE) or _is_denial(node) or is_bare


def _is_denial(node: ast.expr | None) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
