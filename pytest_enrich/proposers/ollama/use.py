"""Ask a model to use the code: for texts to pass to a function, and for scripts.

A small model writes the module's own language where it cannot write tests: a docstring with sections, a schema, a
query. Its reply is only material: the search goes on from there, and states what it sees.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from msgspec.structs import replace

from pytest_enrich.data import Argument, Call, Candidate, Entry, NewTest, Origin, Parameter
from pytest_enrich.imports import parsed
from pytest_enrich.proposers import exploring
from pytest_enrich.proposers.ollama import prompt
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.protocol import Message, Options
from pytest_enrich.proposers.ollama.question import Question, about_target, is_excluded
from pytest_enrich.proposers.ollama.reply import FENCE
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.writing import findings
from pytest_enrich.writing.syntax import texts

NAME = "use"
SAMPLES = 3
"""How often the same is asked, each time with another seed, which gives another text."""
Form: TypeAlias = Literal["text", "script"]
PREDICT = 400
TEMPERATURE = 0.8
CODE = ("\ndef ", "\nclass ", "\nimport ", "\nfrom ")
"""No text has such lines: a small model that cannot think of one repeats the code to its end."""
MOST_TEXTS, LONGEST_TEXT, SHORTEST = 12, 1500, 3
_QUOTED = re.compile(r'"""(.*?)"""|\'\'\'(.*?)\'\'\'', re.DOTALL)
_TEXTUAL = re.compile(r"\b(str|bytes|AnyStr|Text)\b")
_NAMED = {"positional only", "positional", "keyword only"}


class Use:
    """The strategy as a proposer; what the model wrote is tried in `sandbox`."""

    name = "ollama"

    def __init__(self, asker: Asker, sandbox: Sandbox, excluded: Sequence[str] = ()) -> None:
        self._asker, self._sandbox, self._excluded = asker, sandbox, excluded

    def propose(self, task: Task) -> Iterator[Candidate]:
        """Tests of what the search found from the model's values; nothing where the model gave none."""
        target = task.target
        if not target.entries or is_excluded(target.path, self._excluded) or self._asker.is_barren(NAME):
            return
        texts = self._texts(task)
        if not texts:
            return
        recorded = exploring.record(target, self._sandbox)
        values = tuple(map(repr, texts))
        entries = tuple(
            replace(entry, calls=(*entry.calls, *_calls(entry, target.module, values))) for entry in target.entries
        )
        known = replace(target, entries=entries, constants=(*values, *target.constants))
        explored = exploring.explore(replace(task, target=known), recorded, self._sandbox)
        if explored is None:
            return
        for test in findings.render(task, explored, Origin(proposer="search", seed=task.seed)):
            digests = (digest for text, digest in texts.items() if any(part in test.code for part in _parts(text)))
            yield self._credited(test, next(digests, ""))

    def _credited(self, test: NewTest, digest: str) -> NewTest:
        """Credit a test with a line of the model's to the model; the search found the others."""
        if not digest:
            return test
        model = self._asker.model.pulled.name
        own = replace(test.origin, proposer=self.name, model=model, strategy=NAME, prompt=digest)
        return replace(test, origin=own)

    def _texts(self, task: Task) -> dict[str, str]:
        """What the model wrote for the first entry, each text with the digest of its question."""
        digests: dict[str, str] = {}
        for number, (form, messages) in enumerate(_questions(task)):
            if not task.has_turn():
                break
            stop, seed = () if form == "script" else CODE, task.seed + number
            options = Options(predict=PREDICT, temperature=TEMPERATURE, seed=seed, stop=stop)
            about = about_target(task.target)
            answered = self._asker.ask(Question(strategy=NAME, about=about, messages=messages, options=options))
            if answered is None:
                break
            for text in written(answered.text, form):
                digests.setdefault(text, answered.prompt)
        return dict([*digests.items()][:MOST_TEXTS])


def _questions(task: Task) -> Iterator[tuple[Form, tuple[Message, ...]]]:
    """The questions: for texts where the entry takes one, then for a script."""
    entry = task.target.entries[0]
    if (taken := _textual(entry)) is not None:
        for _ in range(SAMPLES):
            yield "text", prompt.text(task.target, entry.qualname, taken.name, task.source_text)
    yield "script", prompt.script(task.target, task.source_text)


def written(reply: str, form: Form) -> Iterator[str]:
    """The texts in a reply: what is in triple quotes, else its blocks, else all of it; a script's literals."""
    blocks = [block for _, block in FENCE.findall(reply)]
    quoted = [first or second for first, second in _QUOTED.findall(reply)]
    plain = [text.strip("\n") for text in (quoted or blocks or [reply])] if form == "text" else []
    trees = [tree for block in blocks if (tree := parsed(block)) is not None]
    candidates = (*plain, *texts(node for tree in trees for node in ast.walk(tree)))
    yield from (text for text in candidates if SHORTEST <= len(text) <= LONGEST_TEXT)


def _textual(entry: Entry) -> Parameter | None:
    """The first parameter that takes a text, as far as can be told."""
    for parameter in (parameter for parameter in entry.parameters if parameter.kind in _NAMED):
        description = f"{parameter.annotation or ''} {parameter.documented or ''}"
        if _TEXTUAL.search(description) or (not description.strip() and parameter.default is None):
            return parameter
    return None


def _calls(entry: Entry, module: str, values: Sequence[str]) -> Iterator[Call]:
    """Calls of the entry with each text, where no other argument is needed."""
    named = (parameter for parameter in entry.parameters if parameter.kind in _NAMED)
    needed, taken = {parameter.name for parameter in named if parameter.default is None}, _textual(entry)
    if taken is None or needed - {taken.name}:
        return
    owner = entry.qualname.rpartition(".")[0]
    receiver = f"⟨{module}:{owner}⟩()" if entry.kind == "method" else None
    for value in values:
        yield Call(qualname=entry.qualname, arguments=(Argument(name=taken.name, value=value),), receiver=receiver)


def _parts(text: str) -> list[str]:
    """The lines of a text that are long enough to be recognised."""
    return [line.strip() for line in text.splitlines() if len(line.strip()) > SHORTEST]
