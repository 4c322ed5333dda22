"""`pytest-enrich review`: one suggestion after the other, a key a decision, as `git add -p` asks about changes."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, get_args

import click
from msgspec import Struct

from pytest_enrich.commands import accept, edit, reject, reproof, show, undo, verify
from pytest_enrich.commands.edit import is_edited_by_hand
from pytest_enrich.commands.project import project_option, say, tell_problems
from pytest_enrich.commands.taking import How, settle_interrupted
from pytest_enrich.data import Grade, Reason, Scope, Suggestion
from pytest_enrich.errors import EnrichError, UsageError
from pytest_enrich.reporters.words import counted, filled, visible, visible_lines
from pytest_enrich.store import Store, experience, identity
from pytest_enrich.store.experience import NONE, Experience
from pytest_enrich.store.python_file import today_line

_GRADES = get_args(Grade)
_COLOURS = {"  + ": "green", "  - ": "red", "! ": "yellow"}
"""By the prefix of a line."""
ENTER, ESCAPE = "\r", "\x1b"
_SAME = {"\n": ENTER, "\x1b[A": "k", "\x1b[D": "k", "\x1b[B": "j", "\x1b[C": "j"}
"""Keys that mean the same as another key."""
_WORD = 2  # anything shorter is a key


class Key(Struct, frozen=True):
    """Something that can be done: its key, its word, and the help that `?` shows."""

    key: str
    word: str
    text: str = ""


_OF_TEST = (
    Key("a", "accept", "into its file, and run that; a red file gets its old text back"),
    Key("e", "edit", "in $VISUAL or $EDITOR; what you write is proven again"),
)
_OF_BUG = (Key("x", "xfail", "its test goes into the suite as known to fail"),)
_OF_BOTH = (
    Key("r", "reject", "a second key says why; .enrich-rejected has it"),
    Key("s", "skip", "leave it for another time"),
    Key("t", "test", "run it where it lies; a possible bug's test fails"),
    Key("d", "diff", "the whole function and the whole change"),
    Key("u", "undo", "take the latest decision back"),
    Key("j", "next", "another one that waits"),
    Key("k", "back", "the one before"),
    Key("A", "all-strong", "accept all marked strong, after you typed how many"),
    Key("q", "quit", "all is saved"),
    Key("?", "help"),
)
_OF_VERSION = (Key("a", "accept"), Key("e", "edit"), Key("x", "original"), Key(ESCAPE, "cancel"))
_REASONS = (
    Key("w", "wrong"),
    Key("t", "trivial"),
    Key("d", "duplicate"),
    Key("s", "style"),
    Key("f", "flaky"),
    Key("n", "never for this code"),
    Key("N", "never for this file"),
    Key(ENTER, "no reason"),
    Key(ESCAPE, "cancel"),
)
_SCOPES: dict[str, Scope] = {"never for this code": "gap", "never for this file": "file"}


class Lines:
    """A person who types words, or the beginning of a word: for screen readers and odd terminals."""

    def choose(self, question: str, keys: Sequence[Key]) -> str:
        """The word of the key that was chosen, or the text as typed when it means nothing; an empty line is Enter.

        Raises:
            EOFError: The input has ended.
        """
        text = self.line(filled(f"{question} {', '.join(key.word for key in keys)}?"))
        return typed(text, keys) or text

    def line(self, question: str) -> str:
        """A line of text."""
        try:
            return input(f"{question} ").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise EOFError from error


class Keys(Lines):
    """A person who presses single keys at a terminal."""

    def choose(self, question: str, keys: Sequence[Key]) -> str:
        """As in `Lines`; anything typed before the question is discarded."""
        click.echo(f"{question} [{','.join(_shown(key.key) for key in keys)}]? ", nl=False)
        try:
            text = click.getchar()
        except (OSError, RuntimeError) as error:  # the terminal is gone
            raise EOFError from error
        if not text:
            raise EOFError
        pressed = _SAME.get(text, text)
        if not pressed.startswith(ESCAPE):
            pressed = pressed[0]
        say(pressed if pressed.isprintable() else "")
        return next((key.word for key in keys if key.key == pressed), pressed)


def typed(text: str, keys: Sequence[Key]) -> str:
    """The word meant by a typed line: a key, a word, or the beginning of exactly one word; "" for none."""
    exact = [key.word for key in keys if (text or ENTER) in {key.key, key.word}]
    begun = [key.word for key in keys if len(text) >= _WORD and key.word.startswith(text.lower())]
    words = exact or begun
    return words[0] if len(words) == 1 else ""


def _shown(key: str) -> str:
    return {ENTER: "Enter", ESCAPE: "Esc"}.get(key, key)


@click.command("review")
@click.argument("wanted", metavar="[PATH|ID]...", nargs=-1)
@click.option("--plain", is_flag=True, help="Line by line, in words: for screen readers and odd terminals.")
@click.option("--all-grades", is_flag=True, help="Those marked weak, too.")
@project_option
def command(store: Store, wanted: tuple[str, ...], *, plain: bool, all_grades: bool) -> int:
    """Decide on what waits, one after the other: all of it, or what is about a PATH or an ID."""
    tell_problems(store)
    settle_interrupted(store)
    waiting = chosen(store, wanted, all_grades=all_grades)
    if not waiting:
        say(_nothing(store))
        return 0
    if not _is_terminal(sys.stdin) or not (plain or _is_terminal(sys.stdout)):
        raise UsageError(_without_terminal(waiting[0]))
    for number in (signal.SIGHUP, signal.SIGTERM):  # like Ctrl-C: a file that is being run is restored
        signal.signal(number, signal.default_int_handler)
    is_dumb = plain or os.environ.get("TERM", "dumb") == "dumb"
    if is_dumb or os.environ.get("NO_COLOR"):
        click.get_current_context().color = False
    review = Review(store, Lines() if is_dumb else Keys(), waiting)
    try:
        review.hold()
    except EOFError:
        say()
    finally:
        say("\n".join(("", *review.summary())))
    return 0


def chosen(store: Store, wanted: tuple[str, ...], *, all_grades: bool = False) -> tuple[Suggestion, ...]:
    """The pending suggestions for these paths or ids, or all; weak ones only by id or with `all_grades`.

    Raises:
        UsageError: One of `wanted` is neither a path nor an id.
    """
    pending = store.shelf().suggestions
    shown = [suggestion for suggestion in pending if all_grades or suggestion.grade != "weak"]
    if not wanted:
        return tuple(shown)
    by_id: dict[str, Suggestion] = {}
    for word in wanted:
        about = _about(store, pending, word)
        matching = [one for one in about if one in shown] if about else [identity.choose(word, pending)]
        by_id |= {suggestion.id: suggestion for suggestion in matching}
    return tuple(by_id.values())


class Review:
    """One session. Each decision is on the disk before the next question, and the disk says what is pending."""

    def __init__(self, store: Store, reader: Lines, waiting: Iterable[Suggestion]) -> None:
        self._store, self._reader = store, reader
        self._order = order(waiting, experience.read(store))
        self._at = 0
        self._skipped: set[str] = set()
        self._began = 0.0
        self.batches: list[list[str]] = []
        """The ids of this session's decisions that still stand, one list for each key that was pressed."""

    def hold(self) -> None:
        """Ask until nothing is pending that was not skipped, or the person quits."""
        shown = ""
        while (suggestion := self._current()) is not None:
            if shown != suggestion.id:
                self._show(suggestion)
                shown, self._began = suggestion.id, time.monotonic()
            keys = (*(_OF_BUG if suggestion.kind == "bug" else _OF_TEST), *_OF_BOTH)
            word = self._reader.choose(f" {self._at + 1}/{len(self._order)} {suggestion.id}", keys)
            if word == "quit":
                return
            try:
                self._act(word, suggestion, keys)
            except EnrichError as error:
                say(visible_lines(str(error)))

    def summary(self) -> list[str]:
        """What was done, which files changed, and how to continue."""
        ours = {name for batch in self.batches for name in batch}
        done = [decision for decision, suggestion in undo.standing(self._store) if suggestion.id in ours]
        waiting = self._store.shelf().suggestions
        accepted = [decision for decision in done if decision.verb == "accept"]
        edited, rejected = sum(decision.edited for decision in accepted), len(done) - len(accepted)
        taken = f" accepted {len(accepted) - edited}   edited {edited}   rejected {rejected}"
        lines = [f"{taken}   skipped {len(self._skipped)}   left {len(waiting)}"]
        if files := Counter(decision.path for decision in accepted):
            lines.append(" changed by you just now, not staged:")
            lines += [f"   {visible(path)}    {counted(files[path], 'test')}" for path in sorted(files)]
            lines.append(" see it:    git diff")
        grades = " --all-grades" if all(suggestion.grade == "weak" for suggestion in waiting) else ""
        again = f" continue:  pytest-enrich review{grades}"
        return [*lines, again if waiting else " next:      pytest --enrich"]

    def _waiting(self) -> dict[str, Suggestion]:
        return {one.id: one for one in self._store.shelf().suggestions if one.id in self._order}

    def _current(self) -> Suggestion | None:
        """The next pending suggestion that was not skipped, from the current position on."""
        waiting = self._waiting()
        places = ((self._at + step) % len(self._order) for step in range(len(self._order)))
        place = next((at for at in places if self._order[at] in waiting.keys() - self._skipped), None)
        if place is None:
            return None
        self._at = place
        return waiting[self._order[place]]

    def _show(self, suggestion: Suggestion) -> None:
        for line in ("", *show.screen(self._store, suggestion)):
            colour = next((colour for sign, colour in _COLOURS.items() if line.startswith(sign)), None)
            say(click.style(line, fg=colour) if colour else line)

    def _act(self, word: str, suggestion: Suggestion, keys: Sequence[Key]) -> None:
        """Do what the word says, unless another process has decided on the suggestion since it was shown."""
        if word not in {key.word for key in keys}:
            say(f"{visible(word)!r} means nothing here; ? shows all keys." if word.isprintable() and word else "")
        elif word == "help":
            say("\n".join(f"  {key.key}  {key.word:<10}  {key.text}".rstrip() for key in keys))
        elif self._waiting().get(suggestion.id) != suggestion:
            say(f"{suggestion.id} was decided or made anew elsewhere meanwhile; nothing was done with it here.")
        else:
            _ACTS[word](self, suggestion)

    def skip(self, suggestion: Suggestion) -> None:
        """Leave it for another time."""
        self._skipped.add(suggestion.id)

    def step(self, by: Literal[1, -1]) -> None:
        """Go one forward or one back among the pending suggestions, stopping at either end."""
        waiting = self._waiting()
        further = self._order[self._at + 1 :] if by > 0 else self._order[: self._at][::-1]
        neighbour = next((name for name in further if name in waiting), None)
        if neighbour is None:
            say("This is the last one; k goes back, q quits." if by > 0 else "This is the first one.")
        else:
            self._skipped.discard(neighbour)
            self._at = self._order.index(neighbour)

    def accept(self, suggestion: Suggestion) -> None:
        """Put the test into its file, in the person's own version if there is one."""
        if is_edited_by_hand(self._store, suggestion):
            self._decide_on_version(suggestion)
        else:
            self._take([suggestion], How(seconds=self._seconds()))

    def accept_strong(self) -> None:
        """Accept all that are marked strong and neither stale nor edited. Slower than a single key, on purpose."""
        fresh = accept.strong(self._store, self._waiting().values())
        wanted = [suggestion for suggestion in fresh if not is_edited_by_hand(self._store, suggestion)]
        number = str(len(wanted))
        if not wanted:
            say("Nothing that waits is marked strong.")
        elif self._reader.line(f"accept the {number} left marked strong? type {number}:") == number:
            self._take(wanted, How(only_strong=True))
        else:
            say("Nothing was accepted.")

    def edit(self, suggestion: Suggestion) -> None:
        """Have the test edited, prove it again, and ask for a decision."""
        edit.open_editor(self._store, suggestion)
        if is_edited_by_hand(self._store, suggestion):
            self._decide_on_version(suggestion)
        else:
            say("The test was not changed; nothing was decided.")

    def reject(self, suggestion: Suggestion) -> None:
        """Turn the suggestion down, and whatever else is pending in the same scope."""
        word = self._reader.choose(f" why not {suggestion.id}?", _REASONS)
        if word not in {key.word for key in _REASONS} - {"cancel"}:
            say("Nothing was decided.")
            return
        scope = _SCOPES.get(word, "idea")
        reason: Reason = word if word in get_args(Reason) else "other"  # type: ignore[assignment]
        gone = reject.reject(self._store, [suggestion], reason=reason, scope=scope, seconds=self._seconds())
        self.batches.append([rejected.id for rejected in gone])
        say(f"{counted(len(gone), 'suggestion')} turned down, noted. {reject.COMES_BACK[scope]} {self._left()}")

    def undo(self) -> None:
        """Take back what the latest key decided; a decision from before this session only after confirmation."""
        standing = {suggestion.id: (decision, suggestion) for decision, suggestion in undo.standing(self._store)}
        ours = [name for name in self.batches.pop() if name in standing] if self.batches else []
        names = ours or [*standing][-1:]
        if not ours and not (names and self._is_meant(names[0], standing[names[0]][0].at)):
            say("Nothing was taken back.")
            return
        for name in reversed(names):
            try:
                changed = undo.undo(self._store, *standing[name])
            except EnrichError as error:
                say(visible_lines(str(error)))
                self.batches.append([name] if name in ours else [])
                continue
            say(f"took back what was decided on {name}; it waits again. Changed: {visible(changed)}")
            if name not in self._order:
                self._order.insert(self._at, name)
            self._skipped.discard(name)
            self._at = self._order.index(name)

    def run(self, suggestion: Suggestion) -> None:
        """Run the test as if it were in its file."""
        say(f"running {suggestion.id} ...")
        outcome = verify.run(self._store, suggestion)
        say(visible_lines(outcome.end))
        otherwise = "it fails, as told" if suggestion.kind == "bug" else "it did NOT pass"
        say(f"{'it passed' if outcome.passed else otherwise}: {visible(outcome.last_line)}")

    def diff(self, suggestion: Suggestion) -> None:
        """Show the whole function and the whole change."""
        line = today_line(self._store, suggestion)
        source = show.function(self._store, suggestion, line) if line is not None else ()
        change = "" if suggestion.kind == "bug" else show.whole_patch(self._store, suggestion)
        lines = [show.source_line(source_line) for source_line in source]
        say("\n".join([*lines, visible_lines(change)]))

    def _take(self, wanted: Sequence[Suggestion], how: How) -> None:
        files = sorted({suggestion.target.path for suggestion in wanted})
        say(f"running {visible(', '.join(files))} with {'it' if len(wanted) == 1 else 'them'} ...")
        results = accept.accept(self._store, wanted, how)
        accept.tell_results(results, bugs=wanted[0].kind == "bug")
        taken = [result.id for result in results if not result.refused]
        if taken:
            self.batches.append(taken)
            say(self._left())

    def _decide_on_version(self, suggestion: Suggestion) -> None:
        word, version = self._asked_about_version(suggestion)
        if suggestion.id not in self._waiting():
            say(f"{suggestion.id} was decided elsewhere meanwhile; your version went with it.")
        elif word == "accept":
            reproof.save(self._store, version)
            self._take([version], How(edited=frozenset({suggestion.id}), seconds=self._seconds()))
        elif word == "original":
            edit.original(self._store, suggestion)
            say("The suggested test is back.")
        else:
            say("Your version is kept in its file; a comes back to it.")

    def _asked_about_version(self, suggestion: Suggestion) -> tuple[str, Suggestion]:
        """Prove the edited test, again after each further edit; returns the decision and the version.

        Raises:
            RefusedError: The edited file has no test, or no editor can be started.
        """
        while True:
            say("checking your version ...")
            version, proof = reproof.judged(self._store, suggestion, edit.edited_version(self._store, suggestion))
            lines = (*show.change(self._store, version), "", *edit.told(suggestion, proof))
            say("\n".join(("your version:", *lines)))
            word = self._reader.choose(" your version:", _OF_VERSION)
            if word != "edit":
                return word, version
            edit.open_editor(self._store, suggestion)

    def _is_meant(self, name: str, at: str) -> bool:
        question = f"{name} was decided before this sitting, at {visible(at)}. Take it back? type yes:"
        return self._reader.line(question).lower() == "yes"

    def _seconds(self) -> float:
        """The seconds since the suggestion was shown."""
        return round(time.monotonic() - self._began, 1)

    def _left(self) -> str:
        """How many are pending, and how to undo: after the last one, `u` can no longer be pressed."""
        way = "u undoes this" if self._current() is not None else "back: pytest-enrich undo"
        return f"{len(self._waiting())} left   {way}"


