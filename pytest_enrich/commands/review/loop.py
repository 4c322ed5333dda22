"""One sitting: show, ask, do, until nothing waits or the person leaves."""

from __future__ import annotations

from msgspec.structs import replace

from pytest_enrich.commands import settling
from pytest_enrich.commands.review import decide, keys, layout, look, pages, sitting, view
from pytest_enrich.commands.review.console import ESCAPED, REDRAW
from pytest_enrich.commands.review.held import Held
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import visible
from pytest_enrich.store import Store

_ACTS = {**decide.KEYS, **look.KEYS}
_QUIT = "quit"


class Review(Held):
    """A sitting that can be held."""

    def hold(self) -> None:
        """Until nothing waits that was not skipped, or the person quits.

        Raises:
            Gone: Nobody is there any more. Decisions are on the disk.
        """
        for one in iter(self._current, None):
            word = self._ask(one)
            if word == _QUIT:
                return
            try:
                self._do(word, one)
            except EnrichError as error:
                self.tell(*(f" {visible(line)}" for line in str(error).splitlines()))

    def _current(self) -> Suggestion | None:
        waiting = self.waiting()
        following = sitting.onward(self.sitting, waiting)
        if following is None:
            return None
        self.sitting = following
        return waiting[following.id]

    def _ask(self, one: Suggestion) -> str:
        """Show the suggestion, or a page about it, and wait for a choice."""
        size, seen = self.console.size(), view.of(self.store, one, self.sitting)
        choices = keys.of(one, stale=seen.stale)
        legend = self.console.legend(choices, size.width)
        lines = self.sitting.page or layout.lines(seen, size, legend)
        told = self.sitting.told if self.sitting.page else ()
        shown, following = pages.part(replace(self.sitting, page=tuple(lines), told=told), size, legend)
        choices = (*choices, keys.MORE) if following != self.sitting.first else choices
        self.sitting = replace(self.sitting, following=following)
        self.look_at(one)
        self.console.draw(shown)
        return self.console.choose(choices)

    def _do(self, word: str, one: Suggestion) -> None:
        if word in keys.words(one):
            self._act(word, one)
        elif word == keys.MORE.word:
            self.sitting = replace(self.sitting, first=self.sitting.following)
        elif word == ESCAPED:
            self.sitting = replace(self.sitting, page=(), first=0)
        elif word != REDRAW:
            self.tell(f" {visible(word)!r} means nothing here; ? shows all keys." if word else "")

    def _act(self, word: str, one: Suggestion) -> None:
        """Another process may have decided on it since it was shown."""
        if self.waiting().get(one.id) != one:
            self.tell(f" {one.id} was decided or made anew elsewhere meanwhile; nothing was done with it here.")
        else:
            _ACTS[word](self, one)


def settle(store: Store) -> list[str]:
    """Finish what a killed command left, in words."""
    return [
        f"an earlier accept of {name} was interrupted: it waits again"
        for name in settling.settle_interrupted(store)
    ]
