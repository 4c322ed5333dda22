"""`name`: a better name for a proven test that the others found and whose own name says little.

The test itself stays as it is, token by token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from pytest_enrich import patch
from pytest_enrich.data import Gap, NewTest
from pytest_enrich.proposers.ollama import prompt
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.question import Question, about_target, is_excluded
from pytest_enrich.protocols import Task
from pytest_enrich.writing import findings, names, words

NAME = "name"
PREDICT = 40
MOST = 6
"""Names that are asked for in a run: each takes time from those who look for tests."""
LONGEST, LONGEST_REST = 72, 40
_SMALL = {"a", "an", "the", "is", "in", "of", "for", "and", "or", "not", "with", "test", "def", "return"}


class Naming:
    """Asks one model for names."""

    def __init__(self, asker: Asker, excluded: Sequence[str] = ()) -> None:
        self._asker = asker
        self._excluded = excluded

    def named(self, task: Task, test: NewTest) -> NewTest | None:
        """The same test under the model's name; None where its own is good, or the model's no better."""
        target = task.target
        gap = next((gap for gap in target.gaps if gap.id in test.gaps), None)
        is_open = not is_excluded(target.path, self._excluded) and not test.origin.strategy
        has_all = self._asker.tally[f"{NAME} asked"] >= MOST
        if gap is None or not is_open or has_all or not says_little(test.name, target.qualname):
            return None
        answered = self._asker.ask(self._question(task, test, gap))
        name = _name(answered.text) if answered is not None else ""
        thought_of = {attempt.candidate.name for attempt in task.attempts}
        if not name or name in thought_of | names.functions(task.test_text) or not _fits(name, task, test, gap):
            return None
        renamed = findings.renamed(test, name)
        return renamed if patch.body_of(renamed) == patch.body_of(test) else None

    def _question(self, task: Task, test: NewTest, gap: Gap) -> Question:
        code = test.code.replace(test.name, "test_...", 1)
        # A small model would say the function's name again, so that has to be gone on with.
        pattern = f"^test_{words.snake(task.target.qualname)}_[a-z][a-z0-9_]{{3,{LONGEST_REST}}}$"
        return Question(
            strategy=NAME,
            about=about_target(task.target),
            messages=prompt.name(task.target, gap, task.source_text, code),
            schema={
                "type": "object",
                "properties": {"name": {"type": "string", "pattern": pattern}},
                "required": ["name"],
            },
            predict=PREDICT,
            temperature=0.0,
            seed=task.seed,
        )


def says_little(name: str, qualname: str) -> bool:
    """Whether a test's name says no more than which function it tests, and a number."""
    rest = re.sub(r"_\d+$", "", name.removeprefix("test_"))
    return rest in {
        words.snake(qualname),
        words.snake(qualname.rpartition(".")[2]),
        *names.subjects(qualname, qualname),
        "",
    }


def _name(reply: str) -> str:
    """The name in a reply, "" for one that nobody would give a test."""
    try:
        answer = json.loads(reply[reply.find("{") : reply.rfind("}") + 1])
    except (ValueError, RecursionError):
        return ""
    given = answer.get("name") if isinstance(answer, dict) else None
    plain = re.sub(r"\W+", "_", given).strip("_").lower() if isinstance(given, str) else ""
    name = plain if plain.startswith("test_") else f"test_{plain}"
    return name if re.fullmatch(r"test_[a-z][a-z0-9]*(_[a-z0-9]+)+", name) and len(name) <= LONGEST else ""


def _fits(name: str, task: Task, test: NewTest, gap: Gap) -> bool:
    """Whether a name says something of the test, the condition or the function: words of the prompt do not."""
    function = set(words.snake(task.target.qualname).split("_"))
    known = set(words.snake(f"{test.code} {gap.text} {task.target.source}").split("_"))
    return bool((set(name.split("_")) - function - _SMALL) & known)