_ACTS: Mapping[str, Callable[[Review, Suggestion], None]] = {
    "accept": Review.accept,
    "xfail": Review.accept,
    "edit": Review.edit,
    "reject": Review.reject,
    "skip": Review.skip,
    "test": Review.run,
    "diff": Review.diff,
    "undo": lambda review, _: review.undo(),
    "next": lambda review, _: review.step(1),
    "back": lambda review, _: review.step(-1),
    "all-strong": lambda review, _: review.accept_strong(),
}
"""By the word of the key."""


def order(suggestions: Iterable[Suggestion], known: Experience = NONE) -> list[str]:
    """Ids grouped by function, so that one reading serves several decisions; best first, in and among groups.

    What people did not want before comes late, and possible bugs come last: they ask a different question.
    """
    groups: dict[tuple[int, str, str], list[Suggestion]] = {}
    ranked = [(2 if one.kind == "bug" else int(known.comes_last(one)), one) for one in suggestions]
    for rank, suggestion in sorted(ranked, key=lambda item: (item[0], _worth(item[1]))):
        groups.setdefault((rank, suggestion.gap.path, suggestion.gap.qualname), []).append(suggestion)
    return [suggestion.id for group in groups.values() for suggestion in group]


def _worth(one: Suggestion) -> tuple[int, int, int, int, str]:
    gained = (-one.proof.lines_gained, -one.proof.branches_gained)
    return (_GRADES.index(one.grade), *gained, one.gap.line, one.id)


