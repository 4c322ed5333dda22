"""The `@given` of a test: which arguments Hypothesis draws."""

from __future__ import annotations

import ast

from pytest_enrich.proposers.rows.names import Function, last


def decorator(function: Function) -> ast.Call | None:
    """The decorator; None for a test without one."""
    calls = (one for one in function.decorator_list if isinstance(one, ast.Call))
    return next((one for one in calls if last(one.func) == "given"), None)


def names(function: Function) -> tuple[str, ...]:
    """The arguments that are drawn, in the order of the test's; none where they cannot be read."""
    call = decorator(function)
    own = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    if call is None or any(isinstance(one, ast.Starred) for one in call.args):
        return ()
    if call.args:  # they fill the test's arguments from the right
        return () if call.keywords or len(call.args) > len(own) else tuple(own[-len(call.args) :])
    wanted = [keyword.arg for keyword in call.keywords]
    own += [one.arg for one in function.args.kwonlyargs]
    return tuple(name for name in own if name in wanted) if None not in wanted else ()


def spelling(function: Function) -> str:
    """How `example` is to be named beside this `given`: `hypothesis.` where that has it, "" where it has none."""
    call = decorator(function)
    return f"{ast.unparse(call.func.value)}." if call is not None and isinstance(call.func, ast.Attribute) else ""
