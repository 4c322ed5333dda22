"""A suggestion whose runnable file a person has edited: what is between its marks counts, when they say so."""

from __future__ import annotations

import ast
import textwrap

from msgspec.structs import replace

from pytest_enrich.commands import python_file
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.store import Store, identity

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def is_edited(store: Store, one: Suggestion) -> bool:
    """Whether the test in the runnable file is another than the one that was proven."""
    from pytest_enrich import patch

    text = store.read_text(one, identity.module_name(one.id))
    return bool(text) and _without_comments(text) != _without_comments(patch.render_module(one))


def take_up(store: Store, one: Suggestion) -> Suggestion:
    """The suggestion with the test of the edited file, saved as such; its proof is the original's.

    Raises:
        RefusedError: There is no test between the marks, or the file is not Python.
    """
    from pytest_enrich import patch
    from pytest_enrich.patch.suggestion import body_sha256

    name = identity.module_name(one.id)
    text = store.read_text(one, name).replace("\r\n", "\n")
    code, imports = _test(text, name), _imports(text, name)
    names = tuple(node.name for node in ast.parse(code).body if isinstance(node, _FUNCTIONS))
    test = replace(one.test, names=names, code=code, imports=imports, body_sha256=body_sha256(code))
    new = replace(one, test=test)
    file = python_file.read(store.rootdir, one.target.path)
    before = None if file.content is None else file.text
    store.save(new, patch.render_patch(new, before), patch.render_module(new))
    return new


def _test(text: str, name: str) -> str:
    """The code between the marks, not indented; functions only."""
    from pytest_enrich.patch.render import BEGIN, END

    inside = text.partition(BEGIN)[2].partition(END)[0].rpartition("\n")[0]
    code = textwrap.dedent(inside).strip("\n") + "\n"
    body = python_file.tree(code, name).body
    if not body or not all(isinstance(node, _FUNCTIONS) for node in body):
        raise RefusedError(
            f"{name} has something else than test functions between its marks\n"
            "Nothing was changed.\n"
            f"Mend it, or delete it to have the original:  {name}"
        )
    return code


def _without_comments(text: str) -> list[str]:
    """The lines that matter: another version of ours may have written other words above them."""
    return [line.rstrip() for line in text.splitlines() if not line.startswith("#")]


def _imports(text: str, name: str) -> tuple[str, ...]:
    body = python_file.tree(text, name).body
    return tuple(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))
