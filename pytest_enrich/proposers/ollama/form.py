"""The form of an answer, in words: a schema alone is not shown to the model."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_enrich.proposers.ollama.hint import Hint

_FORMS = {
    "text": '"..."',
    "bytes": '"..."',
    "whole": "0",
    "number": "0.5",
    "flag": "true",
    "none": "null",
    "list": "[]",
}


def told(fields: Mapping[str, Hint]) -> str:
    """How the answer looks."""
    shape = ", ".join(f'"{name}": {_shape(what)}' for name, what in fields.items())
    told = f'Form: {{"inputs": [{{{shape}}}]}}'
    code = [f'"{name}"' for name, what in fields.items() if what.sort == "python"]
    if code:
        told += f"\n{' and '.join(code)}: the Python expression that makes the object."
    if any(what.sort == "anything" for what in fields.values()):
        told += '\nWhat JSON cannot say: {"python": "(1, 2)"}'
    return told


def _shape(what: Hint) -> str:
    """How a value looks in JSON: of a union each of its members once, of an object the call that makes it.

    A small model writes what it sees here, and not what it is told of it.
    """
    shapes = dict.fromkeys(_shape(one) for one in what.of) if what.sort == "union" else ()
    named = f'"{what.called}(...)"' if what.called else ""
    return " or ".join(shapes) or named or _FORMS.get(what.sort, "...")
