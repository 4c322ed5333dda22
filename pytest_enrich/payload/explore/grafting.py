"""Objects that are made of others: a part of one template in the place of a part of another."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from . import spans
from .spans import Span

LONGEST_PART, LONGEST = 60, 160
MOST_PARTS = 200
_COMPOSED = ("⟨", "[", "(", "{")
"""What the templates of objects, and of displays of several values, begin with."""


def parts(templates: Iterable[str]) -> tuple[str, ...]:
    """The objects and displays that templates are made of, and those of them that are short, each once."""
    found: dict[str, None] = {}
    for template in templates:
        for part in (template, *(template[start:end] for start, end in places(template))):
            if part.startswith(_COMPOSED) and len(part) <= LONGEST_PART:
                found[part] = None
    return tuple(found)[:MOST_PARTS]


def grafted(template: str, known: Sequence[str], chance: random.Random) -> str:
    """The template with one of the `known` parts in the place of one of its own, or behind it."""
    where = [span for span in places(template) if template[span[0]].startswith(_COMPOSED)]
    if not where or not known:
        return template
    start, end = chance.choice(where)
    part = chance.choice(known)
    own = template[start:end]
    changed = template[:start] + chance.choice((part, part, f"{own}, {part}")) + template[end:]
    return changed if len(changed) <= LONGEST else template


@lru_cache(maxsize=5000)
def places(template: str) -> tuple[Span, ...]:
    """Where the arguments of its calls, and the elements and values of its displays are."""
    try:
        tree, place = spans.parse(template)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(place.of((one, one)) for node in ast.walk(tree) for one in _within(node))


def _within(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        yield from node.args
        yield from (one.value for one in node.keywords)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from node.elts
    elif isinstance(node, ast.Dict):
        yield from node.values
