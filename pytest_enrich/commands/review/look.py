"""The keys that show something, and decide nothing: pages, a run, a check, another suggestion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from pytest_enrich.commands import stored_patch
from pytest_enrich.commands.review import acts, bug, pages, sitting, verdict, view
from pytest_enrich.commands.review.held import Held
from pytest_enrich.data import Suggestion
from pytest_enrich.reporters.words import visible_lines


def _diff(held: Held, one: Suggestion) -> None:
    seen = view.of(held.store, one, held.sitting)
    if one.kind == "bug":
        held.show(bug.whole(seen, held.width))
    else:
        held.show(pages.diff(seen, stored_patch.whole(held.store, one), held.width))


def _mutants(held: Held, one: Suggestion) -> None:
    held.show(pages.mutants(view.of(held.store, one, held.sitting), held.width))


def _help(held: Held, one: Suggestion) -> None:
    held.show(bug.HELP if one.kind == "bug" else pages.helping())


def _copy(held: Held, one: Suggestion) -> None:
    """All at once: what has scrolled away can be copied too, what is on another page cannot."""
    text = visible_lines(bug.issue(held.store, one)).rstrip("\n").split("\n")
    verdict.show(held.console, [*text, "", bug.COPY, f"  pytest-enrich show {one.id} --issue"])
    held.tell()


def _run(held: Held, one: Suggestion) -> None:
    act = bug.run if one.kind == "bug" else acts.run
    held.long(f" running {one.id} ...", lambda: act(held.store, one))


def _verify(held: Held, one: Suggestion) -> None:
    act = bug.check if one.kind == "bug" else acts.check
    held.long(f" checking {one.id} ...", lambda: act(held.store, one))


def _skip(held: Held, _: Suggestion) -> None:
    held.sitting = sitting.skip(held.sitting)


def _stepping(by: Literal[1, -1]) -> Callable[[Held, Suggestion], None]:
    def step(held: Held, _: Suggestion) -> None:
        held.sitting = sitting.stepped(held.sitting, held.waiting(), by)

    return step


def _find(held: Held, _: Suggestion) -> None:
    text = held.console.line("find:")
    held.sitting = sitting.found(held.sitting, tuple(held.waiting().values()), text)


KEYS: Mapping[str, Callable[[Held, Suggestion], None]] = {
    "diff": _diff,
    "mutants": _mutants,
    "help": _help,
    "copy": _copy,
    "test": _run,
    "verify": _verify,
    "skip": _skip,
    "next": _stepping(1),
    "back": _stepping(-1),
    "find": _find,
}
"""By the word of the key."""
