"""Of the enumerations that values of rows are members of: the other members, as the rows spell them."""

from __future__ import annotations

import ast
import enum
import itertools
from collections.abc import Iterable, Iterator

from .names import Names
from .template import parsed

MOST_COMBINED = 120


def members(rows: Iterable[str], names: Names) -> tuple[str, ...]:
    """`Color.RED` gives `Color.RED`, `Color.GREEN` and so on, in the order of their definition.

    Args:
        rows: Templates of values.
        names: In which they mean something.
    """
    bases = dict.fromkeys(base for text in rows for base in _bases(text))
    return tuple(f"{base}.{name}" for base in bases for name in _names_of(base, names))


def combined(rows: Iterable[str], every: Iterable[str]) -> tuple[str, ...]:
    """Flags together: each of `rows` with one of `every` besides, then two of those."""
    every = list(every)
    more = (f"{text} | {one}" for one in every for text in rows if text not in every and one not in text)
    pairs = (f"{one} | {other}" for one, other in itertools.combinations(every, 2))
    return tuple(itertools.islice(itertools.chain(pairs, more), MOST_COMBINED))


def _bases(text: str) -> Iterator[str]:
    """What stands before a dot in a template."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    yield from (ast.unparse(node.value) for node in nodes if isinstance(node.value, ast.Name | ast.Attribute))


def _names_of(base: str, names: Names) -> list[str]:
    try:
        value = names.value(base)
    except Exception:  # a name that is gone
        return []
    is_enumeration = isinstance(value, type) and issubclass(value, enum.Enum)
    return [one.name for one in value if one.name] if is_enumeration else []
