"""Code as a docstring has it, with the names written so that any test file can say them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping

from pytest_enrich.data import Template

_BUILTINS = frozenset(dir(builtins))


def used(tree: ast.AST) -> frozenset[str]:
    """All names that it reads or binds."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return frozenset(names | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)})


def stored(tree: ast.AST) -> frozenset[str]:
    """The names that it binds, imports left out; functions, classes and parameters too."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return frozenset(found | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)})


def imported(tree: ast.Module) -> dict[str, Template] | None:
    """What the import statements of an example bind; None for those that cannot be said in one name."""
    found: dict[str, Template] = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            for one in node.names:
                if "." in one.name and not one.asname:
                    return None
                found[one.asname or one.name] = f"⟨{one.name}:⟩"
        elif isinstance(node, ast.ImportFrom):
            if node.level or any(one.name == "*" for one in node.names):
                return None
            found.update({one.asname or one.name: f"⟨{node.module}:{one.name}⟩" for one in node.names})
    return found


def template(code: str, known: Mapping[str, Template], local: frozenset[str]) -> Template | None:
    """`code` with its free names as `known` has them; None when one is not known."""
    if "⟨" in code or "⟩" in code:
        return None
    lines = code.encode().split(b"\n")
    names = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name) and node.id not in local]
    for node in sorted(names, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        if node.id not in known and node.id not in _BUILTINS:
            return None
        line = lines[node.lineno - 1]
        end = node.col_offset + len(node.id.encode())
        written = known.get(node.id, node.id).encode()
        lines[node.lineno - 1] = line[: node.col_offset] + written + line[end:]
    return b"\n".join(lines).decode()


def exception(name: str, module: str, names: frozenset[str]) -> Template | None:
    """An exception's class by the name that a docstring has for it; None when it is not clear which one."""
    last = name.rpartition(".")[2]
    if last in names:
        return f"⟨{module}:{last}⟩"
    found = getattr(builtins, last, None)
    return last if isinstance(found, type) and issubclass(found, Exception) else None
