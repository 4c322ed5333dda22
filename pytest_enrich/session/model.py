"""The local model of one run: connected when there is something to ask, loaded while others work, then asked.

Imported only where a model is asked for: its client takes time to import.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TypeAlias

from msgspec.structs import replace

from pytest_enrich.config import Settings
from pytest_enrich.data import ModelPart, Target
from pytest_enrich.pipeline import Improver, RunContext
from pytest_enrich.proposers.ollama import abilities, connect, naming, prompt
from pytest_enrich.proposers.ollama.abilities import Role
from pytest_enrich.proposers.ollama.asking import LEFT, NEEDED, UNASKED, Asker
from pytest_enrich.proposers.ollama.connect import Connected
from pytest_enrich.proposers.ollama.gate import Refusal
from pytest_enrich.proposers.ollama.places import Places
from pytest_enrich.proposers.ollama.question import about_target
from pytest_enrich.proposers.ollama.scenario import Scenario
from pytest_enrich.proposers.ollama.use import Use
from pytest_enrich.proposers.ollama.wording import Wording
from pytest_enrich.protocols import Proposer
from pytest_enrich.reporters.words import counted
from pytest_enrich.session.panel import Course
from pytest_enrich.store.evidence import Answers

CONFINED = "rlimits-only"
LOADING = 60.0
"""How long kept tests wait for a model that is being loaded."""
HEAD_START, GLANCE = 15.0, 0.2
"""Seconds that others have before a model loads, unless they keep something; and how often that is checked."""
_DIGEST = 12
Proposers: TypeAlias = tuple[tuple[Role, Proposer], ...]
"""Who asks a model, and what it has to be able to do for that."""
Improvers: TypeAlias = tuple[tuple[Role, Improver, bool], ...]
"""The same for those who think of versions of a kept test, and whether these are to notice more."""


class LocalModel:
    """A model that may be asked, by those who have a role that it can play, cheapest first."""

    def __init__(
        self,
        found: Connected,
        asker: Asker,
        proposers: Proposers,
        improvers: Improvers,
    ) -> None:
        self._proposers, self._improvers = proposers, improvers
        self._wanted = threading.Event()
        self._found = found
        self._asker = asker
        self._able: dict[Role, bool | None] = {}
        self._loading = threading.Thread(target=self._load, name="enrich-model", daemon=True)
        self._loading.start()

    def _load(self) -> None:
        """Load while others search: what comes first is how the tests that they find are worded.

        People wait for the first of these: until there is one, the search has the machine to itself, for a while.
        """
        end = time.monotonic() + HEAD_START
        while time.monotonic() < end and not self._asker.has_kept and not self._wanted.wait(GLANCE):
            pass
        self._asker.warm(naming.FIRST)
        self._able["names"] = abilities.show(self._asker, "names")

    def _can(self, role: Role) -> bool:
        """Whether it can, as far as is known; nobody waits for that longer than for a model to load."""
        self._wanted.set()
        self._loading.join(timeout=max(min(self._asker.left(), LOADING), 0.0))
        if self._able.get(role) is None and not self._loading.is_alive():
            self._able[role] = abilities.show(self._asker, role)
        return self._able.get(role) is not False

    @property
    def proposers(self) -> tuple[Proposer, ...]:
        """The strategies that ask it."""
        return tuple(proposer for role, proposer in self._proposers if self._can(role))

    @property
    def identity(self) -> str:
        """As a finished gap names it: another model is asked again."""
        return f"ollama:{self._asker.model.pulled.digest[:_DIGEST] or self._asker.model.pulled.name}"

    def improvers(self) -> Iterator[tuple[Improver, bool]]:
        """Who words kept tests better, and who makes them notice more; once the model is loaded.

        Whether the model can is asked when their turn comes: before, the server would read other questions.
        """
        for role, improver, more in self._improvers:
            if self._can(role) and not self._loading.is_alive():
                yield improver, more

    @property
    def is_small(self) -> bool:
        """Whether it has few parameters."""
        return self._asker.model.is_small

    @property
    def is_gone(self) -> bool:
        """Whether it no longer answers."""
        return bool(self._asker.problem)

    def is_unasked(self, target: Target) -> bool:
        """Whether there was no time for a question about a target."""
        return about_target(target) in self._asker.unasked

    @property
    def part(self) -> ModelPart:
        """What was asked and what it took so far."""
        pulled = self._asker.model.pulled
        return ModelPart(
            name=pulled.name,
            digest=pulled.digest,
            host=str(self._found.client.host),
            stays_here=self._found.is_here,
            server=self._found.version,
            reason=self._found.reason,
            window=self._asker.model.window,
            counts={**self._asker.tally, **self._asker.paid()},
            seconds={name: round(value, 3) for name, value in self._asker.seconds.items()},
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know: what was asked, and why no more was."""
        tally, seconds = self._asker.tally, self._asker.seconds
        bad = [abilities.IN_WORDS[role] for role, is_able in self._able.items() if is_able is False]
        unable = f"asked three small tasks, the model failed at {', '.join(bad)}: not asked for these" * bool(bad)
        asked = (
            f"{self._found.heading}: {counted(tally['questions'], 'question')}, {tally['from before']} known from "
            f"before, {counted(tally['tokens written'], 'token')} in {seconds['waited']:.0f}s"
        )
        secrets = tally["secrets taken out"]
        taken = f"{counted(secrets, 'secret')} taken out of prompts" * bool(secrets)
        gone = f"the model stopped answering ({self._asker.problem}); the others went on" * self.is_gone
        return tuple(line for line in (asked, unable, taken, self._unasked, gone) if line)

    @property
    def _unasked(self) -> str:
        """That there was no time for a question, and how that was known; "" when there was."""
        tally, seconds = self._asker.tally, self._asker.seconds
        if not tally[UNASKED]:
            return ""
        needed, left = seconds[NEEDED], seconds[LEFT]
        takes = f"it takes about {needed:.0f}s, " * (needed > left)
        return f"no time for another question: {takes}{left:.0f}s were left; the next run asks it"

    def resume(self) -> None:
        """There is time again for what was not asked."""
        self._asker.resume()

    def close(self) -> None:
        """Ask nothing more; what is under way ends."""
        self._asker.close()
        self._wanted.set()


def begin(settings: Settings, context: RunContext, course: Course) -> LocalModel | str:
    """The model of a run, which is loading already; or why there is none."""
    connected = connect.connect(settings, notice=course.say)
    if isinstance(connected, Refusal):
        return connected.reason
    longest = prompt.longest(connected.model.room)
    window = connect.window(longest, connected.model.pulled, may_think=settings.think)
    answers = Answers(settings.directory, settings.rootdir)
    model = replace(connected.model, window=window, may_think=settings.think)
    asker = Asker(connected.client, model, answers, course.left, attempts=course.attempts)
    excluded = settings.prompt_exclude
    places = Places(course.suite, context.test_text)
    use, scenario = Use(asker, context.sandbox, excluded), Scenario(asker, places, excluded)
    # A small model is a user before it is a tester.
    strategies: Proposers = (("use", use), ("tests", scenario))
    strategies = strategies if model.is_small else strategies[::-1]
    names: Improvers = (("names", Wording(asker, excluded).versions, False),)
    # Where nothing confines it, code that a model wrote is not run.
    if context.sandbox.isolation == CONFINED and settings.sandbox != "process":
        return LocalModel(connected, asker, (), names)
    return LocalModel(connected, asker, strategies, (*names, ("tests", scenario.sharper, True)))
