"""The name of a test, and its title: one line that says what it is about.

There are several `ways` to say it; this module chooses the best.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from pytest_enrich.data import Kept, NewTest
from pytest_enrich.imports import free, parsed
from pytest_enrich.protocols import Task
from pytest_enrich.writing import complaints, conditions, situations, ways, words
from pytest_enrich.writing.cases import Case, in_words
from pytest_enrich.writing.situations import JOINED
from pytest_enrich.writing.style import classes_in, lineage
from pytest_enrich.writing.syntax import functions_in, last_name

# A longer name fills most of a line of code.
LONGEST = 72
LONGEST_CLAUSE = 60
ABLE = {"can", "could", "does", "may", "must", "should", "will"}
ENTERED = "entered"
"""The outcome of a gap that is a whole function."""
CAMEL, HUMPED = re.compile(r"test[A-Z]"), re.compile(r"test_[a-z0-9]+[A-Z]")


def of(case: Case, subjects: Sequence[str], taken: Collection[str]) -> str:
    """A name for a test of this case that is not in `taken`.

    Args:
        case: What the test states.
        subjects: What the function under test may be called, best first.
        taken: Names of tests.
    """
    texts = (case.docstring, in_words(case.told), *case.parameters, *case.optional, *taken)
    known = {*words.snake(" ".join(texts)).split("_")}
    pairs = [(subject, way) for subject in subjects for way in ways.of(case)]
    ranked = sorted(pairs, key=lambda pair: -pair[1].score(pair[0], known))
    good = sum(way.score(subject, known) > 0 for subject, way in ranked)
    spoken = [_said(way, subject, case.subject) for subject, way in ranked]
    # The bare name is for the first test of a function, not for one that takes another way through it.
    apart = () if case.outcome == ENTERED or case.raised else ways.apart(case)
    set_apart, last_resorts = (
        [f"test_{subject}{rest}" for rest in rests for subject in subjects] for rests in (apart, ways.anyhow(case))
    )
    options = [
        *(f"test_{said}" for said in ways.compared(case)),
        *spoken[:good],
        *set_apart,
        *spoken[good:],
        *(f"test_{subject}" for subject in subjects),
        *last_resorts,
    ]
    short = [styled(option, taken) for option in options if len(option) <= LONGEST] or [options[-1]]
    whole = words.snake(case.subject)
    if whole and whole not in subjects and {*short} <= {*taken}:
        # All names with the usual subjects are taken: the whole subject says more than a number.
        return of(case, (whole,), taken)
    return free(short, taken)


def _said(way: ways.Way, subject: str, qualname: str) -> str:
    """The name of a test, without the class of the method if it would be too long."""
    whole, method = f"test_{way.behind(subject)}", qualname.rpartition(".")[2]
    is_method = "." in qualname and not method.startswith("_")
    return f"test_{way.behind(words.called(method))}" if is_method and len(whole) > LONGEST else whole


def says_little(name: str, subjects: Sequence[str]) -> bool:
    """Whether a test's name says no more than what is tested, plus a number or the result."""
    rest = re.sub(r"_?\d+$|_gives_\w+$", "", name.removeprefix("test")).replace("_", "").lower()
    return rest in {"", *(subject.replace("_", "") for subject in subjects)}


def is_unnamed(case: Case, name: str, subjects: Sequence[str], taken: Collection[str]) -> bool:
    """Whether a name does not tell a test apart from others of the function, or only by a number."""
    return unnumbered(name) in taken or (case.outcome != ENTERED and says_little(name, subjects))


def situation(case: Case) -> str:
    """The situation of a case, in words for a title; "" if there is nothing to say about it."""
    if case.raised and [*complaints.by_message(case)]:
        return ""
    if said := next(filter(None, situations.situations(case)), ""):
        return f"{'' if said.startswith(JOINED) else 'for '}{said}".replace("_", " ")
    holds = conditions.condition(case.text, case.outcome)
    if holds is None or not conditions.is_of_parameters(holds, case):
        return ""
    clause = ast.unparse(ast.fix_missing_locations(holds))
    return f"when {clause}" if len(clause) <= LONGEST_CLAUSE else ""


def title(case: Case, done: str) -> str:
    """One line: what is tested, what it does and in which situation."""
    return f"{case.subject}: {done} {situation(case)}".rstrip()


