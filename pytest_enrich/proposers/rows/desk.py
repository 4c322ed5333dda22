"""What is the same for all that is written for one target."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from msgspec import Struct

from pytest_enrich import imports
from pytest_enrich.data import Gap, Origin, Target, Template, Variant
from pytest_enrich.errors import RefusedError
from pytest_enrich.proposers.closing import closed
from pytest_enrich.proposers.rows.names import Function
from pytest_enrich.proposers.rows.sheet import Sheet
from pytest_enrich.proposers.search import words

LONGEST_LINE = 110
LONGEST_NAME = 72


class Desk(Struct, frozen=True, kw_only=True):
    """The target, shorter names of objects (`Varied.aliases`), and who thinks of it."""

    target: Target
    aliases: tuple[tuple[str, str], ...]
    origin: Origin

    def closed(self, variant: Variant) -> list[Gap]:
        """The gaps that a variant closes, as `closing` has them."""
        return closed(self.target.gaps, variant.reached, variant.branches)

    def resolve(self, sheet: Sheet, templates: Iterable[Template]) -> imports.ResolvedAll | None:
        """The templates as the test would write them; None for names that are none."""
        package = ".".join(sheet.placement.path.split("/")[:-1])
        nodes = list(ast.walk(sheet.function))
        local = {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        local |= {one.arg for one in nodes if isinstance(one, ast.arg)}
        try:
            bindings = imports.reserve(imports.read(sheet.text.text, package), local)
            return imports.resolve_all(templates, bindings, self.aliases)
        except (ValueError, SyntaxError, RefusedError):
            return None

    def title(self, done: str, gap: Gap) -> str:
        """One line: what the function does, and when."""
        return words.title(self.target.qualname, done, gap.text, gap.outcome)


def name(sheet: Sheet, qualname: str, extras: Iterable[str]) -> str:
    """A free name for a test of `qualname` beside this one, with the first of `extras` that makes a good one."""
    anchor, nodes = _subject(sheet.function.name, qualname), ast.walk(sheet.text.tree)
    taken = {node.name for node in nodes if isinstance(node, Function)}
    options = [f"{anchor}_{extra}" for extra in extras if extra and not anchor.endswith(extra)]
    options = [option for option in options if len(option) <= LONGEST_NAME] or [sheet.function.name]
    numbered = (f"{options[0]}_{number}" for number in range(2, len(taken) + 3))
    return next(option for option in (*options, *numbered) if option not in taken)


def _subject(anchor: str, qualname: str) -> str:
    """What a test's name says of the function, without what it says of the case: that is another one now."""
    parts, (owner, _, own) = anchor.split("_"), qualname.rpartition(".")
    known = words.snake(qualname).split("_")
    told = [at for at, part in enumerate(parts) if part and part in known]
    if told or (own[:1] == "_" and not own.endswith("__")):
        return "_".join(parts[: told[-1] + 1] if told else parts)
    # What Python calls by itself is known by its class.
    known_by = owner.rpartition(".")[2] if own.endswith("__") else own
    return f"test_{words.snake(known_by or own)}"