def _nothing(store: Store) -> str:
    weak = sum(suggestion.grade == "weak" for suggestion in store.pending())
    if weak:
        left = counted(weak, "weak one")
        return f"Nothing strong or good is pending.\n{left}:  pytest-enrich review --all-grades"
    return "Nothing is pending.\nNext:  pytest --enrich"


def _about(store: Store, pending: tuple[Suggestion, ...], word: str) -> list[Suggestion]:
    """The suggestions whose source or test file is this path, or in this folder."""

    def is_there(suggestion: Suggestion) -> bool:
        paths = (store.rootdir / suggestion.gap.path, store.rootdir / suggestion.target.path)
        return any(path.resolve().is_relative_to(place) for path in paths)

    with contextlib.suppress(OSError, ValueError, RuntimeError):
        place = (Path.cwd() / word).resolve()
        return list(filter(is_there, pending))
    return []


def _is_terminal(stream: object) -> bool:
    with contextlib.suppress(AttributeError, ValueError):
        return bool(stream.isatty())  # type: ignore[attr-defined]
    return False


def _without_terminal(suggestion: Suggestion) -> str:
    return (
        "review needs a terminal. Without one:\n"
        "  pytest-enrich list                   table of what is pending\n"
        f"  pytest-enrich show {suggestion.id:<17} gap, test, proof as plain text\n"
        f"  pytest-enrich accept {suggestion.id:<15} put it into {visible(suggestion.target.path)}\n"
        f"  pytest-enrich reject {suggestion.id} --reason wrong"
    )
