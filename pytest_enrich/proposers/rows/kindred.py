"""Classes of one kind: a test of one is tried with another one, which no test comes to."""

from __future__ import annotations

import ast
import io

from msgspec import Struct

from pytest_enrich.data import Hole, Target, Template
from pytest_enrich.proposers.rows.marks import INSTEAD
from pytest_enrich.proposers.rows.names import Function, aliases, calls, last
from pytest_enrich.proposers.rows.text import Text, span

COMMON = {name for kind in (dict, list, set, str, io.IOBase) for name in dir(kind)}
"""Methods that say nothing of the kind of a class: many that are not alike have them."""
MOST = 8


class Kin(Struct, frozen=True):
    """The class of a target that no test comes to, and the names under which tests know others of its kind."""

    own: Template = ""
    names: frozenset[str] = frozenset()

    def made(self, function: Function) -> list[ast.Call]:
        """Where a test makes one of them."""
        return [one for one in calls(function) if last(one.func) in self.names]


def of(target: Target, tree: ast.Module) -> Kin:
    """Those that have such a method as the target is; none where a test comes to it, or its class is private."""
    owner, _, method = target.qualname.rpartition(".")
    reached = any(one.shared for one in target.nearest)
    if not owner or "." in owner or owner[:1] == "_" or method in COMMON or reached:
        return Kin()
    found = [(one.name, _parameters(one, method)) for one in tree.body if isinstance(one, ast.ClassDef)]
    own = dict(found).get(owner)
    names = {name for name, passed in found if name != owner and passed is not None and passed == own}
    known = frozenset({*names, *aliases(tree, names)})
    return Kin(f"⟨{target.module}:{owner}⟩", known) if known else Kin()


def holes(text: Text, function: Function, kin: Kin) -> list[Hole]:
    """The places where a test makes another one: its class, and the whole call, where that passes something."""
    made = kin.made(function)
    found: list[tuple[ast.expr, Template]] = [(one.func, kin.own) for one in made]
    found += [(one, f"{kin.own}()") for one in made if one.args or one.keywords]
    places = ((span(one), text.source(one), other) for one, other in found[:MOST])
    return [Hole(span=place, values=(own,), adds=INSTEAD, offers=(other,)) for place, own, other in places]


def _parameters(owner: ast.ClassDef, method: str) -> list[str] | None:
    """The names of what a method of a class is given; None where it has none of that name."""
    found = (one for one in owner.body if isinstance(one, Function) and one.name == method)
    return next(([given.arg for given in ast.walk(one.args) if isinstance(given, ast.arg)] for one in found), None)
