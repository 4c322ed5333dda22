"""One case: its values, and how it is written in a list of others."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeAlias

import libcst as cst
from msgspec import Struct

from pytest_enrich.data import NewRow
from pytest_enrich.errors import RefusedError
from pytest_enrich.patch.row.place import last_name

Shape: TypeAlias = Literal["bare", "tuple", "list", "param", "other"]
_EMPTY = cst.Module(body=())
_WORD = re.compile(r"[A-Za-z0-9]+")
_SIGNS = {"<=": "up to", ">=": "from", "<": "below", ">": "above", "!=": "not"}
_SIGN = re.compile(r"[<>!]=|[<>]|(?<![\w)])-(?=\d)")
_SITUATION = re.compile(r" (?:when |for |(?=with(?:out)? ))")
MOST_WORDS = 6
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Case(Struct, frozen=True, kw_only=True):
    """A case as it is written.

    Attributes:
        code: The whole case.
        shape: What holds its values; `other` if they are known only at run time.
        values: The source of each value.
        wrapper: How `pytest.param` is written, if that is the shape.
        id: The source of its id, "" for none.
    """

    code: str
    shape: Shape
    values: tuple[str, ...]
    wrapper: str = ""
    id: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """The values, whatever their layout and quotes."""
        return tuple(ast.dump(ast.parse(f"({value}\n)", mode="eval")) for value in self.values)


def case_source(node: cst.CSTNode) -> str:
    """The code of an expression."""
    return _EMPTY.code_for_node(node).strip()


def parsed_row(row: NewRow) -> ast.expr:
    """The expression that a row is.

    Raises:
        SyntaxError: It is not Python.
        ValueError: It is something else, or more.
    """
    ast.parse(row.code.strip(), mode="eval")
    listed = ast.parse(f"[{row.code}\n]", mode="eval").body
    if not isinstance(listed, ast.List) or len(listed.elts) != 1 or isinstance(listed.elts[0], ast.Starred):
        raise ValueError("not exactly one case")
    return listed.elts[0]


def new_case(row: NewRow, *, bare: bool) -> Case:
    """The case that a row adds.

    Raises:
        RefusedError: It is not a single expression without further commas or stars.
    """
    wrong = RefusedError(
        f"The case for {row.name} is not one Python expression\nIt was not put in.\nSee it:  {row.code[:60]!r}"
    )
    try:
        parsed_row(row)
        node = cst.parse_expression(row.code.strip())
    except (cst.ParserSyntaxError, *UNREADABLE) as error:
        raise wrong from error
    return read_case(node, bare=bare)


def read_case(node: cst.BaseExpression, *, bare: bool) -> Case:
    """The case that an element is; `bare` when a plain value is a case."""
    code = case_source(node)
    if isinstance(node, cst.Call) and last_name(node.func) == "param" and not any(arg.star for arg in node.args):
        values = tuple(case_source(arg.value) for arg in node.args if arg.keyword is None)
        named = {arg.keyword.value: case_source(arg.value) for arg in node.args if arg.keyword is not None}
        wrapper = case_source(node.func)
        return Case(code=code, shape="param", values=values, wrapper=wrapper, id=named.get("id", ""))
    if bare:
        return Case(code=code, shape="bare", values=(code,))
    if isinstance(node, cst.Tuple | cst.List) and all(
        isinstance(element, cst.Element) for element in node.elements
    ):
        shape: Shape = "list" if isinstance(node, cst.List) else "tuple"
        return Case(code=code, shape=shape, values=tuple(case_source(element.value) for element in node.elements))
    return Case(code=code, shape="other", values=(code,))


def styled(case: Case, others: Sequence[Case], title: str) -> str:
    """The code of `case` in the style of `others`: plain or wrapped, with an id from `title` where most have one.

    A case that is wrapped already stays as it was written.
    """
    wrapped = [other for other in others if other.shape == "param"]
    ids = [other.id for other in wrapped if other.id]
    if case.shape in {"other", "param"} or not others:
        return case.code
    inside = ", ".join(case.values)
    if 2 * len(ids) > len(others):
        return f"{wrapped[-1].wrapper}({inside}, id={derive_id(title, ids)})"
    if len(wrapped) == len(others):
        return f"{wrapped[-1].wrapper}({inside})"
    (usual, _), *_ = Counter(other.shape for other in others if other.shape != "param").most_common(1)
    return f"[{inside}]" if (case.shape, usual) == ("tuple", "list") else case.code


def derive_id(title: str, sources: Sequence[str]) -> str:
    """The source of an id for a case that shows `title`, its words joined as those of the ids in `sources` are."""
    known = [text for source in sources if (text := _text(source)) is not None]
    separators = Counter(char for text in known for char in text if char in "-_ ")
    separator = separators.most_common(1)[0][0] if separators else "-"
    first = name = separator.join(_words(title))
    number = 1
    while name in known:
        number += 1
        name = f"{first}{separator}{number}"
    return f'"{name}"'


def _words(title: str) -> list[str]:
    """The first words of what the title says after the function's name.

    Of "gives 0 for negative total" the situation is taken, which tells one case from another.
    """
    description = title.partition(": ")[2] or title
    situation = _SITUATION.split(description)[-1]
    plain = _SIGN.sub(lambda sign: f" {_SIGNS.get(sign[0], 'minus')} ", situation)
    return _WORD.findall(plain.lower())[:MOST_WORDS] or ["case"]


def _text(source: str) -> str | None:
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None
