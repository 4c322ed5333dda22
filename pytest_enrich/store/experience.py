"""Counts of what people decided, and what they mean for the next suggestions. Nothing is trained.

A test has traits: who proposed it, what it asserts, with which values, what it is called. Tests with a trait that
people accept at most half as often as tests without it come last.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from pytest_enrich.data import Candidate, Decision, Grade, NewTest, Origin, Suggestion, Tally
from pytest_enrich.data.attempts import OriginPart
from pytest_enrich.store import Store, identity
from pytest_enrich.writing.syntax import last_name
from pytest_enrich.writing.words import snake

BELIEF = 2
"""A prior: as if this many more tests with a trait had been decided on like those without it."""
LAST = 0.5
"""Tests with a trait whose lift is at most this come last."""
SHOWN, NAMED = 3, 3
MOST_WEEKS = 26
SHORT_NAME, LONG_NAME, LONG_TEXT, LARGE = 2, 8, 40, 10_000
BRIEF_NAME, MOST_SIGNS, SHORT_TEXT = 4, 230, 9
SIGNS = re.compile(r"[^\w\s]{3}")
PLACEHOLDER = re.compile(r"\{\w*\}")
"""A placeholder for formatting: mostly found in the code's own messages, not in values."""
LETTERS = re.compile(r"(?<![\w'])[A-Za-z](?!\w)")
"""A word of one letter: a text with several of them is not one that people would write."""
FEW_LETTERS = 2
SHOWING = {"repr", "list"}
"""What these give of an object is how it looks, or all that is in it."""
PRIVATE = re.compile(r"_[A-Za-z]")
RETURNED = re.compile(r"_(?:returns|is)_(?!less|greater)\w+$")
RAISES = re.compile(r"_raises_(?:(?!when_)\w)+$")
EQUALS = re.compile(r"_(equals?|does_not_equal|is_(less|greater)_than_or_equal_to)(_|$)")
SITUATED = {
    "blank", "empty", "for", "infinite", "invalid", "nan", "negative", "non", "none", "when", "with", "without",
    "zero",
}  # fmt: skip
"""Words that describe the situation in which a value is returned."""
NAMED_VALUES = {
    "negative": {"with negative numbers"},
    "empty": {"with empty texts", "with empty collections"},
    "none": {"with None"},
}
"""What is not odd about the values of a test whose name says so: readers merged those about as often as others."""
REFUSAL = "an exception"
STRIKING, FAINT = 1.0, 0.5
"""How much there is against a trait: strangers would merge tests with it at most half as often (striking), or
a third less often (faint; two thirds less with two such). `doubts.py` of the benchmarks has the table."""
Trait: TypeAlias = tuple[str, float]
"""A statement about a test, and how much there is against it."""
RAISING = ("raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns", "assertWarnsRegex")
ASKING = (*RAISING, "isinstance", "issubclass", "assertIsInstance")
"""The arguments of these are classes, not values of the test."""
CLASSES = {name for name, value in vars(builtins).items() if isinstance(value, type)}


class Fate(Struct, frozen=True):
    """A suggestion (None once it was cleaned away) and the decision in force (None while it is pending)."""

    suggestion: Suggestion | None
    decision: Decision | None

    @property
    def day(self) -> str:
        """The ISO date of the decision, or of the suggestion while it is undecided."""
        at = self.decision.at if self.decision else self.suggestion.made.at if self.suggestion else ""
        return at[: len("2026-11-28")]


def fates(decisions: Iterable[Decision], suggestions: Iterable[Suggestion]) -> tuple[Fate, ...]:
    """What became of every suggestion, given all decisions, oldest first. Possible bugs are not counted."""
    last = identity.latest(decisions)
    standing = {key: decision for key, decision in last.items() if decision.verb in {"accept", "reject"}}
    by_key = {(suggestion.id, suggestion.test.body_sha256): suggestion for suggestion in suggestions}
    all_fates = (Fate(by_key.get(key), standing.get(key)) for key in {**by_key, **standing})
    return tuple(fate for fate in all_fates if fate.suggestion is None or fate.suggestion.kind != "bug")


def decided(store: Store) -> tuple[Fate, ...]:
    """All suggestions of the folder that were decided on."""
    decisions = store.decisions() if store.exists() else ()
    return tuple(fate for fate in fates(decisions, store.lying("decided")) if fate.decision) if decisions else ()


