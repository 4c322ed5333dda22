"""What people decided, counted; and what that says about the next suggestions. Nothing is trained.

A test has traits: who thought of it, what it asserts, with what values, how it is called. Tests with a trait that
people take half as often as tests without it come last.
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
"""As if so many tests with a trait had been decided on as those without it were."""
LAST = 0.5
"""What is taken so much less often than the others comes last."""
SHOWN, NAMED = 3, 3
MOST_WEEKS = 26
SHORT_NAME, LONG_NAME, LONG_TEXT, LARGE = 2, 8, 40, 10_000
BRIEF_NAME, MOST_SIGNS = 4, 230
SIGNS = re.compile(r"[^\w\s]{3}")
PLACEHOLDER = re.compile(r"\{\w*\}")
"""Where something is put in: a message of the code's, most often, and no value."""
LETTERS = re.compile(r"(?<![\w'])[A-Za-z](?!\w)")
"""A word of one letter: where there are several, it is no text that anybody reads."""
FEW_LETTERS = 2
RETURNED = re.compile(r"_(?:returns|is)_(?!less|greater)\w+$")
RAISES = re.compile(r"_raises_(?:(?!when_)\w)+$")
EQUALS = re.compile(r"_(equals?|does_not_equal|is_(less|greater)_than_or_equal_to)(_|$)")
SITUATED = {
    "blank", "empty", "for", "infinite", "invalid", "nan", "negative", "non", "none", "when", "with", "without",
    "zero",
}  # fmt: skip
"""Words of a situation, in which that is returned."""
NEGATIVE = "negative numbers"
REFUSAL = "an exception"
STRIKING, FAINT = 1.0, 0.5
"""How much there is against a trait: strangers would merge tests with it at most half as often, or by a third less
often, and by two thirds where two such come together. `doubts.py` of the benchmarks has their table."""
Trait: TypeAlias = tuple[str, float]
"""What is said of a test, and how much there is against it."""
RAISING = ("raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns", "assertWarnsRegex")
ASKING = (*RAISING, "isinstance", "issubclass", "assertIsInstance")
"""What is passed to these is a class, and no value of the test's."""
CLASSES = {name for name, one in vars(builtins).items() if isinstance(one, type)}


class Fate(Struct, frozen=True):
    """A suggestion, None where it was cleaned away, and the decision that stands, None while it waits."""

    suggestion: Suggestion | None
    decision: Decision | None

    @property
    def day(self) -> str:
        """When it was decided on, else made: the date, in ISO's way."""
        at = self.decision.at if self.decision else self.suggestion.made.at if self.suggestion else ""
        return at[: len("2026-11-28")]


def fates(decisions: Iterable[Decision], suggestions: Iterable[Suggestion]) -> tuple[Fate, ...]:
    """What became of all suggestions, from all decisions, oldest first. Of possible bugs nothing is counted."""
    last = identity.latest(decisions)
    standing = {key: decision for key, decision in last.items() if decision.verb in {"accept", "reject"}}
    lying = {(one.id, one.test.body_sha256): one for one in suggestions}
    found = (Fate(lying.get(key), standing.get(key)) for key in {**lying, **standing})
    return tuple(one for one in found if one.suggestion is None or one.suggestion.kind != "bug")


def decided(store: Store) -> tuple[Fate, ...]:
    """All that was decided on in the folder."""
    decisions = store.decisions() if store.exists() else ()
    return tuple(one for one in fates(decisions, store.lying("decided")) if one.decision) if decisions else ()


def tally(some: Sequence[Fate]) -> Tally:
    """How many of these were accepted, and so on."""
    decided = [one.decision for one in some if one.decision]
    return Tally(
        offered=len(some),
        accepted=sum(one.verb == "accept" for one in decided),
        edited=sum(one.verb == "accept" and one.edited for one in decided),
        rejected=sum(one.verb == "reject" for one in decided),
    )


