"""What a model wrote as a value, as a template that a test can show; what is no value is None."""

from __future__ import annotations

import math
from typing import Any

from pytest_enrich.data import Template
from pytest_enrich.proposers.ollama import expression
from pytest_enrich.proposers.ollama.expression import Names
from pytest_enrich.proposers.ollama.hint import ANYTHING, Hint


def template(value: object, what: Hint, known: Names) -> Template | None:
    """The template for a value that came as JSON, None when it is none that fits."""
    found = _template(value, what, known, 0)
    return found if found is not None and len(found) <= expression.LONGEST else None


def _template(value: object, what: Hint, known: Names, depth: int) -> Template | None:  # noqa: PLR0911 - one line a shape
    if depth > 5:  # noqa: PLR2004 - no reply is asked for that deep
        return None
    if isinstance(value, dict) and set(value) == {"python"}:
        return expression.template(value["python"], known) if isinstance(value["python"], str) else None
    if what.sort == "python" and isinstance(value, str):
        return _object(value, known)
    if what.sort == "union":
        return _member(value, what, known, depth)
    if isinstance(value, list):
        return _sequence(value, what, known, depth)
    if isinstance(value, dict):
        return _mapping(value, what, known, depth)
    return _scalar(value, what)


def _object(value: str, known: Names) -> Template | None:
    """What an expression makes; a text that is no code is itself, since a name of a type may stand for texts."""
    found = expression.template(value, known)
    return found if found is not None or "(" in value else _text(value)


def _member(value: object, what: Hint, known: Names, depth: int) -> Template | None:
    """A value as the member of a union that it fits; a text may be the expression for an object."""
    members = {one.sort for one in what.of}
    if isinstance(value, str) and "python" in members:
        found = _object(value, known)
        return found if found is None or "⟨" in found or "text" not in members else _text(value)
    sorts = {str: ("text", "bytes"), bool: ("flag",), int: ("whole", "number"), float: ("number",)}
    wanted = sorts.get(type(value), ("list", "tuple", "set", "frozenset", "dict"))
    fitting = [one for one in what.of if one.sort in wanted or (one.sort == "choice" and value in one.choices)]
    return _template(value, (fitting or [ANYTHING])[0], known, depth + 1)


def _sequence(value: list[Any], what: Hint, known: Names, depth: int) -> Template | None:
    hints = list(what.of) if what.ordered else [what.of[0] if what.of else ANYTHING] * len(value)
    if len(hints) != len(value):
        return None
    items = [_template(one, hint, known, depth + 1) for one, hint in zip(value, hints, strict=True)]
    if any(one is None for one in items):
        return None
    inner = ", ".join(one for one in items if one is not None)
    if what.sort == "tuple":
        return f"({inner},)" if len(items) == 1 else f"({inner})"
    if what.sort == "set":
        return f"{{{inner}}}" if items else "set()"
    return f"frozenset({{{inner}}})" if what.sort == "frozenset" and items else f"[{inner}]"


def _mapping(value: dict[str, Any], what: Hint, known: Names, depth: int) -> Template | None:
    of = what.of[0] if what.sort == "dict" and what.of else ANYTHING
    items = [(_text(key), _template(one, of, known, depth + 1)) for key, one in value.items()]
    if any(one is None for _, one in items):
        return None
    return "{" + ", ".join(f"{key}: {one}" for key, one in items) + "}"


def _scalar(value: object, what: Hint) -> Template | None:
    if isinstance(value, str):
        return f"b{_ascii(value)}" if what.sort == "bytes" else _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return repr(value) if value is None or isinstance(value, bool | int | float) else None


def _text(value: str) -> Template:
    return repr(value).replace("⟨", "\\u27e8").replace("⟩", "\\u27e9")


def _ascii(value: str) -> str:
    return repr(value.encode("utf-8", "surrogatepass"))[1:]
