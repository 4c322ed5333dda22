"""A person's own version of a test: what is between the marks of its runnable file, if they ask for it."""

from __future__ import annotations

import ast

import click
from msgspec.structs import replace

from pytest_enrich.data import Reproof, Suggestion
from pytest_enrich.data.suggestion import TestPart
from pytest_enrich.errors import RefusedError
from pytest_enrich.reporters.words import visible, visible_lines
from pytest_enrich.store import Store, identity, python_file, rebuild


def is_edited_by_hand(store: Store, suggestion: Suggestion) -> bool:
    """Whether the test in the runnable file differs from the one that was proven."""
    from pytest_enrich import patch

    text = store.read_text(suggestion, identity.module_name(suggestion.id))
    if suggestion.kind == "bug":  # a bug has no version to choose
        return False
    if suggestion.kind == "row":  # the rest of the file is a copy
        return bool(text) and _lines(patch.marked(text)) != _lines(suggestion.test.code)
    return bool(text) and _without_comments(text) != _without_comments(patch.render_module(suggestion))


def edited_version(store: Store, suggestion: Suggestion) -> Suggestion:
    """The suggestion with the test of the edited file, not saved.

    Raises:
        RefusedError: There is no test between the marks, or the file is not Python.
    """
    name = identity.module_name(suggestion.id)
    text = store.read_text(suggestion, name).replace("\r\n", "\n")
    test = replace(suggestion.test, imports=_imports(text, name))
    new = _row(suggestion, test, text, name) if suggestion.kind == "row" else _test(test, text, name)
    return replace(suggestion, test=new)


def _test(test: TestPart, text: str, name: str) -> TestPart:
    """The test with the functions between the marks."""
    from pytest_enrich import patch

    code = patch.marked(text)
    names = tuple(
        node.name for node in python_file.tree(code, name).body if isinstance(node, python_file.Function)
    )
    if not names or len(names) != len(ast.parse(code).body):
        raise _wrong(name, "test functions")
    return replace(test, names=names, code=code, body_sha256=patch.body_sha256(code))


def _row(suggestion: Suggestion, test: TestPart, text: str, name: str) -> TestPart:
    """The test with the one element between the marks."""
    from pytest_enrich import patch

    code = patch.marked(text).strip().removesuffix(",")
    body = python_file.tree(f"[{code}\n]", name).body
    value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if not isinstance(value, ast.List) or len(value.elts) != 1:
        raise _wrong(name, "one case")
    row = patch.row_of(suggestion.target.owner, test.names[0], test.argnames)
    return replace(test, code=code, body_sha256=patch.body_sha256(code, row))


def _wrong(name: str, what: str) -> RefusedError:
    return RefusedError(
        f"{name} has something else than {what} between its marks\nNothing was changed.\n"
        f"Mend it, or delete it to have the original:  {name}"
    )


def _lines(code: str) -> list[str]:
    return [line.strip() for line in code.strip().removesuffix(",").splitlines()]


def _without_comments(text: str) -> list[str]:
    """The lines that matter: another version of the plugin may have written other comments."""
    return [line.rstrip() for line in text.splitlines() if not line.startswith("#")]


def _imports(text: str, name: str) -> tuple[str, ...]:
    body = python_file.tree(text, name).body
    return tuple(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))


def open_editor(store: Store, suggestion: Suggestion) -> None:
    """Have the person edit the runnable file.

    Raises:
        RefusedError: The editor cannot be started, or failed: what was typed is still in the file.
    """
    rebuild.module(store, suggestion)
    path = store.directory / "pending" / suggestion.id / identity.module_name(suggestion.id)
    if not path.exists():
        original(store, suggestion)
    try:
        click.edit(filename=str(path))
    except click.ClickException as error:
        raise RefusedError(
            f"{error.format_message()}\nNothing was decided.\nName another:  EDITOR=nano pytest-enrich review"
        ) from error


def original(store: Store, suggestion: Suggestion) -> None:
    """Restore the original text of the runnable file."""
    store.replace_module(suggestion, rebuild.module_text(store, suggestion))


def told(suggestion: Suggestion, found: Reproof) -> list[str]:
    """How the version fared, compared with the suggested test."""
    kills = f"{found.mutants.told()}; it was {suggestion.proof.mutants.told()}"
    facts = [
        ("runs", f"yes, {found.seconds * 1000:.1f} ms" if found.passed else "NO"),
        ("covers the gap", "yes" if found.covers else "NO"),
        ("kills mutants", kills if found.mutants.of else ""),
        ("reruns", f"{found.runs.passed} of {found.runs.of}" if found.runs.of else ""),
        ("but", found.trouble),
    ]
    lines = [f"   {label:<16}{visible(text)}" for label, text in facts if text]
    return [*lines, *visible_lines(found.detail).splitlines()]
