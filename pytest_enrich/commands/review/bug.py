"""What a sitting is held with: the folder, the person's side, and where they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from pytest_enrich.commands import parts, possible_bug
from pytest_enrich.commands.review import bug_screen, pages, sitting
from pytest_enrich.commands.review.console import Console
from pytest_enrich.commands.review.screen import View
from pytest_enrich.commands.review.sitting import Came, Done, Sitting
from pytest_enrich.data import PossibleBug, Reason, Scope, Suggestion
from pytest_enrich.errors import EnrichError, UsageError
from pytest_enrich.reporters.words import filled, visible, visible_lines
from pytest_enrich.store import Store, bugs, rejected
from pytest_enrich.store.bugs import xfail

COPY = "This is the text to copy. It is printed alone by:"
HELP = (
    " x xfail    its test goes into the suite as known to fail; strict, so",
    "            that it tells when the bug is mended",
    " c copy     the text of an issue about it",
    " r reject   the words are wrong, or it is no bug; .enrich-rejected has it",
    " s skip     leave it for another time",
    " t run it   where it lies; it fails as long as code and words differ",
    " d whole    the function with its docstring, and the whole test",
    " v verify   are the words still there, and does it still fail?",
    " u undo     take the latest decision back",
    " j k        next, back; / finds a word in titles and paths",
    " q quit     Esc goes back, Enter does nothing",
)


def every(store: Store) -> tuple[Suggestion, ...]:
    """All that waits for a person; a possible bug as the test that is known to fail."""
    return (*store.pending(), *map(xfail, bugs.waiting(store)))


class Held:
    """`sitting` is what was done so far, at any moment; the disk says what waits."""

    def __init__(self, store: Store, console: Console, waiting: Sequence[Suggestion]) -> None:
        self.store, self.console = store, console
        self.sitting = Sitting(order=sitting.order(waiting))
        self._seen: tuple[str, float] = ("", 0.0)

    @property
    def width(self) -> int:
        """Columns that are used."""
        return self.console.size().width

    def waiting(self) -> dict[str, Suggestion]:
        """What waits now, by id, as the disk says it."""
        return {one.id: one for one in every(self.store) if one.id in self.sitting.order}

    def look_at(self, one: Suggestion) -> None:
        """It is on the screen; the watch starts when it was not."""
        if self._seen[0] != one.id:
            self._seen = (one.id, time.monotonic())

    def seconds(self) -> float:
        """Since the suggestion came on the screen."""
        return round(time.monotonic() - self._seen[1], 1)

    def tell(self, *lines: str) -> None:
        """Say this above the next screen, all of it."""
        self.sitting = self.sitting.telling(*self._rows(*lines))

    def show(self, lines: Sequence[str]) -> None:
        """Show a page in place of the suggestion."""
        self.sitting = replace(self.sitting.telling(), page=tuple(lines))

    def long(self, telling: str, act: Callable[[], Came]) -> None:
        """Something that takes a while: keys typed meanwhile were not meant for what it shows."""
        self.console.tell(telling)
        came = act()
        self.console.forget_typed()
        self.came(came)

    def came(self, came: Came) -> None:
        """Note what was decided, and say what came of it."""
        left = self._left() if came.done else ""
        told = [*came.told[:-1], *(f"{line}{left}" for line in came.told[-1:]), *self._rows(*came.besides)]
        self.sitting = sitting.decided(self.sitting.telling(*told), *came.done)
        if came.output:
            self.sitting = replace(self.sitting, page=(*came.page, "", pages.BACK), first=sitting.END)

    def _left(self) -> str:
        """How many wait, and the way back: after the last one there is no screen on which `u` could be pressed."""
        waiting = self.waiting()
        goes_on = sitting.onward(self.sitting, waiting) is not None
        return f"   {len(waiting)} left   {'u undoes this' if goes_on else 'back: pytest-enrich undo'}"

    def _rows(self, *lines: str) -> list[str]:
        """As rows of the screen: what happened, what was done and what helps are not to be cut."""
        texts = (filled(line.strip(), self.width - 1, 1, before=1) for line in lines)
        return [row for text in texts if text for row in f" {text}".splitlines()]


def whole(view: View, width: int) -> list[str]:
    """The function with its docstring, and the test."""
    rule = "-" * (width - 1)
    source = [*view.trouble] or [parts.source_line(line, width) for line in view.function]
    return [bug_screen.heading(view, width), rule, *source, rule, *bug_screen.reproduction(view), rule, pages.BACK]


def run(store: Store, one: Suggestion) -> Came:
    """Run its test where it lies."""
    try:
        outcome = possible_bug.run(store, _of(store, one))
    except EnrichError as error:
        return Came(besides=tuple(visible_lines(str(error)).split("\n")))
    word = {0: "it PASSED", 1: "it fails, as told"}.get(outcome.status, "it was NOT run")
    return Came(told=(f" {word}: {visible(outcome.last_line)}",), output=outcome.end)


def check(store: Store, one: Suggestion) -> Came:
    """Is it still so on today's tree?"""
    state, output = possible_bug.verify(store, _of(store, one))
    told = {
        "there": " still so: the docstring says it, and the test fails.",
        "mended": " its test PASSES by now. The next run takes it away:  pytest --enrich",
        "stale": " stale: the docstring no longer says so. The next run takes it away:  pytest --enrich",
        "unclear": " its test was NOT run.",
    }[state]
    return Came(told=(told,), output=output if state == "unclear" else "")


def keep(store: Store, one: Suggestion, *, seconds: float | None) -> Came:
    """Its test, as one that is known to fail."""
    taken = possible_bug.keep(store, _of(store, one), seconds=seconds)
    if taken.refused:
        why = visible_lines(f"{one.id} was not put in: {taken.refused}").split("\n")
        return Came(besides=tuple(why), output=taken.output and f"{taken.refused}\n{taken.output}")
    path = visible(taken.path)
    told = [f" added to {path}:{line}  {visible(name)}, as known to fail" for name, line in taken.names]
    ran = f" {path}: {visible(taken.summary)}"
    return Came(told=(*told, ran), done=(Done(id=one.id, verb="accept", path=taken.path),))


def turn_down(store: Store, one: Suggestion, *, reason: Reason, scope: Scope, seconds: float | None) -> Came:
    """It is none."""
    gone = possible_bug.turn_down(store, _of(store, one), reason=reason, scope=scope, note="", seconds=seconds)
    return Came(
        told=(f" noted in {rejected.NAME}. It will not come back.",),
        done=tuple(Done(id=each.id, verb="reject") for each in gone),
    )


def issue(store: Store, one: Suggestion) -> str:
    """In Markdown."""
    from pytest_enrich.reporters.md import issue

    return issue(_of(store, one))


def _of(store: Store, one: Suggestion) -> PossibleBug:
    found = bugs.find(store, one.id)
    if found is None:
        raise UsageError(f"{one.id} does not wait any more\nNothing was done.\nSee:  pytest-enrich list --bugs")
    return found