def tally(some: Sequence[Fate]) -> Tally:
    """How many of these were accepted, edited and rejected."""
    decisions = [fate.decision for fate in some if fate.decision]
    return Tally(
        offered=len(some),
        accepted=sum(decision.verb == "accept" for decision in decisions),
        edited=sum(decision.verb == "accept" and decision.edited for decision in decisions),
        rejected=sum(decision.verb == "reject" for decision in decisions),
    )


def by_period(some: Iterable[Fate]) -> dict[str, list[Fate]]:
    """The fates by week, the earliest first; by month where there are many weeks."""
    dated = [(day, fate) for fate in some if (day := _day(fate.day)) is not None]
    unit = "%G-W%V" if len({f"{day:%G-W%V}" for day, _ in dated}) <= MOST_WEEKS else "%Y-%m"
    periods: dict[str, list[Fate]] = {}
    for day, fate in sorted(dated, key=lambda item: item[0]):
        periods.setdefault(f"{day:{unit}}", []).append(fate)
    return periods


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def traits(suggested: Suggestion | Candidate, grade: Grade = "ungraded") -> dict[str, float]:
    """All traits of a test, each worded to follow `tests`, with how much there is against it."""
    if isinstance(suggested, Suggestion):
        name, code = suggested.test.names[0], suggested.test.code
        is_row, grade = suggested.kind == "row", suggested.grade
    else:
        name, code, is_row = suggested.name, suggested.code, not isinstance(suggested, NewTest)
    weights = dict((*_of_origin(suggested.origin, grade), *_of_code(code)))
    for word, kinds in NAMED_VALUES.items():
        if word in name.lower():  # it has to pass that value
            weights = {trait: weight for trait, weight in weights.items() if trait not in kinds}
    if is_row:
        return {**weights, "that are one more row": 0}
    # For an exception, the name says what its message says.
    is_refusal = any(trait.startswith(f"that assert {REFUSAL}") for trait in weights)
    weights.update(
        _of_name(name, suggested.origin.model if "name" in suggested.origin.worded else "", is_refusal=is_refusal)
    )
    if len(code) > MOST_SIGNS:
        weights[f"of more than {MOST_SIGNS} signs"] = FAINT
    return {**weights, "that are new": 0}


def strikes(candidate: Candidate) -> float:
    """How much readers would object to in a new test; 0 for rows, which no readers have rated."""
    return sum(traits(candidate).values()) if isinstance(candidate, NewTest) else 0


def _of_origin(origin: Origin | OriginPart, grade: Grade) -> Iterator[Trait]:
    yield f"by {origin.proposer}", 0
    if origin.model and not origin.worded:
        yield f"by {origin.model}", 0
    if grade != "ungraded":
        yield f"graded {grade}", 0


def _of_name(name: str, model: str, *, is_refusal: bool) -> Iterator[Trait]:
    """What is odd about the name of a new test; `model` is the one that named it, if any."""
    words = snake(name).split("_")[1:]
    phrase = "_".join(words)
    if model:
        yield f"named by {model}", 0
    if len(words) <= SHORT_NAME:
        yield f"with a name of at most {SHORT_NAME} words", STRIKING
    if len(words) <= BRIEF_NAME and not is_refusal:
        yield f"with a name of at most {BRIEF_NAME} words, and no exception", FAINT
    if RAISES.search(phrase):
        yield "with a name that says only what is raised", FAINT
    if len(words) >= LONG_NAME:
        yield f"with a name of more than {LONG_NAME} words", 0
    if "with" in words and not model:
        yield "with a name that says with what", STRIKING
    subject, *returned = RETURNED.split(phrase, maxsplit=1)
    if returned and not is_refusal and SITUATED.isdisjoint(subject.split("_")):
        yield "with a name that says only what is returned", STRIKING
    if EQUALS.search(phrase):
        yield "with a name that says what is equal", STRIKING
    if any(character.isdigit() for character in name):
        yield "with a number in the name", STRIKING


