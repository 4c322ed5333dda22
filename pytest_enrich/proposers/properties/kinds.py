"""The kinds of laws, and which of them the names and the docstrings of a module's functions invite."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Parameter, Template
from pytest_enrich.proposers.properties import phrase
from pytest_enrich.proposers.properties.law import (
    Caller,
    Input,
    Law,
    fits,
    inputs,
    inverses,
    is_callable,
    named,
    passed,
    snake,
)
from pytest_enrich.proposers.properties.outline import Function, Outline
from pytest_enrich.proposers.properties.phrase import Invariant

IMPURE = frozenset(
    """
    Popen check_call check_output commit connect execute input makedirs mkdir open popen rename request rmtree
    sleep socket symlink_to system touch unlink urlopen write_bytes write_text
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)
"""Names of what reaches the disk, other programs or the net: not to be done with whatever is drawn."""
WRITTEN = {"__str__": "str", "__bytes__": "bytes"}
MOST_SHARED = 2
WAYS = (
    "slow", "fast", "naive", "simple", "reference", "legacy", "old", "py", "python", "pure", "pure_python",
    "recursive", "iterative", "optimized", "optimised", "original",
)  # fmt: skip
"""What people put before or after a function's name to name another way of doing the same."""
CLEANING = frozenset(
    """
    canonicalize canonicalise clean cleanup collapse dedent dedupe dedup deduplicate normalize normalise sanitize
    sanitise simplify slug slugify sort sorted squeeze squash standardize standardise strip trim uniq unique
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)
"""Words in the name of a function that has nothing left to do the second time."""
MOST_OPTIONAL = 2
PAIR = 2


def laws(outline: Outline, name: str) -> list[Law]:
    """The laws about functions that may call the one of this bare name, the most informative first."""
    caller = Caller(outline=outline)
    functions = outline.functions.values()
    made = ((kind.__name__, law) for kind in KINDS for function in functions for law in kind(caller, function))
    every = [replace(law, rule=f"law: {name}") for name, law in made]
    reaching = [law for law in every if _is_about(law, name, outline)]
    # `slow_total` agrees with `total` and the other way round: the first one says it.
    said = {_sides(law): law for law in reversed(reaching)}
    return [law for law in reaching if said[_sides(law)] is law]


def _is_about(law: Law, name: str, outline: Outline) -> bool:
    reached = frozenset[str]().union(*map(outline.reached, law.functions))
    return name in reached and IMPURE.isdisjoint(reached)


def _sides(law: Law) -> tuple[object, ...]:
    sides = (law.left, law.right)
    return law.relation, law.result, frozenset(sides) if law.relation == "==" else sides


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


def undoing(caller: Caller, first: Function) -> Iterator[Law]:
    """That what a function makes can be taken apart again."""
    siblings = (caller.sibling(first, name) for name in inverses(first.name))
    second = next(filter(None, siblings), None)
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
    known = {parameter.name for parameter in second.parameters}
    for shared in _shared(first, known):
        more = (*others, *shared)
        made = caller.call(first, [f"{{{drawn.name}}}", *passed(more)], scene[1])
        arguments = [made, *passed(parameter for parameter in more if parameter.name in known)]
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
    known = {parameter.name for parameter in first.required[1:]}
    if any(parameter.name not in known for parameter in second.required[1:]):
        return False
    there, back = second.required[0].annotation, first.required[0].annotation
    return fits(first.returns, there) and fits(second.returns, back)


def _shared(first: Function, known: set[str]) -> Iterator[tuple[Parameter, ...]]:
    """The parameters that may be passed, too: none, or those that both have under one name."""
    yield ()
    both = tuple(parameter for parameter in first.optional if parameter.name in known)
    if both:
        yield both[:MOST_SHARED]


def agreeing(caller: Caller, function: Function) -> Iterator[Law]:
    """That a function gives the same as the one that its docstring or its name refers to."""
    names = dict.fromkeys([*phrase.same_as(function.docstring), *_plainer(function.name)])
    siblings = (caller.sibling(function, name) for name in names)
    other = next(
        (sibling for sibling in siblings if sibling is not None and _same_parameters(function, sibling)), None
    )
    scene = caller.scene(function)
    if other is None or scene is None:
        return
    drawn = function if all(parameter.annotation for parameter in function.required) else other
    yield Law(
        functions=(function, other),
        inputs=inputs(drawn, drawn.required),
        scene=scene[0],
        left=caller.call(function, passed(function.required), scene[1]),
        relation="==",
        right=caller.call(other, passed(other.required), scene[1]),
        name=f"{named(function)}_agrees_with_{other.name}",
        title=f"{function.qualname}: gives the same as {other.name}",
        question=f"do {function.name} and {other.name} give the same for {{every}}?",
    )


def _plainer(name: str) -> Iterator[str]:
    for word in WAYS:
        if name.startswith(f"{word}_"):
            yield name.removeprefix(f"{word}_")
        if name.endswith(f"_{word}"):
            yield name.removesuffix(f"_{word}")


def _same_parameters(first: Function, second: Function) -> bool:
    names = [[parameter.name for parameter in function.required] for function in (first, second)]
    return names[0] == names[1] and is_callable(first) and first.kind == second.kind


def repeated(caller: Caller, function: Function) -> Iterator[Law]:
    """That doing it again changes nothing, where the name or the docstring says so."""
    invited = phrase.is_idempotent(function.docstring) or not CLEANING.isdisjoint(function.name.split("_"))
    scene = caller.scene(function)
    if not invited or scene is None or not is_callable(function) or function.returns == "None":
        return
    if not fits(function.returns, function.required[0].annotation):
        return
    for more in _options(function):
        rest = passed([*function.required[1:], *more])
        yield Law(
            functions=(function,),
            inputs=inputs(function, (*function.required, *more)),
            scene=scene[0],
            result=caller.call(function, [f"{{{function.required[0].name}}}", *rest], scene[1]),
            left=caller.call(function, ["{result}", *rest], scene[1]),
            relation="==",
            right="{result}",
            name=f"{named(function)}_is_idempotent",
            title=f"{function.qualname}: doing it again changes nothing",
            question=f"does {function.name} have nothing left to do the second time, for {{every}}?",
        )


def _options(function: Function) -> Iterator[tuple[Parameter, ...]]:
    """Without the parameters that may be left out, then with them."""
    yield ()
    if function.optional:
        yield function.optional[:MOST_OPTIONAL]


def invariants(caller: Caller, function: Function) -> Iterator[Law]:
    """What the docstring says of each result."""
    scene = caller.scene(function)
    if scene is None or not is_callable(function):
        return
    result = caller.call(function, passed(function.required), scene[1])
    names = frozenset(parameter.name for parameter in function.required)
    for invariant in phrase.invariants(function.docstring, names):
        left, right, kept = _compared(invariant, function.required[0].name, names, result)
        yield Law(
            functions=(function,),
            inputs=inputs(function, function.required),
            scene=scene[0],
            result=kept,
            left=left,
            relation=invariant.relation,
            right=right,
            name=f"{named(function)}_{invariant.name}",
            title=f"{function.qualname}: {invariant.words}, as its docstring says",
            question="the docstring says so: is it meant for {every}?",
        )


def _compared(
    invariant: Invariant, first: str, names: frozenset[str], result: Template
) -> tuple[Template, Template, Template]:
    """Both sides, and what `{result}` is; a result that is looked at once is looked at where it comes from."""
    left = invariant.left.replace("{input}", f"{{{first}}}")
    right = (
        f"{{{invariant.right}}}"
        if invariant.right in names
        else invariant.right.replace("{input}", f"{{{first}}}")
    )
    if (left + right).count("{result}") > 1:
        return left, right, result
    return left.replace("{result}", result), right, ""


def symmetric(caller: Caller, function: Function) -> Iterator[Law]:
    """That the arguments may change places, where the docstring says so."""
    scene, required = caller.scene(function), function.required
    if scene is None or len(required) != PAIR or not phrase.is_symmetric(function.docstring):
        return
    if required[0].annotation != required[1].annotation or any(
        parameter.kind == "keyword only" for parameter in required
    ):
        return
    arguments = passed(required)
    yield Law(
        functions=(function,),
        inputs=inputs(function, required),
        scene=scene[0],
        left=caller.call(function, arguments, scene[1]),
        relation="==",
        right=caller.call(function, arguments[::-1], scene[1]),
        name=f"{named(function)}_is_symmetric",
        title=f"{function.qualname}: its arguments may change places, as its docstring says",
        question="the docstring says so: is it meant for {every}?",
    )


KINDS: tuple[Callable[[Caller, Function], Iterator[Law]], ...] = (
    undoing,
    agreeing,
    repeated,
    invariants,
    symmetric,
)
"""The most informative ones first."""
