"""The keys that show something, and decide nothing: pages, a run, a check, another suggestion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec.structs import replace

from pytest_enrich.commands.accept import is_edited_by_hand, save_edited
from pytest_enrich.commands.parts import whole_patch
from pytest_enrich.commands.review import acts, bug, edit, pages, sitting
from pytest_enrich.commands.review.bug import Held
from pytest_enrich.commands.review.bug_screen import screen_lines
from pytest_enrich.commands.review.console import ESCAPED, MORE, REDRAW, key_words, keys_of, rejection
from pytest_enrich.commands.review.edit import on_version, show, why_not
from pytest_enrich.commands.review.pages import view_of
from pytest_enrich.commands.taking import settle_interrupted
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import counted, visible, visible_lines
from pytest_enrich.store import Store

_QUIT = "quit"


def _diff(held: Held, one: Suggestion) -> None:
    seen = view_of(held.store, one, held.sitting)
    if one.kind == "bug":
        held.show(bug.whole(seen, held.width))
    else:
        held.show(pages.diff(seen, whole_patch(held.store, one), held.width))


def _mutants(held: Held, one: Suggestion) -> None:
    held.show(pages.mutants(view_of(held.store, one, held.sitting), held.width))


def _help(held: Held, one: Suggestion) -> None:
    held.show(bug.HELP if one.kind == "bug" else pages.helping())


def _copy(held: Held, one: Suggestion) -> None:
    """All at once: what has scrolled away can be copied too, what is on another page cannot."""
    text = visible_lines(bug.issue(held.store, one)).rstrip("\n").split("\n")
    show(held.console, [*text, "", bug.COPY, f"  pytest-enrich show {one.id} --issue"])
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


LOOKING: Mapping[str, Callable[[Held, Suggestion], None]] = {
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


def _accept(held: Held, one: Suggestion) -> None:
    if is_edited_by_hand(held.store, one):
        _on_version(held, one)
    else:
        _take(held, one, is_edited=False)


def _take(held: Held, one: Suggestion, *, is_edited: bool) -> None:
    seconds = held.seconds()
    running = f" running {visible(one.target.path)} with it ..."
    held.long(running, lambda: acts.accept(held.store, [one], is_edited=is_edited, seconds=seconds))


def _edit(held: Held, one: Suggestion) -> None:
    edit.open_editor(held.store, held.console, one)
    held.console.forget_typed()
    if is_edited_by_hand(held.store, one):
        _on_version(held, one)
    else:
        held.tell(" The test was not changed; nothing was decided.")


def _on_version(held: Held, one: Suggestion) -> None:
    """Prove what the person wrote, and let them decide about it."""
    word, version = on_version(held.store, held.console, one)
    if one.id not in held.waiting():
        held.tell(f" {one.id} was decided elsewhere meanwhile; your version went with it.")
    elif word == "accept":
        save_edited(held.store, version)
        _take(held, version, is_edited=True)
    elif word == "original":
        edit.original(held.store, one)
        held.tell(" The suggested test is back.")
    else:
        held.tell(" Your version is kept in its file; a comes back to it.")


def _reject(held: Held, one: Suggestion) -> None:
    word = why_not(held.console, view_of(held.store, one, held.sitting))
    if word == "cancel":
        held.tell(" Nothing was decided.")
        return
    reason, scope = rejection(word)
    turn_down = bug.turn_down if one.kind == "bug" else acts.reject
    held.came(turn_down(held.store, one, reason=reason, scope=scope, seconds=held.seconds()))


def _xfail(held: Held, one: Suggestion) -> None:
    seconds = held.seconds()
    running = f" running {visible(one.target.path)} with it ..."
    held.long(running, lambda: bug.keep(held.store, one, seconds=seconds))


def _undo(held: Held, _: Suggestion) -> None:
    found = acts.latest(held.store)
    if found is None:
        held.tell(" There is no decision to take back.")
        return
    decision, one = found
    together = sitting.together(held.sitting, one.id)
    if not together and not _is_meant(held, one, decision.at):
        held.tell(" Nothing was taken back.")
        return
    came, back = acts.take_back_all(held.store, together or (one.id,))
    held.came(came)
    for identity in back:
        held.sitting = sitting.taken_back(held.sitting, identity)


def _is_meant(held: Held, one: Suggestion, at: str) -> bool:
    """Whether a decision from before this sitting is to be taken back."""
    question = f"{one.id} was decided before this sitting, at {visible(at)}. Take it back? type yes:"
    return held.console.line(question).lower() == "yes"


def _all_strong(held: Held, _: Suggestion) -> None:
    """Slower than single keys, on purpose."""
    chosen = acts.strong(held.store, tuple(held.waiting().values()))
    if not chosen:
        held.tell(" Nothing that waits is marked strong.")
        return
    typed = held.console.line(f"accept the {len(chosen)} left marked strong? type {len(chosen)}:")
    if typed != str(len(chosen)):
        held.tell(" Nothing was accepted.")
        return
    files = counted(len({one.target.path for one in chosen}), "file")
    held.long(
        f" running {files} with them ...",
        lambda: acts.accept(held.store, chosen, is_edited=False, seconds=None, only_strong=True),
    )


KEYS: Mapping[str, Callable[[Held, Suggestion], None]] = {
    "accept": _accept,
    "edit": _edit,
    "reject": _reject,
    "xfail": _xfail,
    "undo": _undo,
    "all-strong": _all_strong,
}
"""By the word of the key."""
_ACTS = {**KEYS, **LOOKING}


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
        size, seen = self.console.size(), view_of(self.store, one, self.sitting)
        choices = keys_of(one, stale=seen.stale)
        legend = self.console.legend(choices, size.width)
        lines = self.sitting.page or screen_lines(seen, size, legend)
        told = self.sitting.told if self.sitting.page else ()
        shown, following = pages.part(replace(self.sitting, page=tuple(lines), told=told), size, legend)
        choices = (*choices, MORE) if following != self.sitting.first else choices
        self.sitting = replace(self.sitting, following=following)
        self.look_at(one)
        self.console.draw(shown)
        return self.console.choose(choices)

    def _do(self, word: str, one: Suggestion) -> None:
        if word in key_words(one):
            self._act(word, one)
        elif word == MORE.word:
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
    return [f"an earlier accept of {name} was interrupted: it waits again" for name in settle_interrupted(store)]
