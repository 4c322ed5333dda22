"""`enrich-suggestions/`: suggestions, decisions and what a run has finished, safe on the disk at any moment.

What is told here is evidence, too: it is added to the chain of `store.evidence` before anything comes of it.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from pytest_enrich.data import Attempted, Decision, Finished, State, Suggestion
from pytest_enrich.data.run import Line, Written
from pytest_enrich.errors import StoreError
from pytest_enrich.store import disk, folder, identity, rejected, shelf
from pytest_enrich.store.evidence import Evidence, sha256
from pytest_enrich.store.identity import append_to_log, logged_states, read_log
from pytest_enrich.store.shelf import Shelf

__all__ = ["Shelf", "Store", "disk", "identity", "rejected"]


class Store(Struct, frozen=True):
    """The folder as a value: nothing is kept in memory, every answer is read from the disk.

    `directory` is the suggestions folder, `rootdir` the project's; both absolute.
    """

    directory: Path
    rootdir: Path

    def pending(self) -> tuple[Suggestion, ...]:
        """The suggestions that nobody has decided on, those of one function together."""
        return tuple(one for one in self.shelf().suggestions if one.kind != "bug")

    def bugs(self) -> tuple[Suggestion, ...]:
        """The possible bugs that nobody has decided on, in the same order."""
        return tuple(one for one in self.shelf().suggestions if one.kind == "bug")

    def shelf(self) -> Shelf:
        """All that waits, with a line for every suggestion and log line that could not be read."""
        lying = shelf.read(self.directory / "pending", self.rootdir)
        decisions, broken = read_log(self._decisions, Decision, disk.LARGEST)
        states = logged_states(decisions)
        waiting = (one for one in lying.suggestions if self._state(one, states) == "pending")
        problems = (f"decisions.jsonl has {broken} unreadable lines: not used",) if broken else ()
        return Shelf(tuple(waiting), lying.problems + problems)

    def withdraw(self, suggestion: Suggestion) -> None:
        """Remove what lies in `pending/`, as if it had never been made."""
        folder.remove(self.directory / "pending" / suggestion.id)

    def lying(self, kind: str) -> tuple[Suggestion, ...]:
        """The suggestions whose files lie in `pending` or `decided`, whatever was decided about them."""
        return shelf.read(self.directory / kind, self.rootdir).suggestions

    def decided_names(self) -> tuple[str, ...]:
        """The folders in `decided/`, older ones of the same id included."""
        return folder.names(self.directory / "decided")

    def clean(self) -> None:
        """Remove all that is in `decided/`."""
        for name in self.decided_names():
            folder.remove(self.directory / "decided" / name)

    def find(self, prefix: str) -> Suggestion:
        """The suggestion or possible bug that waits and whose id, or the id's second part, begins with `prefix`.

        Raises:
            UsageError: None does, or several do, or it cannot be read; the message names the nearest.
        """
        found = self.shelf()
        return identity.choose(prefix, found.suggestions, found.problems)

    def state(self, suggestion: Suggestion) -> State:
        """What was decided about it, folded from the decisions (`stale` only when a run noted it)."""
        return self._state(suggestion, logged_states(self.decisions()))

    def save(self, suggestion: Suggestion, patch_text: str, module_text: str) -> Path:
        """Write a pending suggestion; returns its folder. One with the same id is replaced; a text "" is no file.

        Raises:
            StoreError: It cannot be written. `suggestion.json` comes last: without it nothing is pending.
        """
        if not identity.is_valid(suggestion.id):
            raise StoreError(f"{suggestion.id!r} cannot be the name of a suggestion\nIt was not written.")
        self.prepare()
        if self.state(suggestion) != "pending":
            self.note(_again(suggestion))
        place = folder.make_inside(self.directory, "pending", suggestion.id)
        self.evidence.add("suggestion", _written(suggestion, patch_text, module_text))
        _write(place, suggestion, patch_text, module_text)
        return place

    def replace_patch(self, suggestion: Suggestion, patch_text: str) -> None:
        """Write the patch of a pending suggestion again, because the file that it changes has changed."""
        disk.write(self.directory / "pending" / suggestion.id / "suggestion.patch", patch_text)

    def replace_module(self, suggestion: Suggestion, module_text: str) -> None:
        """Write the runnable file of a pending suggestion again, for the same reason."""
        name = identity.module_name(suggestion.id)
        disk.write(self.directory / "pending" / suggestion.id / name, module_text)

    def keep_decided(self, suggestion: Suggestion, patch_text: str, module_text: str) -> None:
        """Write a suggestion that was decided elsewhere; "" is no file."""
        if not identity.is_valid(suggestion.id):
            raise StoreError(f"{suggestion.id!r} cannot be the name of a suggestion\nIt was not written.")
        self.prepare()
        place = folder.make_inside(self.directory, "decided", suggestion.id)
        _write(place, suggestion, patch_text, module_text)

    def read_text(self, suggestion: Suggestion, name: str) -> str:
        """A file of the suggestion, pending or decided; "" when it is missing or cannot be read."""
        for kind in ("pending", "decided"):
            place = self.directory / kind / suggestion.id
            content = None if place.is_symlink() else disk.read(place / name)
            if content is not None:
                return content.decode("utf-8", "replace")
        return ""

    def decide(self, decision: Decision) -> None:
        """Note the decision, safe on the disk, and only then move the suggestion to where it belongs."""
        self.note(decision)
        self.settle(decision)

    def note(self, *decisions: Decision) -> None:
        """Only note the decisions: for those whose consequence is still to come."""
        self.prepare()
        self.evidence.add("decision", *decisions)
        append_to_log(self._decisions, decisions)

    def settle(self, decision: Decision) -> None:
        """Move the suggestion to `decided/`, or back to `pending/` after an undo."""
        if not identity.is_valid(decision.id):
            raise StoreError(f"{decision.id!r} cannot be the name of a suggestion\nIt was not moved.")
        pending = self.directory / "pending" / decision.id
        decided = self.directory / "decided" / decision.id
        if decision.verb == "undo":
            if not pending.exists():
                folder.move(decided, pending)
        else:
            folder.move(pending, decided)

    def decisions(self) -> tuple[Decision, ...]:
        """All decisions, oldest first."""
        return read_log(self._decisions, Decision, disk.LARGEST)[0]

    def journal(self, *lines: Line) -> None:
        """Note attempts and finished gaps; on the disk when this returns."""
        self.prepare()
        folder.make_inside(self.directory, ".cache")
        self.evidence.add("attempt", *(line.attempt for line in lines if isinstance(line, Attempted)))
        append_to_log(self.directory / ".cache" / "state.jsonl", lines)

    def finished(self) -> tuple[Finished, ...]:
        """The gaps that earlier runs are done with, oldest first.

        Each says for which digest of its function and which proposer: another digest is tried again.
        """
        return tuple(line for line in self._journal() if isinstance(line, Finished))

    def attempts(self) -> tuple[Attempted, ...]:
        """What earlier runs tried, oldest first."""
        return tuple(line for line in self._journal() if isinstance(line, Attempted))

    def forget(self) -> None:
        """Forget attempts and finished gaps, so that all are tried again."""
        folder.remove(self.directory / ".cache" / "state.jsonl")

    def prepare(self) -> None:
        """Make the folder with its `.gitignore`; see `folder.prepare`."""
        folder.prepare(self.directory, self.rootdir)

    def exists(self) -> bool:
        """Whether there is a suggestions folder."""
        return self.directory.is_dir() and folder.is_ours(self.directory)

    @property
    def evidence(self) -> Evidence:
        """The chain of all that happened."""
        return Evidence(self.directory / "evidence", self.rootdir)

    @property
    def _decisions(self) -> Path:
        return self.directory / "decisions.jsonl"

    def _journal(self) -> tuple[Line, ...]:
        return read_log(self.directory / ".cache" / "state.jsonl", Line)[0]  # type: ignore[arg-type]

    @staticmethod
    def _state(one: Suggestion, states: dict[tuple[str, str], State]) -> State:
        return states.get((one.id, one.test.body_sha256), "pending")


def _write(place: Path, one: Suggestion, patch_text: str, module_text: str) -> None:
    """Its files; `suggestion.json` last."""
    for name, text in (("suggestion.patch", patch_text), (identity.module_name(one.id), module_text)):
        if text:
            disk.write(place / name, text)
        else:
            folder.remove(place / name)
    disk.write_json(place / "suggestion.json", one)


def _written(one: Suggestion, patch_text: str, module_text: str) -> Written:
    patch, module = (
        text and sha256(text.encode("utf-8", "surrogateescape")) for text in (patch_text, module_text)
    )
    return Written(suggestion=one, patch=patch, module=module)


def _again(one: Suggestion) -> Decision:
    """The same test was made once more: whatever was decided about it, it waits again."""
    return Decision(id=one.id, body=one.test.body_sha256, verb="undo", at=one.made.at, why="again")
