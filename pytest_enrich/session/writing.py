"""From a kept attempt to the suggestion on the disk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Attempt, Gap, Suggestion
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.protocols import Sandbox
from pytest_enrich.session.files import TestFiles
from pytest_enrich.store import Store, seal


class Writer:
    """Writes suggestions into `store`.

    Args:
        store: Where they go, and where those that wait are.
        files: The test files as they are.
        made: When and with what they are made.
        sandbox: Where they were proven.
    """

    def __init__(self, store: Store, files: TestFiles, made: MadePart, sandbox: Sandbox) -> None:
        self._store, self._files, self._made, self._sandbox = store, files, made, sandbox

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
        text = self._files.text(candidate.placement.path)
        isolation = self._sandbox.isolation
        # Of two functions the tests may have one name; a person sees both before either is in the file.
        taken = self._names[candidate.placement.path]
        attempt = replace(attempt, candidate=patch.named_apart(candidate, taken))
        one = patch.suggest(attempt, gap, others, text, made=self._made, isolation=isolation)
        one = seal.sealed(self._store.rootdir, one)
        self._store.save(one, patch.render_patch(one, text), patch.render_module(one, text))
        taken.update(one.test.names)
        return one
