"""The exceptions that a target catches where no test makes it: what a collaborator has to raise."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping

from pytest_enrich.data import Target, Template

MOST = 4
ARGUMENTS = {"JSONDecodeError": "('a', 'b', 0)", "UnicodeDecodeError": "('ascii', b'a', 0, 1, 'b')"}
MADE = ("", "('a')", *ARGUMENTS.values())
"""What follows the class: nothing most often; some cannot be made of that."""


def of(target: Target, tree: ast.Module) -> tuple[Template, ...]:
    """Templates of the classes, in the order of the gaps; none of a name that nobody can tell.

    One that the handler gives a name (`as error`) says something: what becomes of that is seen.
    """
    known = _imported(tree, target.module)
    told = {name: " as " in text for text in _handlers(target) for name in _named(text)}
    kinds = [(kind, is_told) for name, is_told in told.items() if (kind := _template(name, known))][:MOST]
    pairs = ((made, *kind) for made in MADE for kind in kinds)
    return tuple(f"{kind}{made}" for made, kind, is_told in pairs if _is_made(kind, made) or not (made or is_told))


def _handlers(target: Target) -> Iterator[str]:
    """What the handlers begin with that nothing came to."""
    texts = [gap.text for gap in target.gaps]
    texts += [condition.text for way in target.conditions for condition in way]
    yield from (text for text in texts if text.startswith("except"))


def _is_made(kind: Template, made: str) -> bool:
    """Whether a class may be called so; two of the standard library take just one sort of arguments."""
    name = re.split(r"[.:]", kind.strip("⟨⟩"))[-1]
    return ARGUMENTS.get(name, "('a')") == made


def _named(text: str) -> Iterator[str]:
    """`requests.Timeout` and `ValueError` of `except (requests.Timeout, ValueError) as error:`."""
    try:
        handler = ast.parse(f"try:\n    pass\n{text}\n    pass\n").body[0]
    except (SyntaxError, ValueError):
        return
    kind = handler.handlers[0].type if isinstance(handler, ast.Try) else None
    each = kind.elts if isinstance(kind, ast.Tuple) else [kind] if kind is not None else []
    yield from (ast.unparse(one) for one in each if isinstance(one, ast.Name | ast.Attribute))


def _imported(tree: ast.Module, module: str) -> dict[str, str]:
    """What names of the module stand for, as the start of a template."""
    found = {one.name: f"{module}:{one.name}" for one in tree.body if isinstance(one, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {(one.asname or one.name): f"{one.name}:" for one in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {(one.asname or one.name): f"{node.module}:{one.name}" for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level]
            package = ".".join([*above, *([node.module] if node.module else [])])
            found |= {(one.asname or one.name): f"{package}:{one.name}" for one in node.names}
    return found


def _template(name: str, known: Mapping[str, str]) -> Template:
    parts = name.split(".")
    for at in range(len(parts), 0, -1):
        start, rest = known.get(".".join(parts[:at])), ".".join(parts[at:])
        if start is not None:
            return f"⟨{start}{'.' * bool(rest and start[-1] != ':')}{rest}⟩"
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, Exception) else ""
