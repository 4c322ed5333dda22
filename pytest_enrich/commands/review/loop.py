"""One sitting: show, ask, do, until nothing waits or the person leaves."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec.structs import replace

from pytest_enrich.commands import edited, stored_patch, taking
from pytest_enrich.commands.review import acts, bug, edit, keys, pages, sitting, verdict, view
from pytest_enrich.commands.review.acts import Came
from pytest_enrich.commands.review.console import REDRAW, Console
from pytest_enrich.commands.review.screen import View, compose
from pytest_enrich.commands.review.sitting import Sitting
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import counted, visible, visible_lines
from pytest_enrich.store import Store, bugs
from pytest_enrich.store.xfail import xfail

_QUIT = "quit"


class Review:
    """A sitting and what it is held with; `sitting` is what was done so far, at any moment."""

    def __init__(self, store: Store, console: Console, waiting: tuple[Suggestion, ...]) -> None:
        self._store, self._console = store, console
        self.sitting = Sitting(order=sitting.order(waiting))
        self._seen: tuple[str, float] = ("", 0.0)
        self._acts: dict[str, Callable[[Suggestion], None]] = {
            "accept": self._accept,
            "edit": self._edit,
            "reject": self._reject,
            "test": lambda one: self._long(f" running {one.id} ...", lambda: acts.run(self._store, one)),
            "verify": lambda one: self._long(f" checking {one.id} ...", lambda: acts.check(self._store, one)),
            "undo": lambda _: self._undo(),
            "all-strong": lambda _: self._all_strong(),
            "find": lambda _: self._find(),
            "xfail": lambda one: self._long(f" running {one.target.path} ...", lambda: bug.keep(self._store, one)),
            "copy": self._copy,
        }

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
                self._tell(*(f" {visible(line)}" for line in str(error).splitlines()))

    def _waiting(self) -> dict[str, Suggestion]:
        """What waits now, by id, as the disk says it."""
        every = (*self._store.pending(), *map(xfail, bugs.waiting(self._store)))
        return {one.id: one for one in every if one.id in self.sitting.order}

    def _current(self) -> Suggestion | None:
        waiting = self._waiting()
        following = sitting.onward(self.sitting, waiting)
        if following is None:
            return None
        self.sitting = following
        return waiting[following.id]

    def _ask(self, one: Suggestion) -> str:
        """Show the suggestion, or a page about it, and wait for a choice."""
        if one.kind == "bug":
            return self._ask_bug(one)
        size, seen = self._console.size(), view.of(self._store, one, self.sitting)
        choices = keys.STALE if seen.stale else keys.MAIN
        legend = self._console.legend(choices, size.width)
        page = self.sitting.page
        self._console.draw([*self.sitting.told, *page, *legend] if page else compose(seen, size, legend))
        if self._seen[0] != one.id:
            self._seen = (one.id, time.monotonic())
        return self._console.choose(choices)

    def _ask_bug(self, one: Suggestion) -> str:
        width = self._console.size().width
        lines = self.sitting.page or bug.screen(self._store, one, self.sitting, width)
        self._console.draw([*self.sitting.told, *lines, *self._console.legend(keys.BUG, width)])
        if self._seen[0] != one.id:
            self._seen = (one.id, time.monotonic())
        return self._console.choose(keys.BUG)

    def _do(self, word: str, one: Suggestion) -> None:
        waiting = self._waiting()
        if word in self._acts:
            self._acts[word](one)
        elif word in {"next", "back"}:
            self.sitting = sitting.stepped(self.sitting, waiting, 1 if word == "next" else -1)
        elif word == "skip":
            self.sitting = sitting.skip(self.sitting)
        elif word == "help" and one.kind == "bug":
            self.sitting = replace(self.sitting, page=bug.HELP, told=())
        elif word in {"diff", "mutants", "help"}:
            self._page(word, view.of(self._store, one, self.sitting))
        elif word == REDRAW:
            self.sitting = replace(self.sitting, page=()) if self.sitting.page else self.sitting
        else:
            self._tell(f" {visible(word)!r} means nothing here; ? shows all keys." if word else "")

    def _page(self, word: str, seen: View) -> None:
        width = self._console.size().width
        lines = {
            "diff": lambda: pages.diff(seen, stored_patch.whole(self._store, seen.one), width),
            "mutants": lambda: pages.mutants(seen, width),
            "help": pages.helping,
        }[word]()
        self.sitting = replace(self.sitting, page=lines, told=())

    def _accept(self, one: Suggestion) -> None:
        if edited.is_edited(self._store, one):
            self._decide_on_version(one)
            return
        self._take(one, is_edited=False)

    def _take(self, one: Suggestion, *, is_edited: bool) -> None:
        seconds = self._seconds()
        running = f" running {visible(one.target.path)} with it ..."
        self._long(running, lambda: acts.accept(self._store, [one], is_edited=is_edited, seconds=seconds))

    def _edit(self, one: Suggestion) -> None:
        edit.open_editor(self._store, self._console, one)
        self._console.forget_typed()
        if edited.is_edited(self._store, one):
            self._decide_on_version(one)
        else:
            self._tell(" The test was not changed; nothing was decided.")

    def _decide_on_version(self, one: Suggestion) -> None:
        """Prove what the person wrote, and let them decide about it."""
        word, version = verdict.on_version(self._store, self._console, one)
        if word == "accept":
            edited.save(self._store, version)
            self._take(version, is_edited=True)
        elif word == "original":
            edit.original(self._store, one)
            self._tell(" The suggested test is back.")
        else:
            self._tell(" Your version is kept in its file; a comes back to it.")

    def _reject(self, one: Suggestion) -> None:
        word = verdict.why_not(self._console, one)
        if word == "cancel":
            self._tell(" Nothing was decided.")
            return
        reason, scope = keys.rejection(word)
        if one.kind == "bug":
            self._came(bug.turn_down(self._store, one, reason=reason, scope=scope, seconds=self._seconds()))
            return
        self._came(acts.reject(self._store, one, reason=reason, scope=scope, seconds=self._seconds()))

    def _copy(self, one: Suggestion) -> None:
        lines = visible_lines(bug.issue(self._store, one)).rstrip("\n").split("\n")
        self.sitting = replace(self.sitting, page=(*lines, "", bug.COPY.format(id=one.id)), told=())

    def _undo(self) -> None:
        found = acts.latest(self._store)
        if found is None:
            self._tell(" There is no decision to take back.")
            return
        decision, one = found
        if not any(done.id == decision.id for done in self.sitting.done) and not self._is_meant(one, decision.at):
            self._tell(" Nothing was taken back.")
            return
        self._came(acts.take_back(self._store, decision, one))
        self.sitting = sitting.taken_back(self.sitting, one.id)

    def _is_meant(self, one: Suggestion, at: str) -> bool:
        """Whether a decision from before this sitting is to be taken back."""
        question = f"{one.id} was decided before this sitting, at {visible(at)}. Take it back? type yes:"
        return self._console.line(question).lower() == "yes"

    def _all_strong(self) -> None:
        """Slower than single keys, on purpose."""
        chosen = acts.strong(self._store, tuple(self._waiting().values()))
        if not chosen:
            self._tell(" Nothing that waits is marked strong.")
            return
        typed = self._console.line(f"accept the {len(chosen)} left marked strong? type {len(chosen)}:")
        if typed != str(len(chosen)):
            self._tell(" Nothing was accepted.")
            return
        files = counted(len({one.target.path for one in chosen}), "file")
        self._long(
            f" running {files} with them ...",
            lambda: acts.accept(self._store, chosen, is_edited=False, seconds=None),
        )

    def _find(self) -> None:
        text = self._console.line("find:")
        self.sitting = sitting.found(self.sitting, tuple(self._waiting().values()), text)

    def _long(self, telling: str, act: Callable[[], Came]) -> None:
        """Something that takes a while: keys typed meanwhile were not meant for what it shows."""
        self._console.tell(telling)
        came = act()
        self._console.forget_typed()
        self._came(came)

    def _came(self, came: Came) -> None:
        self.sitting = sitting.decided(self.sitting.telling(*came.told), *came.done)
        if came.output:
            self.sitting = replace(self.sitting, page=(*acts.page(came).splitlines(), "", pages.BACK))

    def _tell(self, *lines: str) -> None:
        self.sitting = self.sitting.telling(*(line for line in lines if line))

    def _seconds(self) -> float:
        """Since the suggestion came on the screen."""
        return round(time.monotonic() - self._seen[1], 1)


def settle(store: Store) -> list[str]:
    """Finish what a killed command left, in words."""
    return [
        f"an earlier accept of {name} was interrupted: it waits again" for name in taking.settle_interrupted(store)
    ]
