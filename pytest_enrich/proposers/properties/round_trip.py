"""Laws of two functions of which one undoes the other."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from pytest_enrich.data import Parameter, Template
from pytest_enrich.proposers.properties import inverse
from pytest_enrich.proposers.properties.law import Caller, Input, Law, fit, inputs, is_callable, passed, snake
from pytest_enrich.proposers.properties.outline import Function

WRITTEN = {"__str__": "str", "__bytes__": "bytes"}
MOST_SHARED = 2


class _Pair(Struct, frozen=True, kw_only=True, eq=False):
    """`second` undoes `first`, by their names."""

    first: Function
    second: Function

    def law(self, drawn: tuple[Input, ...], left: Template, scene: Template = "") -> Law:
        """That `left` is the first of the inputs again."""
        first, second = WRITTEN.get(self.first.name, self.first.name), self.second
        owner = f"{snake(self.first.owner)}_" if self.first.owner else ""
        return Law(
            functions=(second, self.first),
            inputs=drawn,
            scene=scene,
            left=left,
            relation="==",
            right=f"{{{drawn[0].parameter.name}}}",
            name=f"{owner}{second.name}_undoes_{first}",
            title=f"{second.qualname}: gives back what {first} was given",
            question=f"does {second.name} undo {first} for {{every}}?",
        )


def find(caller: Caller, first: Function) -> Iterator[Law]:
    """That what a function makes can be taken apart again."""
    found = (caller.sibling(first, name) for name in inverse.of(first.name))
    second = next((one for one in found if one is not None), None)
    if second is None:
        return
    pair = _Pair(first=first, second=second)
    if first.kind == "method" and second.kind in {"classmethod", "staticmethod"}:
        yield from _of_object(caller, pair)
    elif (first.kind == "method") == (second.kind == "method"):
        yield from _of_value(caller, pair)


def _of_value(caller: Caller, pair: _Pair) -> Iterator[Law]:
    first, second = pair.first, pair.second
    scene = caller.scene(first)
    if scene is None or not _agree(first, second):
        return
    drawn, others = first.required[0], first.required[1:]
    known = {one.name for one in second.parameters}
    for shared in _shared(first, known):
        more = (*others, *shared)
        made = caller.call(first, [f"{{{drawn.name}}}", *passed(more)], scene[1])
        arguments = [made, *passed(one for one in more if one.name in known)]
        yield pair.law(inputs(first, (drawn, *more)), caller.call(second, arguments, scene[1]), scene[0])


def _of_object(caller: Caller, pair: _Pair) -> Iterator[Law]:
    """`Frame.parse(str(frame)) == frame`, for classes whose objects can be made and compared."""
    cls = caller.outline.classes.get(pair.first.owner)
    required = len(pair.first.required), len(pair.second.required)
    if cls is None or not cls.compared or not cls.fields or required != (0, 1):
        return
    name = snake(cls.name)
    drawn = Input(parameter=Parameter(name=name, kind="positional", annotation=cls.name), cls=cls)
    yield pair.law((drawn,), caller.call(pair.second, [caller.call(pair.first, (), f"{{{name}}}")]))


def _agree(first: Function, second: Function) -> bool:
    """Whether one can be called with what the other returns, as far as they say."""
    if not is_callable(first) or not second.required:
        return False
    known = {one.name for one in first.required[1:]}
    if any(one.name not in known for one in second.required[1:]):
        return False
    there, back = second.required[0].annotation, first.required[0].annotation
    return fit(first.returns, there) and fit(second.returns, back)


def _shared(first: Function, known: set[str]) -> Iterator[tuple[Parameter, ...]]:
    """The parameters that may be passed, too: none, or those that both have under one name."""
    yield ()
    both = tuple(one for one in first.optional if one.name in known)
    if both:
        yield both[:MOST_SHARED]
