"""`word`: a kept test that others found, said better: its name, its docstring, and texts that a user would pass.

All of it is asked for in one question. What is taken is decided here, by the rules that our own names go by, and
never because a model said it: a word that nothing in sight knows is no reason for a name.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import refine
from pytest_enrich.data import Attempt, NewTest
from pytest_enrich.imports import parsed
from pytest_enrich.proposers.ollama import prompt
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.question import Answered, Question, about_target, is_excluded
from pytest_enrich.protocols import Task
from pytest_enrich.writing import names, words
from pytest_enrich.writing.syntax import functions_in

WORD = "word"
VALUE = "value"
SECONDS = 8.0
"""So long a test may take; it is told in fewer tokens where the server is slow."""
PREDICT = 64
MOST_NAMES, MOST_VALUES = 2, 2
LONGEST, LONGEST_SENTENCE = 72, 80
MOST_WORDS = 9
_SENTENCE = re.compile(r"[A-Z][\w ,;:'()/-]+\.")
_VALUE = re.compile(r"(?=.*[A-Za-z]{3})[\w .,:/@+-]{3,24}", re.ASCII)
_NUMBER = re.compile(r"(?<![\w-])-?\d+(?:\.\d+)?")
_NAME = re.compile(r"test_[a-z][a-z0-9]*(_[a-z0-9]+)+")
_MACHINERY = words.JOINTS | {
    "argument", "assert", "call", "case", "correctly", "error", "exception", "expected", "fail", "function",
    "give", "input", "match", "method", "no", "not", "number", "object", "option", "output", "parameter",
    "pytest", "raise", "refuse", "reject", "result", "return", "self", "should", "string", "test", "text", "type",
    "value", "without",
}  # fmt: skip
"""What names say of any test."""
_CONDITIONS = names.FAULTS | {"blank", "fractional", "infinite", "large", "long", "none", "short", "small"}
"""Words for how an input is: one that does not fit is worse than none."""


class Wording:
    """Asks one model how a test would be said; for texts only where a test that has them `may_run`."""

    def __init__(self, asker: Asker, excluded: Sequence[str] = (), *, may_run: bool = True) -> None:
        self._asker = asker
        self._excluded = excluded
        self._most_values = MOST_VALUES if may_run else 0
        # The second name of a small model is the first one with more words behind it.
        self._most_names = 1 if asker.model.is_small else MOST_NAMES

    def versions(self, task: Task, kept: Attempt) -> Iterator[NewTest]:
        """The test as it may be said, the best first: with the model's texts, then with its own.

        A version with other texts does something else than the test: it has to be proven. What a model wrote is
        in its own words already.
        """
        test, shown = kept.candidate, (task.target.path, kept.candidate.placement.path)
        if (
            not isinstance(test, NewTest)
            or test.origin.model
            or any(is_excluded(each, self._excluded) for each in shown)
        ):
            return
        texts = [text for text in refine.texts(test) if _is_dull(text, f"{task.source_text}{task.test_text}")]
        asked = Asked(task=task, test=test, texts=tuple(texts[: self._most_values]), most_names=self._most_names)
        answered = self._asker.ask(asked.question)
        if answered is None:
            return
        said = read(answered.text)
        if values := asked.values(said):
            origin = replace(test.origin, proposer="ollama", strategy=VALUE)
            yield self._worded(asked, said, replace(refine.revalued(test, values), origin=origin), answered)
        worded = self._worded(asked, said, test, answered)
        if worded.code != test.code:
            yield worded

    def _worded(self, asked: Asked, said: Said, test: NewTest, answered: Answered) -> NewTest:
        """The test under the best name, and with a docstring where the others there have one."""
        name = asked.name(said.names, test)
        sentence = asked.sentence(said.docstring, test)
        made = refine.documented(refine.renamed(test, name), sentence) if sentence else refine.renamed(test, name)
        parts = [
            *["name"] * (name != test.name),
            *["docstring"] * (made.code.count('"""') > test.code.count('"""')),
        ]
        is_own = test.origin.strategy == VALUE
        if not parts and not is_own:
            return test
        model = self._asker.model.pulled.name
        own = () if is_own else tuple(parts)
        return replace(made, origin=replace(test.origin, model=model, prompt=answered.prompt, worded=own))


class Said(Struct, frozen=True, kw_only=True):
    """What a model answered, unchecked."""

    names: tuple[str, ...] = ()
    docstring: str = ""
    values: Mapping[str, str] = {}


class Asked(Struct, frozen=True, kw_only=True):
    """One test that is asked about.

    `texts` are those of its texts for which a user would have others; it gets `most_names` to choose from.
    """

    task: Task
    test: NewTest
    texts: tuple[str, ...] = ()
    most_names: int = MOST_NAMES

    @property
    def question(self) -> Question:
        """Short, and what is the same for all tests first: it takes a small model's machine seconds to read."""
        code = self.test.code.replace(self.test.name, "test_...", 1)
        return Question(
            strategy=WORD,
            about=about_target(self.task.target),
            messages=prompt.wording(self.test.title, self.task.target.docstring or "", code),
            schema=self._schema,
            predict=PREDICT,
            temperature=0.0,
            seed=self.task.seed,
            within=SECONDS,
        )

    @property
    def _schema(self) -> dict[str, Any]:
        name = {"type": "string", "pattern": "^test_[a-z][a-z0-9_]{8,64}$"}
        properties: dict[str, Any] = {
            "names": {"type": "array", "items": name, "minItems": 1, "maxItems": self.most_names}
        }
        if self.texts:
            text = {"type": "string", "minLength": 3, "maxLength": 24}
            properties["values"] = _object(dict.fromkeys(self.texts, text))
        if self.has_docstrings:
            properties["docstring"] = {"type": "string", "maxLength": LONGEST_SENTENCE}
        return _object(properties)

    @property
    def has_docstrings(self) -> bool:
        """Whether most tests of the file have one."""
        tree = parsed(self.task.test_text)
        tests = [each for each in functions_in(tree) if each.name.startswith("test")] if tree is not None else []
        return 2 * sum(ast.get_docstring(each) is not None for each in tests) > len(tests)

    def name(self, said: Sequence[str], test: NewTest) -> str:
        """The best of the names, the test's own where none is better."""
        target = self.task.target
        place = f"{test.placement.path} {test.placement.owner}"
        subject = _stems(
            " ".join((*names.subjects(target.qualname, place), target.qualname, *_joined(target.qualname)))
        )
        known = self._known(test)
        known_names = {attempt.candidate.name for attempt in self.task.attempts}
        taken = (known_names | names.functions(self.task.test_text)) - {test.name}
        fitting = [
            styled
            for name in said
            if _fits(name, subject, known) and (styled := names.styled(name, taken)) not in taken
        ]
        best = max(fitting, key=lambda name: _worth(name, subject, known), default=test.name)
        is_better = _worth(best, subject, known) > _worth(test.name, subject, known)
        own = (words.snake(target.qualname), *names.subjects(target.qualname, target.qualname))
        return best if is_better or names.says_little(test.name, own) else test.name

    def sentence(self, said: str, test: NewTest) -> str:
        """The docstring, "" where there is to be none, or it says nothing of the test."""
        sentence = " ".join(said.split())
        sentence = sentence if sentence.endswith(".") else f"{sentence}."
        is_plain = _SENTENCE.fullmatch(sentence) is not None and len(sentence) <= LONGEST_SENTENCE
        subject, known = _stems(self.task.target.qualname), self._known(test)
        if not is_plain or not self.has_docstrings or not _is_known(sentence, subject, known):
            return ""
        return sentence

    def values(self, said: Said) -> dict[str, str]:
        """The texts to put in; none of them is one that the prompt itself has."""
        return {
            text: value
            for text, value in said.values.items()
            if text in self.texts and _VALUE.fullmatch(value) and not self._is_echo(value)
        }

    def _is_echo(self, value: str) -> bool:
        """Whether it is a word of the prompt's examples, of the code or of Python, and no value at all."""
        parameters = {parameter.name for parameter in self.task.target.parameters}
        is_named = value in prompt.EXAMPLES | parameters or value in self.test.code
        return is_named or hasattr(builtins, value) or _stem(value.lower()) in _COMMON

    def _known(self, test: NewTest) -> frozenset[str]:
        """What may be said: words of the test and its title, of the function's docstring and parameters."""
        target = self.task.target
        parameters = [parameter.name for entry in target.entries for parameter in entry.parameters]
        parameters += [parameter.name for parameter in target.parameters]
        code = re.sub(r"\bdef \w+", "def _", test.code, count=1)
        gaps = " ".join(gap.text for gap in target.gaps if gap.id in test.gaps)
        nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, _LITERALS)]
        literals, kinds = [*map(ast.unparse, nodes)], {type(node).__name__ for node in nodes}
        literals += [text for text in refine.texts(test) if _NUMBER.fullmatch(text)]
        literals += _NUMBER.findall(test.title)
        evident = [words.evident(value, "", optional=True) or words.told(value) for value in literals]
        return _stems(" ".join((code, test.title, target.docstring or "", gaps, *parameters, *evident, *kinds)))