def subjects(subject: str, place: str) -> tuple[str, ...]:
    """What a function may be called in a file: a method without its class first, if `place` names that."""
    owner, _, own = subject.rpartition(".")
    if own in {"__init__", "__call__"}:
        return (words.snake(owner),)
    whole = "_".join(filter(None, (words.snake(owner), words.called(own))))
    is_known = bool(owner) and f"_{words.snake(owner.rpartition('.')[2])}_" in f"_{words.snake(place)}_"
    return (words.called(own), whole) if is_known else (whole,)


def start(anchor: str, qualname: str, changed: Collection[str] = ()) -> str:
    """What a test's name says about the function, without what it says about the case, which has changed.

    Args:
        anchor: The name of the test.
        qualname: That of the function.
        changed: The parameters that get other values.
    """
    parts, (owner, _, own) = anchor.removeprefix("test_").split("_"), qualname.rpartition(".")
    parts = parts[: min((parts.index(name) for name in changed if name in parts[1:]), default=len(parts))]
    known = words.snake(qualname).split("_")
    about = [at for at, part in enumerate(parts) if part and part in known and part not in words.JOINTS]
    if about or (own[:1] == "_" and not own.endswith("__")):
        # `can` or `should` belongs to what that test states.
        first = 1 if about and about[0] and parts[0] in ABLE else 0
        if about:
            before, between = parts[first : about[0]], parts[about[0] : about[-1] + 1]
            # Other words between them are about that case.
            is_of_case = {*between} - {*known} - words.JOINTS
            parts = before + ([parts[at] for at in about] if is_of_case else between)
        while len(parts) > 1 and parts[-1] in words.JOINTS:  # what followed is cut off
            parts = parts[:-1]
        return "_".join(parts)
    # A special method is known by its class.
    known_by = owner.rpartition(".")[2] if own.endswith("__") else own
    return words.snake(known_by or own)


def exchanged(name: str, before: str, after: str) -> str:
    """The name of a test of something else, by the words in which the names of both differ.

    `test_append_tags` is `test_remove_tags` if `RemoveTags` stands in the place of `AppendTags`.
    """
    old, new = (words.snake(text.rpartition(".")[2]).split("_") for text in (before, after))
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    was, now = "_".join(("", *old, "")), "_".join(("", *new, ""))
    return f"{name}_".replace(was, now, 1)[:-1] if old and new else name


def unnumbered(name: str) -> str:
    """The name without the number that `free` added to it."""
    return re.sub(r"_\d+$", "", name)


def styled(name: str, others: Collection[str]) -> str:
    """The name in the style of most others: `testAddItem` or `test_addItem` if they have no more underscores."""
    tests = [test for test in others if test.startswith("test")]
    first, *rest = name.removeprefix("test_").split("_")
    for form, beginning in ((CAMEL, f"test{first.capitalize()}"), (HUMPED, f"test_{first}")):
        if 2 * sum(form.match(test) is not None for test in tests) > len(tests):
            return beginning + "".join(word.capitalize() for word in rest)
    return name


def kept(task: Task) -> frozenset[str]:
    """The names of the tests that were kept for a target."""
    candidates = (attempt.candidate for attempt in task.attempts if isinstance(attempt.verdict, Kept))
    return frozenset(test.name for test in candidates if isinstance(test, NewTest))


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def functions(text: str, owner: str | None = None) -> frozenset[str]:
    """The names of all functions in a file, or in its class `owner` and the bases of that in the same file.

    A file that cannot be parsed has none, like a new one.
    """
    tree = parsed(text)
    places: Sequence[ast.AST] = lineage(text, owner) or ([tree] if tree is not None else [])
    return frozenset(function.name for place in places for function in functions_in(place))


def family(text: str, owner: str | None) -> str | None:
    """The scope in which names of tests are unique: a class, or the file (None) if it has bases or heirs there.

    Two classes may have tests of the same name, unless one of them inherits from the other.
    """
    own, classes = (owner or "").rpartition(".")[2], classes_in(parsed(text) or ast.Pass())
    heirs = {name for name, heir in classes.items() if own in map(last_name, heir.bases)}
    bases = {*map(last_name, classes[own].bases)} & {*classes} if own in classes else set()
    return None if heirs | bases else owner
