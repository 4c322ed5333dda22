"""Questions of their own about one suggestion: why not, and whether a person's version is to be taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from pytest_enrich.commands import parts
from pytest_enrich.commands.review import edit, keys, layout
from pytest_enrich.commands.review.console import ESCAPED, Console
from pytest_enrich.commands.review.keys import Choice
from pytest_enrich.commands.review.screen import View
from pytest_enrich.data import Suggestion
from pytest_enrich.reporters.words import fit
from pytest_enrich.store import Store


def why_not(console: Console, seen: View) -> str:
    """The word of one of `keys.REASONS`, with the suggestion still in sight."""
    asked = f" why not {seen.one.id}?"

    def lines() -> list[str]:
        size = console.size()
        if size.rows is None:  # it was read just now
            return [fit(f"{asked}  {seen.one.title}", size.width)]
        return layout.lines(replace(seen, told=(asked,)), size, console.legend(keys.REASONS, size.width))

    return _answer(console, lines, keys.REASONS)


def on_version(store: Store, console: Console, one: Suggestion) -> tuple[str, Suggestion]:
    """Prove the edited test, again after each further edit: the word of one of `keys.EDITED`, and the version.

    Raises:
        RefusedError: There is no test in the edited file, or no editor.
    """
    while True:
        console.tell(" checking your version ...")
        version, found = edit.judged(store, one)
        console.forget_typed()
        told = edit.told(one, found, console.size().width)
        lines = [" your version:", *parts.change(store, version), "", *told]
        word = _answer(console, lines.copy, keys.EDITED)
        if word != "edit":
            return word, version
        edit.open_editor(store, console, one)


def show(console: Console, lines: Sequence[str]) -> None:
    """Until the person goes back."""
    _answer(console, lambda: lines, keys.SHOWN, ESCAPED)


def _answer(console: Console, lines: Callable[[], Sequence[str]], choices: Sequence[Choice], *others: str) -> str:
    """Ask until it is one of the choices, or of the `others`; the terminal may get another size meanwhile."""
    words = {*(one.word for one in choices), *others}
    while True:
        console.draw([*lines(), *console.legend(choices, console.size().width)])
        word = console.choose(choices)
        if word in words:
            return word
