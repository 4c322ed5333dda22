"""Who thinks of tests in a run: those that need no model, and the model from when there is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pytest_enrich.config import MODEL, Settings
from pytest_enrich.data import Attempt, ModelPart, Target
from pytest_enrich.pipeline import Improver
from pytest_enrich.proposers.properties import PropertiesProposer, uses_hypothesis
from pytest_enrich.proposers.rows import RowsProposer
from pytest_enrich.proposers.search import SearchProposer
from pytest_enrich.protocols import Proposer, Sandbox
from pytest_enrich.session.ground import Ground
from pytest_enrich.session.writing import TestFiles

if TYPE_CHECKING:
    from pytest_enrich.session.model import LocalModel


class Panel:
    """The proposers of one run; a model is among them once it was begun and found.

    Args:
        settings: Who is asked, and how.
        sandbox: Where they try things out.
        files: The test files that they add to.
    """

    def __init__(self, settings: Settings, sandbox: Sandbox, files: TestFiles) -> None:
        self._settings, self._sandbox, self._files = settings, sandbox, files
        self._model: LocalModel | None = None
        self._silence = ""

    def begin_model(
        self,
        ground: Ground,
        source_text: Callable[[str], str],
        left: Callable[[], float],
        attempts: Callable[[], Sequence[Attempt]],
        say: Callable[[str], None],
    ) -> None:
        """Have the model loaded while others work; that there is none is said, and no reason to stop.

        The functions are as in `model.Course`.
        """
        if MODEL not in self._settings.asked or not ground.targets:
            return
        from pytest_enrich.proposers.ollama.places import Places
        from pytest_enrich.session import model

        places = Places(ground.suite, self._files.readable)
        course = model.Course(source_text=source_text, places=places, left=left, attempts=attempts, say=say)
        found = model.begin(self._settings, self._sandbox, ground.targets, course)
        if isinstance(found, str):
            self._silence = f"the model was not asked: {found}"
        else:
            self._model = found

    def close(self) -> None:
        """Ask a model nothing more."""
        if self._model is not None:
            self._model.close()

    def proposers(self, names: Sequence[str]) -> tuple[Proposer, ...]:
        """Those of these names that can be asked; with a model all others begin with what it said, too."""
        rows = RowsProposer(self._sandbox, self._files.readable)
        known: dict[str, Proposer] = {
            "rows": rows,
            # A value that a call needs is the better suggestion as one more row of a test that passes it on.
            "search": SearchProposer(self._sandbox, *([rows.of_calls] if rows.name in names else [])),
            "properties": PropertiesProposer(self._sandbox),
        }
        if not uses_hypothesis(self._settings.rootdir, self._settings.test_files):
            del known["properties"]  # a share of the time that is for nothing
        others = tuple(known[name] for name in names if name in known)
        return (*others, *(self._model.proposers if self._model is not None and MODEL in names else ()))

    def resume(self) -> None:
        """There is time again for what the model was not asked."""
        if self._model is not None:
            self._model.resume()

    def identities(self, names: Sequence[str]) -> tuple[str, ...]:
        """The proposers as a finished gap names them: a model's with its digest."""
        return tuple(self._model.identity if name == MODEL and self._model else name for name in names)

    @property
    def improvers(self) -> tuple[tuple[Improver, bool], ...]:
        """Who knows other versions of a kept test, and whether they are to notice more; only a model does."""
        return self._model.improvers if self._model is not None else ()

    @property
    def has_model(self) -> bool:
        """Whether there is a model to be asked."""
        return self._model is not None

    @property
    def is_gone(self) -> bool:
        """Whether the model does not answer any more."""
        return self._model is not None and self._model.is_gone

    def is_unasked(self, target: Target) -> bool:
        """Whether there was no time for a question to the model about a target."""
        return self._model is not None and self._model.is_unasked(target)

    @property
    def part(self) -> ModelPart | None:
        """What a model was asked and what it took, None without one."""
        return self._model.part if self._model else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know of the model, or why there was none."""
        return self._model.notes if self._model else (self._silence,) if self._silence else ()
