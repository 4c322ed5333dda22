"""`word`: a better name and docstring for a kept test that another strategy found.

What is taken is decided here, never because a model said it: a word that nothing in sight has is no reason for a
name. A small model says well what an exception is raised for; other results of a call it makes up more often:
there each word has to be known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import refine
from pytest_enrich.data import Attempt, NewTest
from pytest_enrich.imports import parsed
from pytest_enrich.proposers.ollama import naming, prompt
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.protocol import Options
from pytest_enrich.proposers.ollama.question import Answered, Question, about_target, is_excluded
from pytest_enrich.protocols import Task
from pytest_enrich.writing import complaints, names, ways, words
from pytest_enrich.writing.syntax import functions_in

WORD = "word"
SECONDS = 8.0
"""How long a test may take; a slow server is asked for fewer tokens."""
PREDICT_NAME, PREDICT_SENTENCE = 28, 56
LONGEST, LONGEST_SENTENCE = 72, 80
MOST_WORDS = 9
FEWEST, FEWEST_RAISED = 2, 1
"""How many words of a name must say something of the test; that it raises says something, too."""
_SENTENCE = re.compile(r"[A-Z][\w ,;:'()/-]+\.")
_NAME = re.compile(r"test_[a-z][a-z0-9]*(_[a-z0-9]+)+")
_JUMBLED = re.compile(r"_with(out)?_\w+_(is|are)_\w+$")
"""`fetch_with_key_is_found`: nobody can tell the situation from the result."""
_CALLED = re.compile(r"test[_A-Z].*|\w+(_\w+){2,}", re.IGNORECASE)
"""A line of a reply that is a name."""
_RAISES = re.compile(r"_raises(_\w+)?$")
_MACHINERY = words.JOINTS | {
    "argument", "assert", "call", "case", "different", "equal", "error", "exception", "expected", "fail",
    "function", "give", "if", "input", "match", "method", "no", "not", "number", "object", "option", "output",
    "parameter", "pytest", "raise", "refuse", "reject", "result", "return", "same", "self", "should", "string",
    "test", "text", "type", "value", "without",
}  # fmt: skip
"""Words that fit any test."""
_VAGUE = {"correct", "correctly", "expected", "gracefully", "handled", "properly", "works"}
"""Words that say nothing about the result."""
_DENIALS = {"no", "not", "without"}
"""A small model does not see what is missing."""
_FAILURES = {"error", "exception", "fails", "raises", "refused", "rejected", "rejects"}
_REFUSED = {"bad", "illegal", "invalid", "malformed", "unexpected", "unknown", "unsupported"}
_CONDITIONS = complaints.FAULTS | {"blank", "fractional", "infinite", "large", "long", "none", "short", "small"}
"""Words that describe an input: a wrong one is worse than none. A refused input is some of these anyway."""


class Wording:
    """Asks one model for the name and docstring of a test."""

    def __init__(self, asker: Asker, excluded: Sequence[str] = ()) -> None:
        self._asker, self._excluded = asker, excluded
        self._given: set[tuple[str, str]] = set()

    def versions(self, task: Task, kept: Attempt) -> Iterator[NewTest]:
        """The test in the model's words, where they are better; a test that a model wrote has them already."""
        test = kept.candidate
        if not isinstance(test, NewTest) or test.origin.model:
            return
        if any(is_excluded(path, self._excluded) for path in (task.target.path, test.placement.path)):
            return
        asked = Asked(task=task, test=test)
        answered = self._asker.ask(asked.question)
        if answered is None:
            return
        worded = self._worded(asked, read(answered.text), answered)
        if worded.code != test.code:
            self._given.add((test.placement.path, worded.name))
            yield worded

    def _worded(self, asked: Asked, said: Said, answered: Answered) -> NewTest:
        """The test under the model's name where that is better, then with its docstring where others have one."""
        test = asked.test
        name = asked.name(said.name)
        # The names that it gave are in no file yet.
        if name == test.name or (test.placement.path, name) in self._given:
            return test
        version, parts = refine.renamed(test, name), ["name"]
        if sentence := asked.sentence(said.sentence):
            documented = refine.documented(version, sentence)
            parts += ["docstring"] * (documented.code != version.code)
            version = documented
        model = self._asker.model.pulled.name
        return replace(
            version, origin=replace(test.origin, model=model, prompt=answered.prompt, worded=tuple(parts))
        )