def by_period(some: Iterable[Fate]) -> dict[str, list[Fate]]:
    """Those of each week, the earliest first; of each month, where there are many weeks."""
    days = [(day, one) for one in some if (day := _day(one.day)) is not None]
    unit = "%G-W%V" if len({f"{day:%G-W%V}" for day, _ in days}) <= MOST_WEEKS else "%Y-%m"
    found: dict[str, list[Fate]] = {}
    for day, one in sorted(days, key=lambda item: item[0]):
        found.setdefault(f"{day:{unit}}", []).append(one)
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def traits(one: Suggestion | Candidate, grade: Grade = "ungraded") -> dict[str, float]:
    """All traits of a test, each as it is said behind `tests`, with how much there is against it."""
    if isinstance(one, Suggestion):
        name, code, is_row, grade = one.test.names[0], one.test.code, one.kind == "row", one.grade
    else:
        name, code, is_row = one.name, one.code, not isinstance(one, NewTest)
    found = dict((*_of_origin(one.origin, grade), *_of_code(code)))
    if "negative" in name.lower():  # it has to pass one
        found.pop(f"with {NEGATIVE}", None)
    if is_row:
        return {**found, "that are one more row": 0}
    # Of an exception a name says what its message says.
    is_refusal = any(trait.startswith(f"that assert {REFUSAL}") for trait in found)
    found.update(_of_name(name, one.origin.model if "name" in one.origin.worded else "", is_refusal=is_refusal))
    if len(code) > MOST_SIGNS:
        found[f"of more than {MOST_SIGNS} signs"] = FAINT
    return {**found, "that are new": 0}


def strikes(one: Candidate) -> float:
    """How much there is in a new test that readers stumble over; no row was read."""
    return sum(traits(one).values()) if isinstance(one, NewTest) else 0


def _of_origin(origin: Origin | OriginPart, grade: Grade) -> Iterator[Trait]:
    yield f"by {origin.proposer}", 0
    if origin.model and not origin.worded:
        yield f"by {origin.model}", 0
    if grade != "ungraded":
        yield f"graded {grade}", 0


def _of_name(name: str, model: str, *, is_refusal: bool) -> Iterator[Trait]:
    """What strikes about the name of a new test; `model` is who gave it, if one did."""
    words = snake(name).split("_")[1:]
    said = "_".join(words)
    if model:
        yield f"named by {model}", 0
    if len(words) <= SHORT_NAME:
        yield f"with a name of at most {SHORT_NAME} words", STRIKING
    if len(words) <= BRIEF_NAME and not is_refusal:
        yield f"with a name of at most {BRIEF_NAME} words, and no exception", FAINT
    if RAISES.search(said):
        yield "with a name that says only what is raised", FAINT
    if len(words) >= LONG_NAME:
        yield f"with a name of more than {LONG_NAME} words", 0
    if "with" in words and not model:
        yield "with a name that says with what", STRIKING
    subject, *returned = RETURNED.split(said, maxsplit=1)
    if returned and not is_refusal and SITUATED.isdisjoint(subject.split("_")):
        yield "with a name that says only what is returned", STRIKING
    if EQUALS.search(said):
        yield "with a name that says what is equal", STRIKING
    if any(character.isdigit() for character in name):
        yield "with a number in the name", STRIKING


