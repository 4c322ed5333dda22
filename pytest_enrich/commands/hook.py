"""`pytest-enrich hook`: for pre-commit and for git's own hooks. Advice, unless a team asks for more.

Only the suggestions folder is read: no test runs, no model is asked, nothing of the project is imported.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import click

from pytest_enrich.commands.project import FOUND, dir_option, locate, say
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import counted, listed, visible
from pytest_enrich.store import Store, last_run

_SHOWN = 5
_REASONS = ("pending", "bugs")


class _Files(click.Command):
    """A command that gets file names from git and pre-commit as they are."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; an existing file whose name looks like an option is a file."""
        named = [f"./{word}" if word.startswith("-") and os.path.lexists(word) else word for word in args]
        return super().parse_args(ctx, named)


@click.command("hook", cls=_Files)
@click.argument("files", nargs=-1, type=click.Path())
@click.option("--fail-on", multiple=True, type=click.Choice(_REASONS), help="Exit with 1 on these.")
@dir_option
def command(files: tuple[str, ...], *, fail_on: tuple[str, ...], directory: Path | None) -> int:
    """Say which suggestions wait for FILES.

    Exits with 0, whatever is found, unless --fail-on names it.
    """
    try:
        return _pending(files, directory, fail_on)
    except Exception as error:
        if fail_on:
            raise
        why = str(error)
        if not isinstance(error, EnrichError):
            where = last_run.keep_crash(locate(directory, Path.cwd()), traceback.format_exc())
            why = f"pytest-enrich: internal error, {where}"
        say(f"{why}\nThis holds up nothing.")
        return 0


def _pending(files: Sequence[str], directory: Path | None, fail_on: Sequence[str]) -> int:
    cwd = Path.cwd()
    pairs = _waiting(files, directory, cwd)
    here = os.path.realpath(cwd)
    waiting = [store.rootdir / suggestion.gap.path for store, suggestion in pairs if suggestion.kind != "bug"]
    paths = [os.path.relpath(os.path.realpath(path), here) for path in waiting]
    wrong = [suggestion for _, suggestion in pairs if suggestion.kind == "bug"]
    say(told(paths)) if paths else None
    say(told_bugs(wrong)) if wrong else None
    failed = (paths and "pending" in fail_on) or (wrong and "bugs" in fail_on)
    return FOUND if failed else 0


def told(paths: Sequence[str]) -> str:
    """`2 suggestions wait for src/shop/cart.py:  pytest-enrich review`; `paths` has one for each suggestion."""
    waiting = f"{counted(len(paths), 'suggestion')} {'waits' if len(paths) == 1 else 'wait'}"
    return f"{waiting} for {_named(paths)}:  pytest-enrich review"


def told_bugs(found: Sequence[Suggestion]) -> str:
    """`1 possible bug in src/shop/cart.py:  pytest-enrich list --bugs`."""
    where = _named([bug.gap.path for bug in found])
    return f"{counted(len(found), 'possible bug')} in {where}:  pytest-enrich list --bugs"


def _named(paths: Sequence[str]) -> str:
    return listed(sorted({visible(path) for path in paths}), _SHOWN)


def _waiting(files: Sequence[str], directory: Path | None, cwd: Path) -> list[tuple[Store, Suggestion]]:
    """The pending suggestions for these source or test files; without files, all of them."""
    projects = _projects(files, directory, cwd) if files else {locate(directory, cwd): []}
    return [
        (store, suggestion)
        for store, paths in projects.items()
        for suggestion in (store.shelf().suggestions if store.exists() else ())
        if not files or not {suggestion.gap.path, suggestion.target.path}.isdisjoint(paths)
    ]


def _projects(files: Iterable[str], directory: Path | None, cwd: Path) -> dict[Store, list[str]]:
    """The files grouped by project, relative to its folder: a repository may have several projects."""
    located = cache(lambda folder: locate(directory, cwd if directory else folder))
    grouped: dict[Store, list[str]] = {}
    for file in files:
        path = Path(os.path.realpath(cwd / file))
        store = located(path.parent)
        rootdir = Path(os.path.realpath(store.rootdir))
        if path.is_relative_to(rootdir):
            grouped.setdefault(store, []).append(path.relative_to(rootdir).as_posix())
    return grouped
