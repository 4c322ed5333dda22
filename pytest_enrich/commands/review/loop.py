"""A sitting: what is shown, which key was pressed, and what that does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from msgspec.structs import replace

from pytest_enrich.commands import accept, reject, undo, verify
from pytest_enrich.commands.accept import is_edited_by_hand, save_edited
from pytest_enrich.commands.parts import whole_patch
from pytest_enrich.commands.review import edit, screen, sitting
from pytest_enrich.commands.review.console import (
    ESCAPED,
    MORE,
    REASONS,
    REDRAW,
    SHOWN,
    Console,
    answer_of,
    key_words,
    keys_of,
    rejection,
)
from pytest_enrich.commands.review.screen import view_of
from pytest_enrich.commands.review.sitting import Came, Done, Sitting
from pytest_enrich.commands.taking import How, settle_interrupted
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import counted, filled, fit, visible, visible_lines
from pytest_enrich.store import Store, experience, rejected
from pytest_enrich.store.python_file import is_stale

_QUIT = "quit"
_COMES_BACK = {
    "idea": "This idea will not come back; other ideas for {name} may.",
    "gap": "Nothing comes back for this code until it changes.",
    "function": "Nothing comes back for this function.",
    "file": "Nothing comes back for this file.",
}
_VERIFIED = {
    "ok": " still true: its code is unchanged, and it passes.",
    "stale": " still stale: what it is about changed. The next run looks again:  pytest --enrich",
    "fails": " it does NOT pass on today's tree.",
    "there": " still so: the docstring says it, and the test fails.",
    "mended": " its test PASSES by now. The next run takes it away:  pytest --enrich",
    "unclear": " its test was NOT run.",
}


class Review:
    """`sitting` is what was done so far, at any moment; the disk says what waits."""

    def __init__(self, store: Store, console: Console, waiting: Sequence[Suggestion]) -> None:
        self.store, self.console = store, console
        self.sitting = Sitting(order=sitting.order(waiting, experience.read(store)))
        self._seen: tuple[str, float] = ("", 0.0)

    def hold(self) -> None:
        """Until nothing waits that was not skipped, or the person quits.

        Raises:
            Gone: Nobody is there any more. Decisions are on the disk.
        """
        for suggestion in iter(self._current, None):
            word = self._ask(suggestion)
            if word == _QUIT:
                return
            try:
                self._do(word, suggestion)
            except EnrichError as error:
                self.tell(*_lines(error))

    def waiting(self) -> dict[str, Suggestion]:
        """What waits now, by id, as the disk says it."""
        return {
            suggestion.id: suggestion
            for suggestion in self.store.shelf().suggestions
            if suggestion.id in self.sitting.order
        }

    @property
    def width(self) -> int:
        """Columns that are used."""
        return self.console.size().width

    def seconds(self) -> float:
        """Since the suggestion came on the screen."""
        return round(time.monotonic() - self._seen[1], 1)

    def tell(self, *lines: str) -> None:
        """Say this above the next screen, all of it."""
        self.sitting = self.sitting.telling(*self._rows(*lines))

    def show(self, lines: Sequence[str]) -> None:
        """Show a page in place of the suggestion."""
        self.sitting = replace(self.sitting.telling(), page=tuple(lines))

    def wait_for(self, telling: str, act: Callable[[], Came]) -> None:
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
            self.sitting = replace(self.sitting, page=(*came.page, "", screen.BACK), first=sitting.END)

    def _left(self) -> str:
        """How many wait, and the way back: after the last one there is no screen on which `u` could be pressed."""
        waiting = self.waiting()
        goes_on = sitting.onward(self.sitting, waiting) is not None
        return f"   {len(waiting)} left   {'u undoes this' if goes_on else 'back: pytest-enrich undo'}"

    def _rows(self, *lines: str) -> list[str]:
        """As rows of the screen: what happened, what was done and what helps are not to be cut."""
        texts = (filled(line.strip(), self.width - 1, 1, before=1) for line in lines)
        return [row for text in texts if text for row in f" {text}".splitlines()]

    def _current(self) -> Suggestion | None:
        waiting = self.waiting()
        following = sitting.onward(self.sitting, waiting)
        if following is None:
            return None
        self.sitting = following
        return waiting[following.id]

    def _ask(self, suggestion: Suggestion) -> str:
        """Show the suggestion, or a page about it, and wait for a choice."""
        size, seen = self.console.size(), view_of(self.store, suggestion, self.sitting)
        choices = keys_of(suggestion, stale=seen.stale)
        legend = self.console.legend(choices, size)
        lines = self.sitting.page or screen.compose(seen, size, len(legend))
        told = self.sitting.told if self.sitting.page else ()
        shown, following = screen.part(replace(self.sitting, page=tuple(lines), told=told), size, legend)
        choices = (*choices, MORE) if following != self.sitting.first else choices
        self.sitting = replace(self.sitting, following=following)
        if self._seen[0] != suggestion.id:
            self._seen = (suggestion.id, time.monotonic())
        self.console.draw(shown)
        return self.console.choose(choices)

    def _do(self, word: str, suggestion: Suggestion) -> None:
        if word in key_words(suggestion):
            self._act(word, suggestion)
        elif word == MORE.word:
            self.sitting = replace(self.sitting, first=self.sitting.following)
        elif word == ESCAPED:
            self.sitting = replace(self.sitting, page=(), first=0)
        elif word != REDRAW:
            self.tell(f" {visible(word)!r} means nothing here; ? shows all keys." if word else "")

    def _act(self, word: str, suggestion: Suggestion) -> None:
        """Another process may have decided on it since it was shown."""
        if self.waiting().get(suggestion.id) != suggestion:
            self.tell(
                f" {suggestion.id} was decided or made anew elsewhere meanwhile; nothing was done with it here."
            )
        else:
            KEYS[word](self, suggestion)


def settle(store: Store) -> list[str]:
    """Finish what a killed command left, in words."""
    return [f"an earlier accept of {name} was interrupted: it waits again" for name in settle_interrupted(store)]


def _whole(review: Review, suggestion: Suggestion) -> None:
    patch = "" if suggestion.kind == "bug" else whole_patch(review.store, suggestion)
    review.show(screen.whole(view_of(review.store, suggestion, review.sitting), patch, review.width))


def _mutants(review: Review, suggestion: Suggestion) -> None:
    review.show(screen.mutants(view_of(review.store, suggestion, review.sitting), review.width))


def _help(review: Review, _: Suggestion) -> None:
    review.show(screen.HELP)


def _copy(review: Review, suggestion: Suggestion) -> None:
    """All at once: what has scrolled away can be copied too, what is on another page cannot."""
    from pytest_enrich.reporters.md import issue

    text = visible_lines(issue(suggestion)).rstrip("\n").split("\n")
    command = f"  pytest-enrich show {suggestion.id} --issue"
    lines = [*text, "", "This is the text to copy. It is printed alone by:", command]
    answer_of(review.console, lambda: lines, SHOWN, ESCAPED)
    review.tell()


def _run(review: Review, suggestion: Suggestion) -> None:
    """Run the test where it lies."""
    known, otherwise = {0: "it passed"}, "it did NOT pass"
    if suggestion.kind == "bug":
        known, otherwise = {0: "it PASSED", 1: "it fails, as told"}, "it was NOT run"

    def run() -> Came:
        try:
            outcome = verify.run(review.store, suggestion)
        except EnrichError as error:
            return Came(besides=_lines(error))
        word = otherwise if outcome.late else known.get(outcome.status, otherwise)
        return Came(told=(f" {word}: {visible(outcome.last_line)}",), output=outcome.end)

    review.wait_for(f" running {suggestion.id} ...", run)


def _verify(review: Review, suggestion: Suggestion) -> None:
    """Is it still true on today's tree?"""

    def check() -> Came:
        state, output = verify.verify(review.store, suggestion)
        return Came(told=(_VERIFIED[state],), output=output if state in verify.OUTPUT else "")

    review.wait_for(f" checking {suggestion.id} ...", check)


