"""What a sitting is held with: the folder, the person's side, and where they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from pytest_enrich.commands.review import pages, sitting
from pytest_enrich.commands.review.came import Came
from pytest_enrich.commands.review.console import Console
from pytest_enrich.commands.review.sitting import Sitting
from pytest_enrich.data import Suggestion
from pytest_enrich.reporters.words import filled
from pytest_enrich.store import Store, bugs
from pytest_enrich.store.xfail import xfail


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