@lru_cache(maxsize=4096)
def _of_code(code: str) -> tuple[Trait, ...]:
    """What a test or a row asserts, and the values it passes."""
    try:
        nodes = [*ast.walk(ast.parse(code.strip().removeprefix("@")))]
        passed = [value for node in nodes for value in _passed(node)]
        claims = [(f"that assert {claim}", weight) for node in nodes for claim, weight in _asserted(node, passed)]
        values = [(f"with {kind}", weight) for value in passed for kind, weight in _unusual(value)]
        used = (last_name(node) for node in nodes if isinstance(node, ast.Name | ast.Attribute))
        private = [("that use private names", FAINT) for name in used if PRIVATE.match(name)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return (*claims, *values, *private)


def _asserted(node: ast.AST, passed: Sequence[ast.expr]) -> Iterator[Trait]:
    """What a statement or a call asserts: the kind of value that is expected, and what it is compared with.

    Args:
        node: A node of the test.
        passed: The values that the test passes: an attribute that merely equals one says nothing of the code.
    """
    if isinstance(node, ast.Call) and last_name(node.func) in RAISING:
        says_more = node.keywords or len(node.args) > 1
        yield (f"{REFUSAL}'s message", 0) if says_more else (f"{REFUSAL}'s type alone", STRIKING)
        if node.args and last_name(node.args[0]) == "AttributeError":
            # Hardly any code promises it: it results from a value that nobody thought of.
            yield "an AttributeError", STRIKING
    if isinstance(node, ast.Assert):
        claim = node.test
        compared = [claim.left, claim.comparators[-1]] if isinstance(claim, ast.Compare) else []
    elif isinstance(node, ast.Call) and last_name(node.func).startswith("assert"):
        compared = node.args[:2] if len(node.args) > 1 else []
    else:
        return
    called = (last_name(part.func) for part in ast.walk(node) if isinstance(part, ast.Call))
    yield from (
        (f"what {name}() gives", STRIKING if name in SHOWING else 0) for name in called if hasattr(builtins, name)
    )
    if not compared:
        yield "a truth value", STRIKING
        return
    asked, expected = compared
    yield from _kinds(expected)
    if _is_as_passed(asked, expected, passed):
        yield "what was passed", STRIKING


def _is_as_passed(asked: ast.expr, expected: ast.expr, passed: Sequence[ast.expr]) -> bool:
    """Whether an attribute is to equal a value that the test passed, or a result one that it was made from."""
    if isinstance(asked, ast.Call):
        passed = [*asked.args, *(keyword.value for keyword in asked.keywords)]
    given = (ast.dump(value) for value in passed if value is not expected)
    return isinstance(asked, ast.Attribute | ast.Call) and ast.dump(expected) in given


def _kinds(node: ast.expr) -> Iterator[Trait]:
    """The kind of value that is expected, and whether it is an empty one."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        yield "an object", 0
        return
    if value is None:
        yield "None", FAINT
    else:
        yield f"a value of type {type(value).__name__}", STRIKING if isinstance(value, dict | tuple) else 0
    if isinstance(value, str | bytes | list | tuple | dict | set) and not value:
        yield "that something is empty", STRIKING


def _passed(node: ast.AST) -> Iterator[ast.expr]:
    """What is passed to a call, also inside containers, or assigned to an attribute; for a row, all its values.

    An empty collection assigned to a variable counts, since it is passed somewhere.
    """
    if isinstance(node, ast.Call) and last_name(node.func) not in ASKING:
        yield from node.args
        yield from (keyword.value for keyword in node.keywords)
    elif isinstance(node, ast.Assign) and (isinstance(node.targets[0], ast.Attribute) or _is_empty(node.value)):
        yield node.value
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        yield from node.elts


def _unusual(node: ast.expr) -> Iterator[Trait]:
    """What is odd about a value that is passed."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "negative numbers", STRIKING
    elif isinstance(node, ast.Lambda):
        yield "lambdas", STRIKING
    elif isinstance(node, ast.Name) and node.id in CLASSES:
        yield "built-in classes", STRIKING
    elif _is_empty(node):
        yield "empty collections", STRIKING
    elif isinstance(node, ast.List | ast.Dict):
        yield "lists or dictionaries", FAINT
    elif isinstance(node, ast.Call) and not (node.args or node.keywords):
        yield "calls without arguments", FAINT
    elif isinstance(node, ast.Constant):
        yield from _unusual_constant(node.value)


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Tuple | ast.Dict) and not ast.unparse(node).strip("()[]{}")


