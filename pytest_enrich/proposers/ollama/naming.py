"""`name`: a better name for a proven test whose own says little; the test itself stays as it is, token by token.

There is no docstring: the hash by which a rejected idea is known again leaves out the name, and nothing else.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Gap, NewTest
from pytest_enrich.proposers.ollama import answer, inputs, prompt, redact
from pytest_enrich.proposers.ollama import subject as subjects
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.question import Question
from pytest_enrich.proposers.search import words
from pytest_enrich.protocols import Task

NAME = "name"
PREDICT = 40
_SMALL = frozenset(
    {"a", "an", "the", "is", "in", "of", "for", "and", "or", "not", "with", "test", "def", "return"}
)
LONGEST, LONGEST_REST = 72, 40
FEWEST_PARAMETERS = 3e9
"""Smaller models copy a name from the question."""
STRATEGIES = {inputs.NAME, "seed"}
"""Those that name tests after conditions; a whole test has the model's own name."""


class Naming:
    """Asks one model for names."""

    def __init__(self, asker: Asker, excluded: Sequence[str] = ()) -> None:
        self._asker = asker
        self._excluded = excluded

    def named(self, task: Task, test: NewTest) -> NewTest | None:
        """The same test with the model's name for it; None where its own is good, or the model's no better."""
        target = task.target
        gap = next((one for one in target.gaps if one.id in test.gaps), None)
        if gap is None or not target.entries or not self._may_ask(task, test):
            return None
        answered = self._asker.ask(self._question(task, test, gap))
        name = _name(answered.text) if answered else ""
        if not name or name in _taken(task) or not _fits(name, task, test, gap):
            return None
        code = test.code.replace(f"def {test.name}(", f"def {name}(", 1)
        made = replace(test, name=name, code=code)
        return made if patch.body_of(made) == patch.body_of(test) and name != test.name else None

    def _may_ask(self, task: Task, test: NewTest) -> bool:
        is_small = 0 < self._asker.model.pulled.parameters < FEWEST_PARAMETERS
        is_ours = (
            test.origin.strategy in STRATEGIES and says_little(test.name, task.target.qualname) and not is_small
        )
        return is_ours and not redact.is_excluded(task.target.path, self._excluded)

    def _question(self, task: Task, test: NewTest, gap: Gap) -> Question:
        page = subjects.page(subjects.of(task.target, task.source_text))
        return Question(
            strategy=NAME,
            about=f"{task.target.path}::{task.target.qualname}",
            messages=prompt.name(prompt.inputs(page, gap), test.code.replace(test.name, "test_...", 1)),
            schema=_schema(words.snake(task.target.qualname)),
            predict=PREDICT,
            temperature=0.0,
            seed=task.seed,
        )


def _schema(function: str) -> dict[str, Any]:
    """Of the reply: a small model would say the function's name again, so that has to be gone on with."""
    pattern = f"^test_{function}_[a-z][a-z0-9_]{{3,{LONGEST_REST}}}$"
    name = {"type": "string", "pattern": pattern}
    return {"type": "object", "properties": {"name": name}, "required": ["name"]}


def says_little(name: str, qualname: str) -> bool:
    """Whether a test's name says no more than which function it tests, and a number."""
    said = re.sub(r"_\d+$", "", name.removeprefix("test_"))
    return said in {words.snake(qualname), words.snake(qualname.rpartition(".")[2]), ""}


def _fits(name: str, task: Task, test: NewTest, gap: Gap) -> bool:
    """Whether a name says something of the test, the condition or the function: words of the prompt do not."""
    function = set(words.snake(task.target.qualname).split("_"))
    known = words.snake(f"{test.code} {gap.text} {task.target.source}").split("_")
    told = set(name.removeprefix("test_").split("_")) - function - _SMALL
    return not says_little(name, task.target.qualname) and bool(told & set(known))


def _name(text: str) -> str:
    """The name in a reply, "" for one that nobody would give a test."""
    given = next(iter(answer.inputs(text)), {}).get("name")
    plain = re.sub(r"\W+", "_", given).strip("_").lower() if isinstance(given, str) else ""
    name = plain if plain.startswith("test_") else f"test_{plain}"
    return name if re.fullmatch(r"test_[a-z][a-z0-9]*(_[a-z0-9]+)+", name) and len(name) <= LONGEST else ""


def _taken(task: Task) -> set[str]:
    """Names of the test file, and of what was thought of for it in this run."""
    thought = {one.candidate.name for one in task.attempts}
    try:
        nodes = ast.walk(ast.parse(task.test_text))
    except (SyntaxError, ValueError, RecursionError):
        return thought
    return thought | {one.name for one in nodes if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
