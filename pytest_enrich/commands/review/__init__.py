"""`pytest-enrich review`: one suggestion after the other, a key a decision."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_enrich.commands.project import problems, project_option, say
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters.words import counted, visible
from pytest_enrich.store import Store, identity

if TYPE_CHECKING:
    from pytest_enrich.commands.review.console import Console
    from pytest_enrich.commands.review.loop import Review

_INTERRUPTED = 130
_TOLD = 3
"""How many unreadable things are named above the first screen; `list` names all."""


@click.command("review")
@click.argument("wanted", metavar="[PATH|ID]...", nargs=-1)
@click.option("--plain", is_flag=True, help="Line by line, in words: for screen readers and odd terminals.")
@click.option("--all-grades", is_flag=True, help="Those marked weak, too.")
@project_option
def command(store: Store, wanted: tuple[str, ...], *, plain: bool, all_grades: bool) -> int:
    """Decide on what waits, one after the other: all of it, or what is about a PATH or an ID."""
    from pytest_enrich.commands.review import loop

    passed_over = problems(store)
    settled = loop.settle(store)  # first: what an interrupted command was about waits again
    waiting = _chosen(store, wanted, all_grades=all_grades)
    if not waiting:
        say("\n".join([*passed_over, _nothing(store)]))
        return 0
    if not _is_terminal(sys.stdin) or not (plain or _is_terminal(sys.stdout)):
        raise UsageError(_without_terminal(waiting[0]))
    with _console(plain=plain) as console:
        review = loop.Review(store, console, waiting)
        review.tell(*settled, *passed_over[:_TOLD], *["..."] * (len(passed_over) > _TOLD))
        return _hold(store, review, console)


def _hold(store: Store, review: Review, console: Console) -> int:
    from pytest_enrich.commands.review import sitting
    from pytest_enrich.commands.review.console import Gone, Hangup

    status = 0
    try:
        review.hold()
    except Hangup:
        return _INTERRUPTED
    except (KeyboardInterrupt, Gone) as end:
        status = 0 if isinstance(end, Gone) else _INTERRUPTED
    with contextlib.suppress(Gone):
        told = [*review.sitting.told, *sitting.summary(review.sitting, store.shelf().suggestions)]
        console.tell("\n" + "\n".join(told))
    return status


@contextlib.contextmanager
def _console(*, plain: bool) -> Iterator[Console]:
    """Single keys where the terminal has them, else lines."""
    from pytest_enrich.commands.review.console import wants_colour
    from pytest_enrich.commands.review.terminal import Lines

    try:
        from pytest_enrich.commands.review.terminal import Terminal
    except ImportError:  # no termios: not a Unix
        plain = True
    if plain or os.environ.get("TERM", "dumb") == "dumb":
        yield Lines()
        return
    with Terminal(colours=wants_colour(os.environ)) as terminal:
        yield terminal


def _chosen(store: Store, wanted: tuple[str, ...], *, all_grades: bool = False) -> tuple[Suggestion, ...]:
    """What waits, and is about one of the paths or ids; of the weak ones those that were asked for.

    Raises:
        UsageError: One of them is neither.
    """
    pending = store.shelf().suggestions
    shown = [one for one in pending if all_grades or one.grade != "weak"]
    found: dict[str, Suggestion] = {}
    for word in wanted:
        about = _about(store, pending, word)
        known = [one for one in about if one in shown] if about else [identity.choose(word, pending)]
        found.update({one.id: one for one in known})
    return tuple(found.values()) if wanted else tuple(shown)


def _nothing(store: Store) -> str:
    weak = sum(one.grade == "weak" for one in store.pending())
    if weak:
        left = counted(weak, "weak one")
        return f"Nothing strong or good is pending.\n{left}:  pytest-enrich review --all-grades"
    return "Nothing is pending.\nNext:  pytest --enrich"


def _about(store: Store, pending: tuple[Suggestion, ...], word: str) -> list[Suggestion]:
    """Those whose source or test file is this path, or in this folder."""
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        place = (Path.cwd() / word).resolve()
        return [one for one in pending if any(path.is_relative_to(place) for path in _files(store, one))]
    return []


def _files(store: Store, one: Suggestion) -> tuple[Path, ...]:
    return tuple((store.rootdir / path).resolve() for path in (one.gap.path, one.target.path))


def _is_terminal(stream: object) -> bool:
    with contextlib.suppress(AttributeError, ValueError):
        return bool(stream.isatty())  # type: ignore[attr-defined]
    return False


def _without_terminal(one: Suggestion) -> str:
    return (
        "review needs a terminal. Without one:\n"
        "  pytest-enrich list                   table of what is pending\n"
        f"  pytest-enrich show {one.id:<17} gap, test, proof as plain text\n"
        f"  pytest-enrich accept {one.id:<15} put it into {visible(one.target.path)}\n"
        f"  pytest-enrich reject {one.id} --reason wrong"
    )
