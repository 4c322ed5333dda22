"""From a kept attempt to the suggestion on the disk."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Attempt, Gap, Suggestion
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.protocols import Sandbox
from pytest_enrich.session.files import TestFiles
from pytest_enrich.store import Store


class Writer(Struct, frozen=True, kw_only=True):
    """Writes suggestions into `store`; `made` says when and with what, `sandbox` where they were proven."""

    store: Store
    files: TestFiles
    made: MadePart
    sandbox: Sandbox

    def write(self, attempt: Attempt, gap: Gap, others: Sequence[Gap]) -> Suggestion:
        """The suggestion, written: for the gap that names it, and the others that it closes.

        Raises:
            RefusedError: Its test file, as it is now, cannot take it.
        """
        candidate = attempt.candidate
        text = self.files.text(candidate.placement.path)
        isolation = self.sandbox.isolation
        # Of two functions the tests may have one name; a person sees both before either is in the file.
        beside = (each for each in self.store.pending() if each.target.path == candidate.placement.path)
        taken = {name for each in beside for name in each.test.names}
        attempt = replace(attempt, candidate=patch.named_apart(candidate, taken))
        one = patch.suggest(attempt, gap, others, text, made=self.made, isolation=isolation)
        self.store.save(one, patch.render_patch(one, text), patch.render_module(one, text))
        return one
