"""From a kept attempt to the suggestion on the disk."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

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
        text = self.files.text(attempt.candidate.placement.path)
        isolation = self.sandbox.isolation
        one = patch.suggest(attempt, gap, others, text, made=self.made, isolation=isolation)
        self.store.save(one, patch.render_patch(one, text), patch.render_module(one, text))
        return one