class Said(Struct, frozen=True, kw_only=True):
    """What a model answered, unchecked."""

    name: str = ""
    sentence: str = ""


class Asked(Struct, frozen=True, kw_only=True):
    """A test that the model is asked about."""

    task: Task
    test: NewTest

    @property
    def question(self) -> Question:
        """Asks for its name, and first for what it shows, unless it raises and needs no docstring."""
        is_short = bool(self.raised) and not self.has_docstrings
        code = prompt.reached(self.task.target, self.test.gaps, naming.MOST_CODE)
        shown = self.test.code.replace(self.test.name, "test_...", 1)
        wanted, predict = (naming.NAME, PREDICT_NAME) if is_short else (naming.SENTENCE, PREDICT_SENTENCE)
        return Question(
            strategy=WORD,
            about=about_target(self.task.target),
            messages=(*naming.FIRST, naming.about(code, shown, wanted)),
            options=Options(predict=predict, temperature=0.0, seed=self.task.seed),
            within=SECONDS,
        )

    @property
    def raised(self) -> str:
        """The class of the exception that the test expects, "" where it expects none."""
        raised = re.search(r"(?:\braises|assertRaises(?:Regex)?)\(\s*([\w.]+)", self.test.code)
        return raised[1].rpartition(".")[2] if raised is not None else ""

    @property
    def has_docstrings(self) -> bool:
        """Whether most tests of the file have one."""
        tree = parsed(self.task.test_text) or ast.Module([], [])
        tests = [function for function in functions_in(tree) if function.name.startswith("test")]
        return 2 * sum(ast.get_docstring(function) is not None for function in tests) > len(tests)

    def name(self, said: str) -> str:
        """The model's name, or the test's own where the model's is no better."""
        if self.raised:
            said = _RAISES.sub(f"_raises_{words.snake(self.raised)}", said)
            said = said if len(said) <= LONGEST else _RAISES.sub("", said)
        known_names = {attempt.candidate.name for attempt in self.task.attempts}
        taken = (known_names | names.functions(self.task.test_text)) - {self.test.name}
        styled = names.styled(said, taken)
        if styled in taken or not _is_name(said) or not self._is_true(said):
            return self.test.name
        # Readers preferred our names for exits of a program, for comparisons, and where they say what is rejected.
        is_compared = self.task.target.qualname.rpartition(".")[2] in ways.COMPARED
        if is_compared or self.raised == "SystemExit" or "rejects" in words.snake(self.test.name).split("_"):
            return self.test.name
        if self.raised:
            return styled
        subject, known = self._subject, self._known | self._shown
        own = (words.snake(self.task.target.qualname), *names.subjects(self.task.target.qualname, ""))
        is_better = _worth(said, subject, known) > _worth(self.test.name, subject, known)
        return styled if is_better or names.says_little(self.test.name, own) else self.test.name

    def _is_true(self, said: str) -> bool:
        """Whether a name says something of the test, and nothing that is not in sight."""
        spoken = {*words.snake(said).split("_")}
        known = self._known
        is_failure = bool(_stems(" ".join(spoken & _FAILURES)) - known)
        if spoken & _VAGUE or _JUMBLED.search(said):
            return False
        if not self.raised and (is_failure or spoken & _DENIALS):
            return False
        unfit = _CONDITIONS - (_REFUSED if self.raised else set())
        told, own = _told(said, self._subject, known, unfit)
        fewest, most_own = (FEWEST_RAISED, 1) if self.raised else (FEWEST, 0)
        return len(told) >= fewest and len(own - self._shown) <= most_own

    @property
    def _subject(self) -> frozenset[str]:
        """The words of what is called."""
        qualname, place = self.task.target.qualname, f"{self.test.placement.path} {self.test.placement.owner}"
        return _stems(" ".join((*names.subjects(qualname, place), qualname)))

    @property
    def _shown(self) -> frozenset[str]:
        """The words of the code that the model sees."""
        return _stems(prompt.reached(self.task.target, self.test.gaps, naming.MOST_CODE))

    def sentence(self, said: str) -> str:
        """The docstring, "" where the file has none, or it says nothing of the test."""
        sentence = " ".join(said.split())
        sentence = sentence if sentence.endswith(".") else f"{sentence}."
        is_plain = _SENTENCE.fullmatch(sentence) is not None and len(sentence) <= LONGEST_SENTENCE
        subject, known = _stems(self.task.target.qualname), self._known
        if not is_plain or not self.has_docstrings or not _is_known(sentence, subject, known):
            return ""
        return sentence

    @property
    def _known(self) -> frozenset[str]:
        """Words that may be used: those of the test and its title, of the function's docstring and parameters."""
        target = self.task.target
        parameters = [parameter.name for entry in target.entries for parameter in entry.parameters]
        parameters += [parameter.name for parameter in target.parameters]
        code = re.sub(r"\bdef \w+", "def _", self.test.code, count=1)
        gaps = " ".join(gap.text for gap in target.gaps if gap.id in self.test.gaps)
        nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, _LITERALS)]
        literals, kinds = [*map(ast.unparse, nodes)], {type(node).__name__ for node in nodes}
        evident = [words.evident(value, "", optional=True) or words.told(value) for value in literals]
        return _stems(
            " ".join((code, self.test.title, target.docstring or "", gaps, *parameters, *evident, *kinds))
        )


