"""`word`: a kept test that others found, said better: its name and its docstring.

What is taken is decided here, never because a model said it: a word that nothing in sight knows is no reason for a
name. What an exception is raised for, a small model says well; what else comes of a call it makes up more often:
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
from pytest_enrich.writing import names, ways, words
from pytest_enrich.writing.syntax import functions_in

WORD = "word"
SECONDS = 8.0
"""So long a test may take; it is told in fewer tokens where the server is slow."""
PREDICT_NAME, PREDICT_SENTENCE = 28, 56
LONGEST, LONGEST_SENTENCE = 72, 80
MOST_WORDS = 9
FEWEST, FEWEST_RAISED = 2, 1
"""So many words of a name have to say something of the test; that it raises says something, too."""
_SENTENCE = re.compile(r"[A-Z][\w ,;:'()/-]+\.")
_NAME = re.compile(r"test_[a-z][a-z0-9]*(_[a-z0-9]+)+")
_JUMBLED = re.compile(r"_with(out)?_\w+_(is|are)_\w+$")
"""`fetch_with_key_is_found`: of what comes of it nobody can tell of what it comes."""
_CALLED = re.compile(r"test[_A-Z].*|\w+(_\w+){2,}", re.IGNORECASE)
"""A line of a reply that is a name."""
_RAISES = re.compile(r"_raises(_\w+)?$")
_MACHINERY = words.JOINTS | {
    "argument", "assert", "call", "case", "different", "equal", "error", "exception", "expected", "fail",
    "function", "give", "if", "input", "match", "method", "no", "not", "number", "object", "option", "output",
    "parameter", "pytest", "raise", "refuse", "reject", "result", "return", "same", "self", "should", "string",
    "test", "text", "type", "value", "without",
}  # fmt: skip
"""What names say of any test."""
_VAGUE = {"correct", "correctly", "expected", "gracefully", "handled", "properly", "works"}
"""With these nothing is said of what comes of it."""
_DENIALS = {"no", "not", "without"}
"""What is not there a small model does not see."""
_FAILURES = {"error", "exception", "fails", "raises", "refused", "rejected", "rejects"}
_REFUSED = {"bad", "illegal", "invalid", "malformed", "unexpected", "unknown", "unsupported"}
_CONDITIONS = ways.FAULTS | {"blank", "fractional", "infinite", "large", "long", "none", "short", "small"}
"""Words for how an input is: one that does not fit is worse than none. What is refused is some of them anyhow."""


class Wording:
    """Asks one model how a test would be said."""

    def __init__(self, asker: Asker, excluded: Sequence[str] = ()) -> None:
        self._asker, self._excluded = asker, excluded
        self._given: set[tuple[str, str]] = set()

    def versions(self, task: Task, kept: Attempt) -> Iterator[NewTest]:
        """The test as the model says it, where that is better; what a model wrote is in its own words already."""
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
        # Those that it gave are in no file yet.
        if name == test.name or (test.placement.path, name) in self._given:
            return test
        made, parts = refine.renamed(test, name), ["name"]
        if sentence := asked.sentence(said.sentence):
            documented = refine.documented(made, sentence)
            parts += ["docstring"] * (documented.code != made.code)
            made = documented
        model = self._asker.model.pulled.name
        return replace(made, origin=replace(test.origin, model=model, prompt=answered.prompt, worded=tuple(parts)))


class Said(Struct, frozen=True, kw_only=True):
    """What a model answered, unchecked."""

    name: str = ""
    sentence: str = ""


class Asked(Struct, frozen=True, kw_only=True):
    """One test that is asked about."""

    task: Task
    test: NewTest

    @property
    def question(self) -> Question:
        """What it is called, and what it shows where that is said, too, or is no exception."""
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
        tree = parsed(self.task.test_text)
        tests = [each for each in functions_in(tree) if each.name.startswith("test")] if tree is not None else []
        return 2 * sum(ast.get_docstring(each) is not None for each in tests) > len(tests)

    def name(self, said: str) -> str:
        """The model's name, the test's own where that one is no better."""
        if self.raised:
            said = _RAISES.sub(f"_raises_{words.snake(self.raised)}", said)
            said = said if len(said) <= LONGEST else _RAISES.sub("", said)
        known_names = {attempt.candidate.name for attempt in self.task.attempts}
        taken = (known_names | names.functions(self.task.test_text)) - {self.test.name}
        styled = names.styled(said, taken)
        if styled in taken or not _is_name(said) or not self._is_true(said):
            return self.test.name
        # Readers preferred ours for what a program exits with, for comparisons, and where it says what is refused.
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
        """Whether a name says something of the test, and nothing that nothing in sight tells."""
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
        """The docstring, "" where there is to be none, or it says nothing of the test."""
        sentence = " ".join(said.split())
        sentence = sentence if sentence.endswith(".") else f"{sentence}."
        is_plain = _SENTENCE.fullmatch(sentence) is not None and len(sentence) <= LONGEST_SENTENCE
        subject, known = _stems(self.task.target.qualname), self._known
        if not is_plain or not self.has_docstrings or not _is_known(sentence, subject, known):
            return ""
        return sentence

    @property
    def _known(self) -> frozenset[str]:
        """What may be said: words of the test and its title, of the function's docstring and parameters."""
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
    """Whether a test of this function may be called so, of which these facts are known."""
    return _is_name(name) and _is_known(name.removeprefix("test_"), _stems(qualname), _stems(facts))


def _is_name(name: str) -> bool:
    """Whether it is a name, and a whole one: `jws_with_no_signature_cannot_be` breaks off."""
    last = name.rpartition("_")[2]
    is_whole = len(last) > 1 and last not in words.JOINTS
    return is_whole and _NAME.fullmatch(name) is not None and len(name) <= LONGEST and name not in naming.SAID


def _is_known(text: str, subject: frozenset[str], known: Collection[str]) -> bool:
    """Whether it says something, and nothing of an input that is not so: one word may be the model's own."""
    told, own = _told(text, subject, known, _CONDITIONS)
    return bool(told) and len(own) <= 1


def _told(
    text: str, subject: frozenset[str], known: Collection[str], unfit: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """The words beside the subject's: those that are known, and the model's own; nothing where one is unfit."""
    content = _stems(text) - subject - _COMMON
    told, own = content & {*known}, content - {*known}
    return (frozenset(), own) if own & _stems(" ".join(unfit)) else (told, own)


def _worth(name: str, subject: frozenset[str], known: Collection[str]) -> int:
    """The better a name, the higher: what it says of the case, in words that are known, and not too many."""
    spoken = words.snake(name).split("_")[1:]
    told, own = _told(name, subject, known, ())
    return len(told) - len(own) - max(len(spoken) - MOST_WORDS, 0)


def _stems(text: str) -> frozenset[str]:
    """The words of a text, without what is only grammar at their ends."""
    return frozenset(map(_stem, filter(None, words.snake(text).split("_"))))


def _stem(word: str) -> str:
    return re.sub(r"(?<=\w{3})(?:ed|ing|es|s|d|e)$", "", word)[:7]


_COMMON = _stems(" ".join(_MACHINERY))
"""Words that need no evidence in a name."""


def _plain(name: str) -> str:
    """A name as Python would have it."""
    plain = words.snake(re.sub(r"\W+", "_", name).strip("_"))
    return plain if plain.startswith("test_") else f"test_{plain}"
