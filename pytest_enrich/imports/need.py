"""What a piece of a file needs from the rest of it, in order to run somewhere else."""

from __future__ import annotations

import builtins
import symtable
from collections.abc import Iterable, Iterator

from msgspec import Struct

from pytest_enrich.imports.bindings import Bindings


class Needed(Struct, frozen=True, kw_only=True):
    """The import statements it needs, and the names that no import gives (a helper of the file, a star)."""

    imports: tuple[str, ...]
    missing: tuple[str, ...]


def needs(code: str, bindings: Bindings) -> Needed:
    """What `code`, a whole statement written for a file with `bindings`, needs.

    Raises:
        SyntaxError: The code is not Python.
    """
    imports: list[str] = []
    missing: list[str] = []
    for name in sorted(_free(code)):
        statements = list(_statements(name, bindings))
        usable = statements and not any(" ." in one for one in statements)
        if usable:
            imports += statements
        elif name in bindings.taken or not hasattr(builtins, name):
            missing.append(name)
    return Needed(imports=tuple(imports), missing=tuple(missing))


def _free(code: str) -> set[str]:
    """The names that `code` looks up outside itself."""
    top = symtable.symtable(code, "<test>", "exec")
    own = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    return {name for table in _tables(top) for name in _looked_up(table)} - own


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _looked_up(table: symtable.SymbolTable) -> Iterable[str]:
    top = table.get_type() == "module"
    return (one.get_name() for one in table.get_symbols() if one.is_referenced() and (top or one.is_global()))


def _statements(name: str, bindings: Bindings) -> Iterator[str]:
    if len(bindings.objects.get(name, ())) > 1:
        return  # which of them it is depends on a condition that only the file knows
    for meaning in bindings.objects.get(name, ()):
        module, _, member = meaning.partition(":")
        yield f"from {module} import {member}" + ("" if member == name else f" as {name}")
    for expression, modules in bindings.modules.items():
        inner = any(one.startswith(f"{expression}.") for one in bindings.modules)
        if expression.partition(".")[0] == name and len(modules) == 1 and not inner:
            yield f"import {modules[0]}" + ("" if modules[0] == expression else f" as {name}")
