"""Laws of one function: doing it twice, what its docstring says of each result, arguments that change places."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_enrich.data import Parameter, Template
from pytest_enrich.proposers.properties import phrase
from pytest_enrich.proposers.properties.law import Caller, Law, fit, inputs, is_callable, named, passed
from pytest_enrich.proposers.properties.outline import Function
from pytest_enrich.proposers.properties.phrase import Invariant

CLEANING = frozenset(
    """
    canonicalize canonicalise clean cleanup collapse dedent dedupe dedup deduplicate normalize normalise sanitize
    sanitise simplify slug slugify sort sorted squeeze squash standardize standardise strip trim uniq unique
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)
"""Words in the name of a function that has nothing left to do the second time."""
MOST_OPTIONAL = 2
PAIR = 2


def repeated(caller: Caller, function: Function) -> Iterator[Law]:
    """That doing it again changes nothing, where the name or the docstring says so."""
    invited = phrase.is_idempotent(function.docstring) or not CLEANING.isdisjoint(function.name.split("_"))
    scene = caller.scene(function)
    if not invited or scene is None or not is_callable(function) or function.returns == "None":
        return
    if not fit(function.returns, function.required[0].annotation):
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
    names = frozenset(one.name for one in function.required)
    for one in phrase.invariants(function.docstring, names):
        left, right, kept = _told(one, function.required[0].name, names, result)
        yield Law(
            functions=(function,),
            inputs=inputs(function, function.required),
            scene=scene[0],
            result=kept,
            left=left,
            relation=one.relation,
            right=right,
            name=f"{named(function)}_{one.name}",
            title=f"{function.qualname}: {one.words}, as its docstring says",
            question="the docstring says so: is it meant for {every}?",
        )


def _told(
    one: Invariant, first: str, names: frozenset[str], result: Template
) -> tuple[Template, Template, Template]:
    """Both sides, and what `{result}` is; a result that is looked at once is looked at where it comes from."""
    left = one.left.replace("{input}", f"{{{first}}}")
    right = f"{{{one.right}}}" if one.right in names else one.right.replace("{input}", f"{{{first}}}")
    if (left + right).count("{result}") > 1:
        return left, right, result
    return left.replace("{result}", result), right, ""


def symmetric(caller: Caller, function: Function) -> Iterator[Law]:
    """That the arguments may change places, where the docstring says so."""
    scene, required = caller.scene(function), function.required
    if scene is None or len(required) != PAIR or not phrase.is_symmetric(function.docstring):
        return
    if required[0].annotation != required[1].annotation or any(one.kind == "keyword only" for one in required):
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
