"""The options that commands take, as click and argparse declare them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from pytest_enrich.proposers.rows.names import last

DECLARING = {"option", "add_argument"}
"""Functions that say of a command which options it takes: of click, of argparse, of what is made as they are."""
FLAGS = {"store_true", "store_false", "store_const", "count"}
NUMBERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("int", "INT", "IntRange"), ("1", "0", "100")),
    **dict.fromkeys(("float", "FLOAT", "FloatRange"), ("0.5", "0")),
}
"""By the type of an option."""


class Option(Struct, frozen=True):
    """An option of a command: how it is written, how many words it takes, what they may be (any, when empty)."""

    text: str
    words: int
    choices: tuple[str, ...] = ()


def declared(tree: ast.Module) -> Iterator[Option]:
    """All that a module declares, in the order of its text."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or last(node.func) not in DECLARING:
            continue
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        spelled = [word for text in texts for word in text.split("/") if word[:1] == "-"]
        if spelled:
            is_switch = any("/" in text for text in texts)
            taken = _taken({one.arg: one.value for one in node.keywords})
            yield Option(max(spelled, key=len), *((0, ()) if is_switch else taken))


def _taken(given: Mapping[str | None, ast.expr]) -> tuple[int, tuple[str, ...]]:
    """How many words an option takes, and which."""
    flag, action, number = (getattr(given.get(name), "value", None) for name in ("is_flag", "action", "nargs"))
    if flag is True or action in FLAGS:
        return 0, ()
    listed = [*_listed(given.get("choices")), *_listed(given.get("type"))]
    return number if isinstance(number, int) and number > 0 else 1, tuple(listed)


def _listed(node: ast.expr | None) -> Iterable[str]:
    """The texts of a list of choices, inside of `click.Choice(...)`, too; for a number a few."""
    kind = last(node.func if isinstance(node, ast.Call) else node) if node is not None else ""
    if kind in NUMBERS:
        return NUMBERS[kind]
    inner = node.args[0] if isinstance(node, ast.Call) and node.args else node
    held = inner.elts if isinstance(inner, ast.List | ast.Tuple) else []
    return [one.value for one in held if isinstance(one, ast.Constant) and isinstance(one.value, str)]