def _skip(review: Review, _: Suggestion) -> None:
    review.sitting = sitting.skip(review.sitting)


def _stepping(by: Literal[1, -1]) -> Callable[[Review, Suggestion], None]:
    def step(review: Review, _: Suggestion) -> None:
        review.sitting = sitting.stepped(review.sitting, review.waiting(), by)

    return step


def _find(review: Review, _: Suggestion) -> None:
    text = review.console.line("find:")
    review.sitting = sitting.found(review.sitting, tuple(review.waiting().values()), text)


def _accept(review: Review, suggestion: Suggestion) -> None:
    if is_edited_by_hand(review.store, suggestion):
        _on_version(review, suggestion)
    else:
        _take(review, [suggestion], How(seconds=review.seconds()))


def _take(review: Review, chosen: Sequence[Suggestion], how: How) -> None:
    """Put them into their files, and run those."""
    files = {suggestion.target.path for suggestion in chosen}
    running = visible(next(iter(files))) if len(files) == 1 else counted(len(files), "file")
    pronoun = "it" if len(chosen) == 1 else "them"
    review.wait_for(f" running {running} with {pronoun} ...", lambda: _taken(review.store, chosen, how))


def _taken(store: Store, chosen: Sequence[Suggestion], how: How) -> Came:
    results = accept.accept(store, chosen, how)
    taken = [result for result in results if not result.refused]
    refused = [result for result in results if result.refused]
    known = ", as known to fail" if chosen[0].kind == "bug" else ""
    names = ((visible(result.path), line, visible(name)) for result in taken for name, line in result.names)
    told = [f" added to {path}:{line}  {name}{known}" for path, line, name in names]
    if len(told) > 1:
        told = [f" added {counted(len(told), 'test')}"]
    told += [
        f" {visible(path)}: {visible(ran)}"
        for path, ran in {result.path: result.summary for result in taken}.items()
    ]
    notes = [f"note: {visible(note)}" for note in dict.fromkeys(result.note for result in taken if result.note)]
    reasons = [visible_lines(f"{result.id} was not accepted: {result.refused}") for result in refused]
    return Came(
        told=tuple(told),
        besides=(*notes, *(line for reason in reasons for line in reason.split("\n"))),
        output="\n\n".join(f"{result.refused}\n{result.output}".strip() for result in refused if result.output),
        done=tuple(
            Done(id=result.id, verb="accept", path=result.path, edited=result.id in how.edited) for result in taken
        ),
    )