_LITERALS = (ast.Constant, ast.UnaryOp, ast.List, ast.Dict, ast.Tuple, ast.Set)


def read(reply: str) -> Said:
    """What is in a reply: one that was cut off still has its names."""
    try:
        found = json.loads(reply[reply.find("{") : reply.rfind("}") + 1])
    except (ValueError, RecursionError):
        found = {"names": re.findall(r'"(test_\w+)"', reply)}
    found = found if isinstance(found, dict) else {}
    listed, docstring, values = found.get("names"), found.get("docstring"), found.get("values")
    pairs = values.items() if isinstance(values, dict) else ()
    return Said(
        names=tuple(map(_plain, filter(_is_text, listed if isinstance(listed, list) else ()))),
        docstring=docstring if isinstance(docstring, str) else "",
        values={old: new for old, new in pairs if isinstance(old, str) and isinstance(new, str)},
    )


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object with all of these and no others."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _joined(qualname: str) -> list[str]:
    """The parts of a name as one word each: `FixedOffset.dst` gives `fixedoffset` and `dst`."""
    return qualname.lower().replace("_", "").split(".")


def is_fitting(name: str, qualname: str, facts: str) -> bool:
    """Whether a test of this function may be called so, of which these facts are known."""
    return _fits(name, _stems(qualname), _stems(facts))


