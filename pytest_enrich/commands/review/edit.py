"""A person's own version of a test: the editor, what the version is worth, and the way back."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pytest_enrich.commands import parts, reproof
from pytest_enrich.commands.accept import edited_version
from pytest_enrich.commands.review.console import EDITED, Console, answer_of
from pytest_enrich.data import Reproof, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.reporters.words import filled, visible, visible_lines
from pytest_enrich.store import Store, identity, python_file, rebuild

_EDITORS = ("sensible-editor", "vi", "nano")
_LABEL = 16
_MARK = "# ------ pytest-enrich: help, taken out again when you are done ------"
_HELP = f"""\
{_MARK}
# What is between the two marks is taken, with the imports above that it needs.
# Save and leave: your version is proven again, and you decide. No change: nothing happens.
"""


def command(environ: Mapping[str, str]) -> list[str]:
    """The words that start the person's editor: $VISUAL, $EDITOR, or one that is usually there.

    Raises:
        RefusedError: There is none.
    """
    for name in ("VISUAL", "EDITOR"):
        words = _words(name, environ.get(name, ""))
        if words:
            return words
    known = next((name for name in _EDITORS if shutil.which(name)), None)
    if known is None:
        raise RefusedError(
            "no editor was found\nNothing was changed.\nName yours:  EDITOR=nano pytest-enrich review"
        )
    return [known]


def open_editor(store: Store, console: Console, one: Suggestion) -> None:
    """Have the person edit the runnable file, with a few lines of help at its end while it lasts.

    Raises:
        RefusedError: The editor cannot be started, or failed: what was typed is still in the file.
    """
    words = command(os.environ)
    rebuild.module(store, one)
    path = file_of(store, one)
    text = store.read_text(one, path.name) or _original(store, one)
    store.replace_module(one, text + _HELP)
    try:
        with console.aside():
            status = subprocess.run([*words, str(path)], cwd=store.rootdir, check=False).returncode
    except OSError as error:
        raise _failed(words, str(error.strerror)) from error
    finally:
        _without_help(store, one)
    if status:
        raise _failed(words, f"it ended with status {status}")


def original(store: Store, one: Suggestion) -> None:
    """Give the runnable file its first text back."""
    store.replace_module(one, _original(store, one))


def judged(store: Store, one: Suggestion) -> tuple[Suggestion, Reproof]:
    """The person's version with the proof that it has, not saved, and how it fared.

    Raises:
        RefusedError: There is no test between the marks.
    """
    return reproof.judged(store, one, edited_version(store, one))


def told_version(one: Suggestion, found: Reproof, width: int) -> list[str]:
    """How the version fared, beside what the suggested test had shown."""
    facts = [
        ("runs", f"yes, {found.seconds * 1000:.1f} ms" if found.passed else "NO"),
        ("covers the gap", "yes" if found.covers else "NO"),
        ("kills mutants", _kills(one, found) if found.mutants.of else visible(found.mutants.note)),
        ("reruns", f"{found.runs.passed} of {found.runs.of}" if found.runs.of else ""),
        ("but", visible(found.trouble)),
    ]
    lines = [line for label, text in facts if text for line in _fact(label, text, width)]
    return [*lines, *visible_lines(found.detail).splitlines()]


def file_of(store: Store, one: Suggestion) -> Path:
    """Where the runnable file lies."""
    return store.directory / "pending" / one.id / identity.module_name(one.id)


def _kills(one: Suggestion, found: Reproof) -> str:
    """Of the mutants that both were tried on: another gap that the first one closes is not looked at again."""
    now = {tried.change: tried.killed for tried in found.mutants.list}
    shared = [tried for tried in one.proof.mutants.list if tried.change in now]
    was = f" (was {sum(tried.killed for tried in shared)} of {len(shared)})" if shared else ""
    lost = [f"line {tried.line} {tried.change}" for tried in shared if tried.killed and not now[tried.change]]
    noticed = f": no longer noticed: {'; '.join(lost)}" if lost else ""
    return visible(f"{found.mutants.killed} of {found.mutants.of}{was}{noticed}")


def _fact(label: str, text: str, width: int) -> list[str]:
    start = f"   {label:<{_LABEL}}"
    return (start + filled(text, width, len(start), before=len(start))).splitlines()


def _words(name: str, text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise RefusedError(
            f"${name} cannot be read: {error}\nNothing was changed.\nName your editor:  export {name}=nano"
        ) from error


def _failed(words: list[str], why: str) -> RefusedError:
    return RefusedError(
        f"{words[0]}: {why}\nNothing was decided.\nName another editor:  EDITOR=nano pytest-enrich review"
    )


def _original(store: Store, one: Suggestion) -> str:
    from pytest_enrich import patch

    return patch.render_module(one, python_file.read(store.rootdir, one.target.path).before)


def _without_help(store: Store, one: Suggestion) -> None:
    text = store.read_text(one, identity.module_name(one.id))
    if _MARK in text:
        store.replace_module(one, text[: text.index(_MARK)])


def on_version(store: Store, console: Console, one: Suggestion) -> tuple[str, Suggestion]:
    """Prove the edited test, again after each further edit: the word of one of `keys.EDITED`, and the version.

    Raises:
        RefusedError: There is no test in the edited file, or no editor.
    """
    while True:
        console.tell(" checking your version ...")
        version, found = judged(store, one)
        console.forget_typed()
        told = told_version(one, found, console.size().width)
        lines = [" your version:", *parts.change(store, version), "", *told]
        word = answer_of(console, lines.copy, EDITED)
        if word != "edit":
            return word, version
        open_editor(store, console, one)
