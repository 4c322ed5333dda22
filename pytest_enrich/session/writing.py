"""What was kept becomes a suggestion on the disk, in the form of its test file."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Attempt, Gap, Suggestion
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.errors import RefusedError
from pytest_enrich.protocols import Sandbox
from pytest_enrich.store import Store, identity, seal, targets


class Writer:
    """Writes suggestions into `store`.

    Args:
        store: Where they go, and where those that wait are.
        made: When and with what they are made.
        sandbox: Where they were proven.
    """

    def __init__(self, store: Store, made: MadePart, sandbox: Sandbox) -> None:
        self._store, self._made, self._sandbox = store, made, sandbox
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person must know about the form of the tests."""
        return tuple(self._notes)

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        """The names of the tests that wait, by their file: read once, a run writes many."""
        found: dict[str, set[str]] = defaultdict(set)
        for one in self._store.pending():
            found[one.target.path].update(one.test.names)
        return found

    def write(self, attempt: Attempt, gap: Gap, others: Sequence[Gap]) -> Suggestion:
        """The suggestion, written: for the gap that names it, and the others that it closes.

        Raises:
            RefusedError: Its test file, as it is now, cannot take it.
        """
        candidate = attempt.candidate
        text = self._text(candidate.placement.path)
        isolation = self._sandbox.isolation
        # Of two functions the tests may have one name; a person sees both before either is in the file.
        taken = self._names[candidate.placement.path]
        attempt = replace(attempt, candidate=patch.named_apart(candidate, taken))
        one = patch.suggest(attempt, gap, others, text, made=self._made, isolation=isolation)
        one = seal.sealed(self._store.rootdir, patch.formed(one, text, self._form))
        patch_text = patch.render_patch(one, text, how=patch.How(form=self._form))
        self._store.save(one, patch_text, patch.render_module(one, text))
        taken.update(one.test.names)
        return one

    def rewrite(self, old: Suggestion, attempt: Attempt, gap: Gap, others: Sequence[Gap]) -> Suggestion | None:
        """The suggestion written again with another version of its test; None where it is not as it was."""
        waiting = next((one for one in self._store.pending() if one.id == old.id), None)
        lying = self._store.read_text(old, identity.module_name(old.id))
        with contextlib.suppress(RefusedError):
            text = self._text(old.target.path)
            if waiting == old and lying == patch.render_module(old, text):
                self._names[old.target.path].difference_update(old.test.names)
                return self.write(attempt, gap, others)
        return None

    def _text(self, path: str) -> str | None:
        """The test file as it is now, people may write in it meanwhile; None when it is not there."""
        try:
            return patch.decode((self._store.rootdir / path).read_bytes(), path)
        except OSError:
            return None

    def _form(self, path: str, before: str | None, after: str) -> str:
        made = targets.formatted(self._store.rootdir, path, before, after)
        self._notes.update(dict.fromkeys(filter(None, [made.note])))
        return made.text
