"""One case: its values, and how it is written in a list of others."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, cast

import libcst as cst
from libcst import matchers
from libcst.metadata import MetadataWrapper, PositionProvider
from msgspec import Struct

from pytest_enrich.imports.text import unreadable
from pytest_enrich.patch.row import listing
from pytest_enrich.patch.row.listing import NONE, ONE, Space, has_comment, is_line, whole_line
from pytest_enrich.patch.row.place import Listing, is_parametrize, last_name
from pytest_enrich.patch.scope import Scope

Shape: TypeAlias = Literal["bare", "tuple", "list", "param", "other"]
_EMPTY = cst.Module(body=())
Changes: TypeAlias = Mapping[cst.CSTNode, cst.CSTNode | cst.RemovalSentinel]
Style: TypeAlias = Literal["formatter", "hugging", "aligned"]
USUAL, WIDER = 88, (100, 120)
NARROW, SURE = 79, 100


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


def read_case(node: cst.BaseExpression, *, bare: bool) -> Case:
    """The case that an element is; `bare` when a plain value is a case."""
    code = case_source(node)
    if isinstance(node, cst.Call) and last_name(node.func) == "param" and not any(one.star for one in node.args):
        values = tuple(case_source(one.value) for one in node.args if one.keyword is None)
        named = {one.keyword.value: case_source(one.value) for one in node.args if one.keyword is not None}
        given = named.pop("id", "")
        options = tuple(f"{name}={value}" for name, value in named.items())
        return Case(
            code=code, shape="param", values=values, wrapper=case_source(node.func), id=given, options=options
        )
    if bare:
        return Case(code=code, shape="bare", values=(code,))
    if isinstance(node, cst.Tuple | cst.List) and all(isinstance(one, cst.Element) for one in node.elements):
        shape: Shape = "list" if isinstance(node, cst.List) else "tuple"
        return Case(code=code, shape=shape, values=tuple(case_source(one.value) for one in node.elements))
    return Case(code=code, shape="other", values=(code,))


def case_source(node: cst.CSTNode) -> str:
    """The code of an expression."""
    return _EMPTY.code_for_node(node).strip()


def styled_case(case: Case, others: Sequence[Case], fresh: str) -> str:
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


def rebuilt(scope: Scope, changes: Changes) -> str:
    """The module's code with some of its nodes exchanged.

    Raises:
        RefusedError: The module is nested too deeply.
    """
    try:
        changed = scope.module.visit(_Exchange(changes))
    except RecursionError as error:
        raise unreadable(scope.path, "", error) from error
    assert isinstance(changed, cst.Module)
    return changed.code


def within(call: cst.Call, changes: Changes) -> cst.Call:
    """The call with some of the nodes in it exchanged."""
    changed = call.visit(_Exchange(changes))
    assert isinstance(changed, cst.Call)
    return changed


def exchanged_position(scope: Scope, node: cst.CSTNode) -> tuple[int, int]:
    """The line (1-based) and the column (0-based) where a node of the module begins."""
    wrapper = MetadataWrapper(scope.module, unsafe_skip_copy=True)
    start = wrapper.resolve(PositionProvider)[node].start
    return start.line, start.column


class _Exchange(cst.CSTTransformer):
    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self._changes = changes

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        return cast("cst.CSTNodeT", self._changes.get(original_node, updated_node))


def style(module: cst.Module) -> Style:
    """How the `parametrize` calls of a file are broken up.

    As black does it (each argument on a line of its own), with the list's bracket beside the other arguments, or
    with later cases below the first.
    """
    calls = matchers.findall(module, matchers.Call())
    found = Counter(one for call in calls if is_parametrize(call) for one in _styles(call))
    return max(found, key=lambda one: found[one], default="formatter")


def width(text: str) -> int:
    """The longest line that the file's authors let stand, as far as its lines tell."""
    lengths = sorted(len(one.expandtabs(8)) for one in text.splitlines() if one.strip())
    if len(lengths) >= SURE and lengths[-1] <= NARROW:
        return NARROW
    most = lengths[int(len(lengths) * 0.99) - 1] if lengths else 0
    return next((one for one in (USUAL, *WIDER) if most <= one), WIDER[-1])


def forms(call: cst.Call, lists: list[Listing], step: str) -> Iterator[cst.Call]:
    """The ways in which a formatter breaks up a call on one line, the least broken one first."""
    yield _indented(call, step)
    for chosen in chosen_of(lists):
        changes = {id(one): listing.exploded(one, step, step) for one in chosen}
        arguments = [one.with_changes(value=changes.get(id(one.value), one.value)) for one in call.args]
        yield _one_a_line(call.with_changes(args=arguments), step)


def chosen_of(lists: list[Listing]) -> list[list[Listing]]:
    """Which of the lists (the cases first) to break up: none, each, all."""
    return [[], *([one] for one in lists), *([lists] if len(lists) > 1 else [])]


def is_one_line(call: cst.Call) -> bool:
    """Whether no line ends between its arguments."""
    return not any(is_line(one) for one in _spaces(call))


def flat(call: cst.Call) -> Iterator[cst.Call]:
    """The call as it was before it was broken up, if it was: on one line, or indented as a whole."""
    if is_one_line(call) or any(has_comment(one) for one in _spaces(call)):
        return
    arguments = [
        one.with_changes(comma=cst.Comma(whitespace_after=ONE), whitespace_after_arg=NONE) for one in call.args
    ]
    arguments[-1] = arguments[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    whole = call.with_changes(whitespace_before_args=NONE, args=arguments)
    yield whole
    first, last = call.whitespace_before_args, _spaces(call)[-1]
    if is_line(first) and is_line(last):
        ended = arguments[-1].with_changes(whitespace_after_arg=last)
        yield whole.with_changes(whitespace_before_args=first, args=[*arguments[:-1], ended])


def _indented(call: cst.Call, step: str) -> cst.Call:
    """All arguments on one line, without the brackets."""
    arguments = [*call.args[:-1], call.args[-1].with_changes(whitespace_after_arg=whole_line(""))]
    return call.with_changes(whitespace_before_args=whole_line(step), args=arguments)


def _one_a_line(call: cst.Call, step: str) -> cst.Call:
    between = cst.Comma(whitespace_after=whole_line(step))
    arguments = [one.with_changes(comma=between, whitespace_after_arg=NONE) for one in call.args]
    arguments[-1] = arguments[-1].with_changes(comma=cst.Comma(whitespace_after=whole_line("")))
    return call.with_changes(whitespace_before_args=whole_line(step), args=arguments)


def _spaces(call: cst.Call) -> list[Space]:
    """The spaces before, between and after the arguments."""
    after = [
        one.comma.whitespace_after if isinstance(one.comma, cst.Comma) else one.whitespace_after_arg
        for one in call.args
    ]
    return [call.whitespace_before_args, *after]


def _styles(call: cst.Call) -> Iterator[Style]:
    for argument in call.args:
        value = argument.value
        if isinstance(value, cst.List | cst.Tuple) and not listing.is_one_line(value):
            if not is_line(listing.opening(value)):
                yield "aligned"
            else:
                yield "formatter" if is_line(call.whitespace_before_args) else "hugging"