def _fits(name: str, subject: frozenset[str], known: Collection[str]) -> bool:
    is_name = _NAME.fullmatch(name) is not None and len(name) <= LONGEST
    return is_name and name not in prompt.EXAMPLES and _is_known(name.removeprefix("test_"), subject, known)


def _is_known(text: str, subject: frozenset[str], known: Collection[str]) -> bool:
    """Whether it says something, and nothing of an input that is not so: one word may be the model's own."""
    content = _stems(text) - subject - _COMMON
    unknown = content - {*known}
    return bool(content & {*known}) and not unknown & _stems(" ".join(_CONDITIONS)) and len(unknown) <= 1


def _worth(name: str, subject: frozenset[str], known: Collection[str]) -> float:
    """The better a name, the higher: what it says of the case, in words that are known, and not too many."""
    spoken = words.snake(name).split("_")[1:]
    content = _stems(name) - subject - _COMMON
    told = len(content & {*known}) - len(content - {*known}) + len(_stems(name) & _OUTCOMES & {*known})
    excess = max(len(spoken) - MOST_WORDS, 0) + len(spoken) - len({*spoken})
    return told - excess - 2 * any(word.isdigit() for word in spoken)


def _stems(text: str) -> frozenset[str]:
    """The words of a text, without what is only grammar at their ends."""
    return frozenset(map(_stem, filter(None, words.snake(text).split("_"))))


def _stem(word: str) -> str:
    return re.sub(r"(?<=\w{3})(?:ed|ing|es|s|d|e)$", "", word)[:7]


_COMMON, _OUTCOMES = _stems(" ".join(_MACHINERY)), _stems("refused rejected")
"""Words that need no evidence in a name, and those of them that say something where the test has them, too."""


def _is_dull(text: str, known: str) -> bool:
    """Whether nobody would pass a text, and nobody did: it has no word, and is no literal of the code."""
    is_known = any(f"{quote}{text}{quote}" in known for quote in "'\"")
    return bool(text) and re.search(r"[A-Za-z]{3}", text) is None and text.isprintable() and not is_known


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _plain(name: str) -> str:
    """A name as Python would have it."""
    plain = re.sub(r"\W+", "_", name).strip("_").lower()
    return plain if plain.startswith("test_") else f"test_{plain}"