def _edit(review: Review, suggestion: Suggestion) -> None:
    edit.open_editor(review.store, review.console, suggestion)
    review.console.forget_typed()
    if is_edited_by_hand(review.store, suggestion):
        _on_version(review, suggestion)
    else:
        review.tell(" The test was not changed; nothing was decided.")


def _on_version(review: Review, suggestion: Suggestion) -> None:
    """Prove what the person wrote, and let them decide about it."""
    word, version = edit.on_version(review.store, review.console, suggestion)
    if suggestion.id not in review.waiting():
        review.tell(f" {suggestion.id} was decided elsewhere meanwhile; your version went with it.")
    elif word == "accept":
        save_edited(review.store, version)
        _take(review, [version], How(edited=frozenset({suggestion.id}), seconds=review.seconds()))
    elif word == "original":
        edit.original(review.store, suggestion)
        review.tell(" The suggested test is back.")
    else:
        review.tell(" Your version is kept in its file; a comes back to it.")


def _reject(review: Review, suggestion: Suggestion) -> None:
    """Turn it down, and what else waits in the same scope."""
    console, asked = review.console, f" why not {suggestion.id}?"
    seen = replace(view_of(review.store, suggestion, review.sitting), told=(asked,))

    def lines() -> list[str]:
        size = console.size()
        if size.rows is None:  # it was read just now
            return [fit(f"{asked}  {suggestion.title}", size.width)]
        return screen.compose(seen, size, len(console.legend(REASONS, size)))

    word = answer_of(console, lines, REASONS)
    if word == "cancel":
        review.tell(" Nothing was decided.")
        return
    reason, scope = rejection(word)
    gone = reject.reject(review.store, [suggestion], reason=reason, scope=scope, note="", seconds=review.seconds())
    name = visible(suggestion.gap.qualname or suggestion.gap.path)
    more = f" {len(gone)} suggestions went with it." if len(gone) > 1 else ""
    told = (f" noted in {rejected.NAME}. {_COMES_BACK[scope].format(name=name)}", more)
    review.came(Came(told=told, done=tuple(Done(id=each.id, verb="reject") for each in gone)))


def _undo(review: Review, _: Suggestion) -> None:
    """Take back the latest decision, and those that the same key made."""
    standing = {suggestion.id: (decision, suggestion) for decision, suggestion in undo.standing(review.store)}
    if not standing:
        review.tell(" There is no decision to take back.")
        return
    latest = next(reversed(standing))
    together = sitting.together(review.sitting, latest)
    if not together and not _is_meant(review, latest, standing[latest][0].at):
        review.tell(" Nothing was taken back.")
        return
    back: list[str] = []
    told: list[str] = []
    besides: list[str] = []
    for decision, suggestion in [standing[name] for name in reversed(together or (latest,)) if name in standing]:
        try:
            changed = undo.undo(review.store, decision, suggestion)
        except EnrichError as error:
            besides += _lines(error)
            continue
        back.append(suggestion.id)
        what = "accepting" if decision.verb == "accept" else "rejecting"
        told.append(f" took back {what} {suggestion.id} in {visible(changed)}; it waits again")
    if len(back) > 1:
        told = [f" took back {len(back)} decisions; what they were about waits again"]
    review.came(Came(told=tuple(told), besides=tuple(besides)))
    for name in back:
        review.sitting = sitting.taken_back(review.sitting, name)


def _is_meant(review: Review, name: str, at: str) -> bool:
    """Whether a decision from before this sitting is to be taken back."""
    question = f"{name} was decided before this sitting, at {visible(at)}. Take it back? type yes:"
    return review.console.line(question).lower() == "yes"


def _all_strong(review: Review, _: Suggestion) -> None:
    """Those that are marked strong, not stale, not edited. Slower than single keys, on purpose."""
    store = review.store
    marked = [
        suggestion
        for suggestion in review.waiting().values()
        if suggestion.grade == "strong" and not is_stale(store, suggestion)
    ]
    chosen = [suggestion for suggestion in marked if not is_edited_by_hand(store, suggestion)]
    if not chosen:
        review.tell(" Nothing that waits is marked strong.")
        return
    typed = review.console.line(f"accept the {len(chosen)} left marked strong? type {len(chosen)}:")
    if typed != str(len(chosen)):
        review.tell(" Nothing was accepted.")
        return
    _take(review, chosen, How(only_strong=True))


def _lines(error: EnrichError) -> tuple[str, ...]:
    return tuple(visible_lines(str(error)).split("\n"))


KEYS: Mapping[str, Callable[[Review, Suggestion], None]] = {
    "accept": _accept,
    "xfail": _accept,
    "edit": _edit,
    "reject": _reject,
    "undo": _undo,
    "all-strong": _all_strong,
    "diff": _whole,
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
