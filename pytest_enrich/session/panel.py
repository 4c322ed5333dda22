"""Who is asked in a run: the proposers, a local model among them where there is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from pytest_enrich.config import MODEL, Settings
from pytest_enrich.data import Attempt, Target
from pytest_enrich.pipeline import RunContext
from pytest_enrich.proposers.rows import RowsProposer
from pytest_enrich.proposers.search import SearchProposer
from pytest_enrich.protocols import Proposer
from pytest_enrich.source import Suite

if TYPE_CHECKING:
    from pytest_enrich.session.model import LocalModel

# The part of the budget that the others may use before a small model is asked, and before any other; what is left
# over is theirs again. A small one closes few gaps, but some that they leave for good: its time comes from what
# they do not use.
EARLY_SMALL, EARLY_PART = 0.85, 0.5


class Course(Struct, frozen=True, kw_only=True):
    """What a model has to know about the run in which it is asked.

    Attributes:
        suite: What is known of the tests.
        left: Seconds left of the run.
        attempts: What was tried so far.
        say: Told what the model is waited for.
    """

    suite: Suite
    left: Callable[[], float]
    attempts: Callable[[], Sequence[Attempt]]
    say: Callable[[str], None]


class Panel:
    """The proposers of one run; a `model` is one of them once it was found.

    Args:
        settings: Who is asked, and how.
        context: Where they try things out, and the test files as they are.
    """

    def __init__(self, settings: Settings, context: RunContext) -> None:
        self._settings, self._context = settings, context
        self.model: LocalModel | None = None
        self._silence = ""

    @property
    def early(self) -> float:
        """As for `plan_round`."""
        if self.model is None:
            return 0.0
        return EARLY_SMALL if self.model.is_small else EARLY_PART

    def begin_model(self, targets: Sequence[Target], course: Course) -> None:
        """Have the model loaded while others work; that there is none is noted, but is no reason to stop."""
        if MODEL not in self._settings.asked or not targets:
            return
        from pytest_enrich.session import model

        begun = model.begin(self._settings, self._context, course)
        if isinstance(begun, str):
            self._silence = f"the model was not asked: {begun}"
        else:
            self.model = begun

    def close(self) -> None:
        """Ask a model nothing more."""
        if self.model is not None:
            self.model.close()

    def proposers(self, names: Sequence[str]) -> tuple[Proposer, ...]:
        """Those of these names that can be asked; with a model all others begin with what it said, too."""
        rows = RowsProposer(self._context.sandbox, self._context.test_text)
        by_name: dict[str, Proposer] = {
            "rows": rows,
            # A value that a call needs is the better suggestion as one more row of a test that passes it on.
            "search": SearchProposer(self._context.sandbox, *([rows.of_calls] if rows.name in names else [])),
        }
        others = tuple(by_name[name] for name in names if name in by_name)
        return (*others, *(self.model.proposers if self.model is not None and MODEL in names else ()))

    def identities(self, names: Sequence[str]) -> tuple[str, ...]:
        """The proposers as a finished gap names them: a model's with its digest."""
        return tuple(self.model.identity if name == MODEL and self.model else name for name in names)

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know about the model, or why there was none."""
        return self.model.notes if self.model else (self._silence,) if self._silence else ()