@lru_cache(maxsize=4096)
def _of_code(code: str) -> tuple[Trait, ...]:
    """What a test, or a row, asserts, and the values that are passed in it."""
    try:
        nodes = [*ast.walk(ast.parse(code.strip().removeprefix("@")))]
        passed = [one for node in nodes for one in _passed(node)]
        claims = [(f"that assert {what}", weight) for node in nodes for what, weight in _asserted(node, passed)]
        values = [(f"with {what}", weight) for one in passed for what, weight in _unusual(one)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return (*claims, *values)


def _asserted(node: ast.AST, passed: Sequence[ast.expr]) -> Iterator[Trait]:
    """What a statement or a call asserts: the kind of thing that is expected, and what it is asked of.

    Args:
        node: Of the test.
        passed: What is passed in it: an attribute that is just that says nothing of the code.
    """
    if isinstance(node, ast.Call) and last_name(node.func) in RAISING:
        says_more = node.keywords or len(node.args) > 1
        yield (f"{REFUSAL}'s message", 0) if says_more else (f"{REFUSAL}'s type alone", STRIKING)
        if node.args and last_name(node.args[0]) == "AttributeError":
            # Hardly anybody promises it: it is what comes of a value that nobody thought of.
            yield "an AttributeError", STRIKING
    if isinstance(node, ast.Assert):
        claim = node.test
        compared = [claim.left, claim.comparators[-1]] if isinstance(claim, ast.Compare) else []
        called = (last_name(part.func) for part in ast.walk(claim) if isinstance(part, ast.Call))
        yield from (
            (f"what {name}() gives", STRIKING if name == "repr" else 0)
            for name in called
            if hasattr(builtins, name)
        )
    elif isinstance(node, ast.Call) and last_name(node.func).startswith("assert"):
        compared = node.args[:2] if len(node.args) > 1 else []
    else:
        return
    if not compared:
        yield "a truth value", STRIKING
        return
    asked, expected = compared
    yield from _kinds(expected)
    if _is_as_passed(asked, expected, passed):
        yield "what was passed", STRIKING


def _is_as_passed(asked: ast.expr, expected: ast.expr, passed: Sequence[ast.expr]) -> bool:
    """Whether an attribute is expected to be what something was given."""
    given = (ast.dump(one) for one in passed if one is not expected)
    return isinstance(asked, ast.Attribute) and ast.dump(expected) in given


def _kinds(node: ast.expr) -> Iterator[Trait]:
    """What is expected, in a word, and that it is nothing."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        yield "an object", 0
        return
    if value is None:
        yield "None", 0
    else:
        yield f"a value of type {type(value).__name__}", STRIKING if isinstance(value, dict | tuple) else 0
    if isinstance(value, str | bytes | list | tuple | dict | set) and not value:
        yield "that something is empty", STRIKING


def _passed(node: ast.AST) -> Iterator[ast.expr]:
    """What is passed to a call, in containers, too, or given to an attribute; of a row all of it.

    A variable that has nothing in it is passed somewhere, too.
    """
    if isinstance(node, ast.Call) and last_name(node.func) not in ASKING:
        yield from node.args
        yield from (keyword.value for keyword in node.keywords)
    elif isinstance(node, ast.Assign) and (isinstance(node.targets[0], ast.Attribute) or _is_empty(node.value)):
        yield node.value
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        yield from node.elts


def _unusual(node: ast.expr) -> Iterator[Trait]:
    """What strikes about a value that is passed."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield NEGATIVE, STRIKING
    elif isinstance(node, ast.Lambda):
        yield "lambdas", STRIKING
    elif isinstance(node, ast.Name) and node.id in CLASSES:
        yield "built-in classes", STRIKING
    elif _is_empty(node):
        yield "empty collections", STRIKING
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
    """What was seen of a trait.

    Attributes:
        trait: As it is said behind `tests`.
        lift: How often tests with it were taken, for each that was taken without it.
        rejected: The decisions against tests with it.
    """

    trait: str
    lift: float
    rejected: tuple[Decision, ...]

    @property
    def told(self) -> str:
        """`2 rejected as trivial (cart-6e2m3fea, cart-abcdefgh): tests by search come last`."""
        reasons = " or ".join(dict(Counter(one.reason for one in self.rejected).most_common()))
        known = ", ".join(one.id for one in self.rejected[-NAMED:])
        more = ", ..." if len(self.rejected) > NAMED else ""
        return f"{len(self.rejected)} rejected as {reasons} ({known}{more}): tests {self.trait} come last"


class Experience(Struct, frozen=True):
    """How much less often people take tests with a trait than those without it, by the trait."""

    lessons: Mapping[str, Lesson] = {}

    def lift(self, one: Suggestion | Candidate, grade: Grade = "ungraded") -> float:
        """That of the test's worst trait, 1 where there is nothing against it."""
        found = traits(one, grade)
        return min((self.lessons[trait].lift for trait in found if trait in self.lessons), default=1.0)

    def comes_last(self, one: Suggestion | Candidate, grade: Grade = "ungraded") -> bool:
        """Whether people take such tests at most half as often as others."""
        return self.lift(one, grade) <= LAST

    @property
    def told(self) -> tuple[str, ...]:
        """What comes last and why, the plainest first; what the same decisions say as well is left out."""
        lines: list[str] = []
        explained: set[str] = set()
        for lesson in sorted(self.lessons.values(), key=lambda one: (one.lift, one.trait)):
            decisions = {one.id for one in lesson.rejected}
            if lesson.lift <= LAST and not decisions <= explained:
                explained |= decisions
                lines.append(lesson.told)
        return tuple(lines[:SHOWN])


NONE = Experience()


def learn(some: Iterable[Fate]) -> Experience:
    """The experience of these decisions; nothing is known of a trait where nobody took a test without it."""
    verdicts = [(one.suggestion, one.decision) for one in some if one.suggestion and one.decision]
    accepted = sum(decision.verb == "accept" for _, decision in verdicts)
    taken: Counter[str] = Counter()
    rejected: dict[str, list[Decision]] = defaultdict(list)
    for one, decision in verdicts:
        for trait in traits(one):
            if decision.verb == "accept":
                taken[trait] += 1
            else:
                rejected[trait].append(decision)
    lessons = {}
    for trait, against in rejected.items():
        others = len(verdicts) - taken[trait] - len(against)
        if accepted > taken[trait]:
            rest = (accepted - taken[trait]) / others
            rate = (taken[trait] + BELIEF * rest) / (taken[trait] + len(against) + BELIEF)
            lessons[trait] = Lesson(trait=trait, lift=rate / rest, rejected=tuple(against))
    return Experience(lessons)


def read(store: Store) -> Experience:
    """The experience of all decisions in the folder whose suggestions still lie there."""
    return learn(decided(store))
