"""A person's own version of a test: the editor, what the version is worth, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pytest_enrich.commands import parts, reproof
from pytest_enrich.commands.accept import edited_version
from pytest_enrich.commands.project import say
from pytest_enrich.data import Reproof, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.reporters.words import visible, visible_lines
from pytest_enrich.store import Store, identity, python_file, rebuild

if TYPE_CHECKING:
    from pytest_enrich.commands.review import Key, Reader


def open_editor(store: Store, one: Suggestion) -> None:
    """Have the person edit the runnable file.

    Raises:
        RefusedError: The editor cannot be started, or failed: what was typed is still in the file.
    """
    rebuild.module(store, one)
    path = store.directory / "pending" / one.id / identity.module_name(one.id)
    if not path.exists():
        original(store, one)
    try:
        click.edit(filename=str(path))
    except click.ClickException as error:
        raise RefusedError(
            f"{error.format_message()}\nNothing was decided.\nName another:  EDITOR=nano pytest-enrich review"
        ) from error


def original(store: Store, one: Suggestion) -> None:
    """Give the runnable file its first text back."""
    from pytest_enrich import patch

    before = python_file.read(store.rootdir, one.target.path).before
    store.replace_module(one, patch.render_module(one, before))


def decided(store: Store, reader: Reader, one: Suggestion) -> tuple[str, Suggestion]:
    """Prove the edited test, again after each further edit: what is to become of it, and the version.

    Raises:
        RefusedError: There is no test in the edited file, or no editor.
    """
    while True:
        say("checking your version ...")
        version, found = reproof.judged(store, one, edited_version(store, one))
        say("\n".join(["your version:", *parts.change(store, version), "", *told(one, found)]))
        word = reader.choose(" your version:", _keys())
        if word != "edit":
            return word, version
        open_editor(store, one)


def told(one: Suggestion, found: Reproof) -> list[str]:
    """How the version fared, beside what the suggested test had shown."""
    kills = f"{found.mutants.told()}; it was {one.proof.mutants.told()}"
    facts = [
        ("runs", f"yes, {found.seconds * 1000:.1f} ms" if found.passed else "NO"),
        ("covers the gap", "yes" if found.covers else "NO"),
        ("kills mutants", kills if found.mutants.of else ""),
        ("reruns", f"{found.runs.passed} of {found.runs.of}" if found.runs.of else ""),
        ("but", found.trouble),
    ]
    lines = [f"   {label:<16}{visible(text)}" for label, text in facts if text]
    return [*lines, *visible_lines(found.detail).splitlines()]


def _keys() -> tuple[Key, ...]:
    from pytest_enrich.commands.review import ESCAPE, Key

    return (Key("a", "accept"), Key("e", "edit"), Key("x", "original"), Key(ESCAPE, "cancel"))