_LITERALS = (ast.Constant, ast.UnaryOp, ast.List, ast.Dict, ast.Tuple, ast.Set)


def read(reply: str) -> Said:
    """The first name in a reply, and the sentence before it."""
    lines = [line.strip().strip("`*#\"'").strip() for line in reply.splitlines()]
    at = next((at for at, line in enumerate(lines) if _CALLED.fullmatch(line)), None)
    if at is None:
        return Said()
    sentences = [line for line in lines[:at] if line]
    return Said(name=_plain(lines[at]), sentence=sentences[-1] if sentences else "")


def is_fitting(name: str, qualname: str, facts: str) -> bool:
    """Whether a test of this function may have this name, given these facts about it."""
    return _is_name(name) and _is_known(name.removeprefix("test_"), _stems(qualname), _stems(facts))


def _is_name(name: str) -> bool:
    """Whether it is a name, and a whole one: `jws_with_no_signature_cannot_be` breaks off."""
    last = name.rpartition("_")[2]
    is_whole = len(last) > 1 and last not in words.JOINTS
    return is_whole and _NAME.fullmatch(name) is not None and len(name) <= LONGEST and name not in naming.SAID


def _is_known(text: str, subject: frozenset[str], known: Collection[str]) -> bool:
    """Whether it says something, and nothing wrong about the input: one word may be the model's own."""
    told, own = _told(text, subject, known, _CONDITIONS)
    return bool(told) and len(own) <= 1


def _told(
    text: str, subject: frozenset[str], known: Collection[str], unfit: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """The words besides the subject's: the known ones (none if one is unfit), and the model's own."""
    content = _stems(text) - subject - _COMMON
    told, own = content & {*known}, content - {*known}
    return (frozenset(), own) if own & _stems(" ".join(unfit)) else (told, own)


def _worth(name: str, subject: frozenset[str], known: Collection[str]) -> int:
    """A score for a name: higher for what it says of the case in known words, lower for too many."""
    spoken = words.snake(name).split("_")[1:]
    told, own = _told(name, subject, known, ())
    return len(told) - len(own) - max(len(spoken) - MOST_WORDS, 0)


def _stems(text: str) -> frozenset[str]:
    """The words of a text, without grammatical endings."""
    return frozenset(map(_stem, filter(None, words.snake(text).split("_"))))


def _stem(word: str) -> str:
    return re.sub(r"(?<=\w{3})(?:ed|ing|es|s|d|e)$", "", word)[:7]


_COMMON = _stems(" ".join(_MACHINERY))
"""Words that need no evidence in a name."""


def _plain(name: str) -> str:
    """A name as a valid Python name of a test."""
    plain = words.snake(re.sub(r"\W+", "_", name).strip("_"))
    return plain if plain.startswith("test_") else f"test_{plain}"
