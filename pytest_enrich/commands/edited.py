"""A suggestion whose runnable file a person has edited: what is between its marks counts, when they say so."""

from __future__ import annotations

import ast

from msgspec.structs import replace

from pytest_enrich.commands import reproof
from pytest_enrich.commands.pytest_run import Tell, unheard
from pytest_enrich.data import Suggestion
from pytest_enrich.data.suggestion import TestPart
from pytest_enrich.errors import RefusedError
from pytest_enrich.store import Store, identity, python_file

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def is_edited(store: Store, one: Suggestion) -> bool:
    """Whether the test in the runnable file is another than the one that was proven."""
    from pytest_enrich import patch

    text = store.read_text(one, identity.module_name(one.id))
    if one.kind == "row":  # the rest of the file is a copy
        return bool(text) and _lines(patch.marked(text)) != _lines(one.test.code)
    return bool(text) and _without_comments(text) != _without_comments(patch.render_module(one))


def take_up(store: Store, one: Suggestion, tell: Tell = unheard) -> Suggestion:
    """The suggestion with the test of the edited file, proven in the sandbox, and saved as such.

    Raises:
        RefusedError: There is no test between the marks, the file is not Python, or the test does not pass.
    """
    new = reproof.passing(store, one, version(store, one), tell)
    save(store, new)
    return new


def version(store: Store, one: Suggestion) -> Suggestion:
    """The suggestion with the test of the edited file, not saved.

    Raises:
        RefusedError: See `take_up`.
    """
    name = identity.module_name(one.id)
    text = store.read_text(one, name).replace("\r\n", "\n")
    test = replace(one.test, imports=_imports(text, name))
    return replace(one, test=_row(one, test, text, name) if one.kind == "row" else _test(test, text, name))


def save(store: Store, one: Suggestion) -> None:
    """Write the suggestion with its patch and its runnable file, against today's test file.

    Raises:
        RefusedError: The test file cannot be read, or cannot take the test.
    """
    from pytest_enrich import patch

    file = python_file.read(store.rootdir, one.target.path)
    before = None if file.content is None else file.text
    store.save(one, patch.render_patch(one, before), patch.render_module(one, before))


def _test(test: TestPart, text: str, name: str) -> TestPart:
    """With the functions between the marks."""
    from pytest_enrich import patch

    code = patch.marked(text)
    names = tuple(node.name for node in python_file.tree(code, name).body if isinstance(node, _FUNCTIONS))
    if not names or len(names) != len(ast.parse(code).body):
        raise _wrong(name, "test functions")
    return replace(test, names=names, code=code, body_sha256=patch.body_sha256(code))


def _row(one: Suggestion, test: TestPart, text: str, name: str) -> TestPart:
    """With the one element, or the one decorator, between the marks."""
    from pytest_enrich import patch

    code = patch.marked(text).strip().removesuffix(",")
    start = "{}\ndef test(): pass" if not test.argnames else "[{}\n]"
    body = python_file.tree(start.format(code), name).body
    value = body[0].value if body and isinstance(body[0], ast.Expr) else None
    decorators = getattr(body[0], "decorator_list", ()) if body else ()
    if len(body) != 1 or len(value.elts if isinstance(value, ast.List) else decorators) != 1:
        raise _wrong(name, "one case")
    known = patch.row_of(one.target.owner, test.names[0], test.argnames)
    return replace(test, code=code, body_sha256=patch.body_sha256(code, known))


def _wrong(name: str, what: str) -> RefusedError:
    return RefusedError(
        f"{name} has something else than {what} between its marks\n"
        "Nothing was changed.\n"
        f"Mend it, or delete it to have the original:  {name}"
    )


def _lines(code: str) -> list[str]:
    return [line.rstrip() for line in code.strip().removesuffix(",").splitlines()]


def _without_comments(text: str) -> list[str]:
    """The lines that matter: another version of ours may have written other words above them."""
    return [line.rstrip() for line in text.splitlines() if not line.startswith("#")]


def _imports(text: str, name: str) -> tuple[str, ...]:
    body = python_file.tree(text, name).body
    return tuple(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))
