"""One case: its values, and how it is written in a list of others."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeAlias

import libcst as cst
from msgspec import Struct

from pytest_enrich.patch.row.argument import last_name

Shape: TypeAlias = Literal["bare", "tuple", "list", "param", "other"]
_EMPTY = cst.Module(body=())


class Case(Struct, frozen=True, kw_only=True):
    """A case as it is written.

    Attributes:
        code: The whole.
        shape: What holds its values; `other` for what is known at run time only.
        values: Source of each value.
        wrapper: `pytest.param`, for this shape.
        id: Source of its id, "" for none.
        options: The other keyword arguments of the wrapper (`marks=pytest.mark.slow`).
    """

    code: str
    shape: Shape
    values: tuple[str, ...]
    wrapper: str = ""
    id: str = ""
    options: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The values, whatever their layout and quotes."""
        return tuple(ast.dump(ast.parse(f"({value}\n)", mode="eval")) for value in self.values)


def read(node: cst.BaseExpression, *, bare: bool) -> Case:
    """The case that an element is; `bare` when a plain value is a case."""
    code = source(node)
    if isinstance(node, cst.Call) and last_name(node.func) == "param" and not any(one.star for one in node.args):
        values = tuple(source(one.value) for one in node.args if one.keyword is None)
        named = {one.keyword.value: source(one.value) for one in node.args if one.keyword is not None}
        given = named.pop("id", "")
        options = tuple(f"{name}={value}" for name, value in named.items())
        return Case(code=code, shape="param", values=values, wrapper=source(node.func), id=given, options=options)
    if bare:
        return Case(code=code, shape="bare", values=(code,))
    if isinstance(node, cst.Tuple | cst.List) and all(isinstance(one, cst.Element) for one in node.elements):
        shape: Shape = "list" if isinstance(node, cst.List) else "tuple"
        return Case(code=code, shape=shape, values=tuple(source(one.value) for one in node.elements))
    return Case(code=code, shape="other", values=(code,))


def source(node: cst.CSTNode) -> str:
    """The code of an expression."""
    return _EMPTY.code_for_node(node).strip()


def styled(case: Case, others: Sequence[Case], fresh: str) -> str:
    """The code of `case` as `others` are written: plain, or wrapped with an id, `fresh` when it has none.

    What has options stays wrapped: they may be what it needs.
    """
    wrapped = [one for one in others if one.shape == "param"]
    named = [one for one in wrapped if one.id]
    most = 2 * len(named) > len(others)
    if case.shape == "other" or case.options or (case.id and named) or not others:
        return case.code
    if most or (wrapped and len(wrapped) == len(others)):
        wrapper, id_ = wrapped[-1].wrapper, (case.id or fresh) if most else ""
        if case.shape == "param" and bool(case.id) == bool(id_):
            return case.code
        return f"{wrapper}({', '.join([*case.values, *([f'id={id_}'] if id_ else [])])})"
    return _plain(case, Counter(one.shape for one in others if one.shape != "param"))


def _plain(case: Case, shapes: Counter[Shape]) -> str:
    usual = shapes.most_common(1)[0][0] if shapes else "tuple"
    if usual in {case.shape, "other"}:
        return case.code
    if usual == "bare":
        return case.values[0] if len(case.values) == 1 else case.code
    inside = ", ".join(case.values)
    if usual == "list":
        return f"[{inside}]"
    return f"({inside},)" if len(case.values) == 1 else f"({inside})"