def _unusual_constant(value: object) -> Iterator[Trait]:
    if isinstance(value, str):
        kinds = {
            ("empty texts", STRIKING): not value,
            ("long texts", 0.0): len(value) > LONG_TEXT,
            ("texts of a single letter", FAINT): len(value) == 1,
            ("short texts with signs", FAINT): 1 < len(value) <= SHORT_TEXT and not value.isalnum(),
            ("letters beyond ASCII", STRIKING): not value.isascii(),
            ("invisible characters", STRIKING): not value.isprintable(),
            ("signs in a row", STRIKING): SIGNS.search(value) is not None,
            ("placeholders", STRIKING): PLACEHOLDER.search(value) is not None,
            ("words of one letter", STRIKING): len(LETTERS.findall(value)) >= FEW_LETTERS,
        }
        yield from (kind for kind, is_so in kinds.items() if is_so)
    elif isinstance(value, int) and value > LARGE:
        yield "large numbers", STRIKING
    elif value is None:
        yield "None", STRIKING


class Lesson(Struct, frozen=True, kw_only=True):
    """What decisions showed about a trait.

    Attributes:
        trait: Worded to follow `tests`.
        lift: The acceptance rate of tests with it, relative to that of tests without it.
        rejected: The decisions against tests with it.
    """

    trait: str
    lift: float
    rejected: tuple[Decision, ...]

    @property
    def told(self) -> str:
        """`2 rejected as trivial (cart-6e2m3fea, cart-abcdefgh): tests by search come last`."""
        reasons = " or ".join(dict(Counter(decision.reason for decision in self.rejected).most_common()))
        ids = ", ".join(decision.id for decision in self.rejected[-NAMED:])
        dots = ", ..." if len(self.rejected) > NAMED else ""
        return f"{len(self.rejected)} rejected as {reasons} ({ids}{dots}): tests {self.trait} come last"


class Experience(Struct, frozen=True):
    """For each trait, how much less often people accept tests with it than tests without it."""

    lessons: Mapping[str, Lesson] = {}

    def lift(self, suggested: Suggestion | Candidate, grade: Grade = "ungraded") -> float:
        """The lift of the test's worst trait, 1 if there is nothing against it."""
        weights = traits(suggested, grade)
        return min((self.lessons[trait].lift for trait in weights if trait in self.lessons), default=1.0)

    def comes_last(self, suggested: Suggestion | Candidate, grade: Grade = "ungraded") -> bool:
        """Whether people accept such tests at most half as often as others."""
        return self.lift(suggested, grade) <= LAST

    @property
    def told(self) -> tuple[str, ...]:
        """What comes last and why, the clearest first; traits explained by the same decisions are left out."""
        lines: list[str] = []
        explained: set[str] = set()
        for lesson in sorted(self.lessons.values(), key=lambda lesson: (lesson.lift, lesson.trait)):
            decisions = {decision.id for decision in lesson.rejected}
            if lesson.lift <= LAST and not decisions <= explained:
                explained |= decisions
                lines.append(lesson.told)
        return tuple(lines[:SHOWN])


NONE = Experience()


def learn(some: Iterable[Fate]) -> Experience:
    """The experience from these decisions; nothing is learnt about a trait if no test without it was accepted."""
    verdicts = [(fate.suggestion, fate.decision) for fate in some if fate.suggestion and fate.decision]
    accepted = sum(decision.verb == "accept" for _, decision in verdicts)
    accepted_with: Counter[str] = Counter()
    rejected: dict[str, list[Decision]] = defaultdict(list)
    for suggestion, decision in verdicts:
        for trait in traits(suggestion):
            if decision.verb == "accept":
                accepted_with[trait] += 1
            else:
                rejected[trait].append(decision)
    lessons = {}
    for trait, against in rejected.items():
        without = len(verdicts) - accepted_with[trait] - len(against)
        if accepted > accepted_with[trait]:
            rest = (accepted - accepted_with[trait]) / without
            rate = (accepted_with[trait] + BELIEF * rest) / (accepted_with[trait] + len(against) + BELIEF)
            lessons[trait] = Lesson(trait=trait, lift=rate / rest, rejected=tuple(against))
    return Experience(lessons)


def read(store: Store) -> Experience:
    """The experience from all decisions in the folder whose suggestions are still there."""
    return learn(decided(store))
