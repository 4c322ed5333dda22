"""What a test is called, and the one line that says what it is about.

There are several ways to say it: `situations` knows what may be said, here the best of the ways is chosen.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from pytest_enrich.data import Kept, NewTest, Template
from pytest_enrich.imports import free, parsed
from pytest_enrich.protocols import Task
from pytest_enrich.writing import conditions, situations, words
from pytest_enrich.writing.cases import Case
from pytest_enrich.writing.situations import JOINED
from pytest_enrich.writing.syntax import expression, functions_in, last_name, literal_value, nodes_of

# Beyond it a name fills most of a line of code.
LONGEST = 72
FEWEST_WORDS, MOST_WORDS = 3, 7
LONGEST_CLAUSE = 60
MOST_SHARED = 2
KNOWN_AS = {"int": "number", "float": "number", "str": "string", "NoneType": "none"}
KINDS = {**KNOWN_AS, "int": "integer", "bool": "boolean", "dict": "dictionary"}
"""How a value is known whose kind is what is wrong with it."""
FAULTS = {
    "unknown", "zero", "invalid", "unsupported", "missing", "bad", "illegal", "unexpected", "duplicate", "empty",
    "negative", "malformed", "none", "unrecognized", "unrecognised", "incorrect", "inconsistent", "ambiguous",
    "undefined", "nonexistent", "incompatible", "inappropriate", "improper", "mismatched", "expired", "forbidden",
    "corrupt", "corrupted", "truncated", "insufficient",
}  # fmt: skip
REFUSING = {"not", "cannot", "must", "should", "no", *FAULTS}
FORBIDDEN = re.compile(
    r"^(?:argument_)?(.+?)_(?:(?:cannot|(?:is|are|must|may|should)_not)_(?:allowed_to_)?be_(\w+)|(?:is|was)_(none))$"
)
"""`ports are not allowed to be negative`: what is refused are negative ports."""
LACKING = re.compile(
    r"^no_((?!such_)\w+?)_(?:is_|are_|was_|were_|has_been_|have_been_)?"
    r"(?:available|defined|detected|found|given|passed|present|provided|registered|set|specified|supplied)"
    r"(?:_(?:at|by|for|in|on|to)_\w+)?$"
)
"""`no unit detected`: that is without a unit."""
OBLIGED = re.compile(r"^(\w+?)_(?:must|should|has_to)_be_(string|str|bytes|integer|int|number|boolean|list|dict)$")
"""`text must be a string`: what is refused is one that is none."""
ADDRESSED = {"hey", "i", "it", "please", "sorry", "we", "you"}
"""Messages that begin so talk to somebody: what is wrong comes later, or not at all."""
ABLE = {"can", "could", "does", "may", "must", "should", "will"}
COMPARED = {
    "__lt__": ("is_less_than", "is_not_less_than"),
    "__le__": ("is_less_than_or_equal_to", "is_not_less_than_or_equal_to"),
    "__gt__": ("is_greater_than", "is_not_greater_than"),
    "__ge__": ("is_greater_than_or_equal_to", "is_not_greater_than_or_equal_to"),
    "__eq__": ("equals", "does_not_equal"), "__ne__": ("does_not_equal", "equals"),
}  # fmt: skip
"""How an object is that is compared with another one: where that is true, and where it is false."""
RAISES = re.compile(r"raises_\w+?(?=_when_|$)")
UNASKED = {"", "without", "with", "when", "for", "is", "not", "the", "returns", "raises"}
ENTERED = "entered"
"""The outcome of a gap that is a whole function."""
LINKED = ("_from", "_than", "_most", "_least")
"""Behind these words of a subject, an operand needs no `with`."""
CAMEL = re.compile(r"test[A-Z]")


class Way(Struct, frozen=True):
    """A way to go on behind the subject, and how much it says: the situation, what comes of it, or both."""

    rest: str
    says: float

    def behind(self, subject: str) -> str:
        """Both together; what the subject ends with is not said again."""
        own = subject.split("_")
        rest = self.rest.removeprefix("with_" if subject.endswith(LINKED) else "").split("_")
        again = next(size for size in range(len(own), -1, -1) if size == 0 or own[-size:] == rest[:size])
        return "_".join([*own, *rest[again:]]).rstrip("_")

    def score(self, subject: str, known: Collection[str]) -> float:
        """The better, the higher; `known` are words of messages, docstrings, parameters and other tests."""
        spoken = self.behind(subject).split("_")
        said = {*RAISES.sub("", self.rest).split("_")} - {*subject.split("_")} - UNASKED
        shared = min(len(said & {*known}), MOST_SHARED)
        length = max(FEWEST_WORDS - len(spoken), 0) + max(len(spoken) - MOST_WORDS, 0)
        repeated = len(spoken) - len({*spoken})
        return 2 * self.says * bool(said) + shared - length - repeated - 2 * any(word.isdigit() for word in said)


def of(case: Case, subjects: Sequence[str], taken: Collection[str]) -> str:
    """A name for a test of this case; none of `taken`.

    Args:
        case: What it states.
        subjects: How what is tested may be called, the best first.
        taken: Names of tests.
    """
    texts = (case.docstring, case.comment, case.seen.message, *case.parameters, *case.optional, *taken)
    known = {*words.snake(" ".join(texts)).split("_")}
    every = [(subject, way) for subject in subjects for way in ways(case)]
    ranked = sorted(every, key=lambda one: -one[1].score(one[0], known))
    first = sum(way.score(subject, known) > 0 for subject, way in ranked)
    spoken = [f"test_{way.behind(subject)}" for subject, way in ranked]
    # The bare name is that of the first test of a function, not of one that takes another way through it.
    told = () if case.outcome == ENTERED or case.raised else apart(case)
    less, least = (
        [f"test_{subject}{rest}" for rest in rests for subject in subjects] for rests in (told, anyhow(case))
    )
    options = [
        *(f"test_{said}" for said in compared(case)),
        *spoken[:first],
        *less,
        *spoken[first:],
        *(f"test_{subject}" for subject in subjects),
        *least,
    ]
    short = [styled(option, taken) for option in options if len(option) <= LONGEST] or [options[-1]]
    whole = words.snake(case.subject)
    if whole and whole not in subjects and {*short} <= {*taken}:
        # All that tests of what is called say is said: what is tested there says more than a number.
        return of(case, (whole,), taken)
    return free(short, taken)


def says_little(name: str, subjects: Sequence[str]) -> bool:
    """Whether a test's name says no more than what is tested, and a number or the result."""
    rest = re.sub(r"_?\d+$|_gives_\w+$", "", name.removeprefix("test")).replace("_", "").lower()
    return rest in {"", *(subject.replace("_", "") for subject in subjects)}


def is_unnamed(case: Case, name: str, subjects: Sequence[str], taken: Collection[str]) -> bool:
    """Whether a name, none of `taken`, tells a test from no other of the function, or by a number only."""
    return unnumbered(name) in taken or (case.outcome != ENTERED and says_little(name, subjects))


def ways(case: Case) -> Iterator[Way]:
    """The ways to say what a case is about."""
    said = [*dict.fromkeys(filter(None, situations.situations(case)))]
    done = [*dict.fromkeys(filter(None, situations.outcomes(case)))]
    refused = case.refused if case.raised and _is_refusal(case.raised) else ""
    if case.seen.subject in {"raises", "warns"}:
        yield from _by_message(case, refused, [one for one in said if one in situations.switched(case)])
    for situation in said:
        if case.raised and _is_refusal(case.raised) and not situation.startswith(JOINED):
            # Of which class something is not says as much as a message.
            yield Way(f"rejects_{situation}", 3 if situation.startswith("non_") else 2)
        for end in done:
            behind = f"{situation}_{situations.after(situation, end, case.seen.value)}"
            # That something is passed is not what is wrong with it.
            much = 0 if refused and situation.startswith("with_") else 2
            yield Way(f"{end}_{situation}" if situation.startswith("when_") else behind, much)
        yield from [] if case.raised else [Way(_joined(situation), 1)]
    if kind := _kind_refused(case):
        yield Way(f"rejects_{kind}", 3)
    yield from (Way(end, 1) for end in done)
    yield Way("", 0)


def compared(case: Case) -> Iterator[str]:
    """What is said of a comparison: `byte_is_less_than_number`."""
    owner, _, own = case.subject.rpartition(".")
    if own in COMPARED and case.seen.value in {"True", "False"} and case.arguments:
        literal = literal_value(other := next(reversed(case.arguments.values())))
        kind = type(literal[0]).__name__ if literal is not None else ""
        other = KNOWN_AS.get(kind, kind) or words.snake(last_name(getattr(expression(other), "func", None)))
        if not other:
            return
        verb = COMPARED[own][case.seen.value == "False"]
        is_alike = other == words.snake(owner)
        if verb == "does_not_equal" and is_alike:
            other = f"different_{other}"  # there are others that it equals
        elif is_alike and own not in {"__eq__", "__ne__"}:
            other = "another"
        yield f"{words.snake(owner)}_{verb}_{other}"


def apart(case: Case) -> Iterator[str]:
    """What tells it from other tests of the function: a key, an option's word, what the decision asks for."""
    literals = {name: literal for name, value in case.arguments.items() if (literal := literal_value(value))}
    keys = [key for (value,) in literals.values() if isinstance(value, dict) and len(value) == 1 for key in value]
    yield from (f"_with_{words.snake(key)}" for key in keys[:1] if isinstance(key, str) and key.isidentifier())
    options = {
        name: words.value_slug(repr(value)) for name, (value,) in literals.items() if isinstance(value, str)
    }
    yield from (
        f"_with_{words.snake(name)}_{slug}" for name, slug in options.items() if slug and name in case.optional
    )
    written = {name: words.notation(value) for name, (value,) in literals.items()}
    yield from (f"_with_{kind}_{case.known_as(name)}" for name, kind in written.items() if kind)
    yield from (f"_with_{said}" for said in map(words.told, case.elsewhere) if said)
    yield from (f"_with_{asked}" for asked in conditions.asked(case.text, case.outcome))


def anyhow(case: Case) -> Iterator[str]:
    """What can still be said where the name alone is taken: better than a number behind it."""
    values = [literal for value in case.arguments.values() if (literal := literal_value(value)) is not None]
    yield from (f"_with_{kind}" for value in [*case.arguments.values()][:1] if (kind := _kind(value)))
    texts = [value for (value,) in values if isinstance(value, str)]
    slugs = [words.value_slug(repr(text)) for text in texts]
    yield from (f"_for_{slug}" for slug in slugs if re.fullmatch(r"[a-z_]{3,}", slug))
    first = (re.search(r"[^\W\d_]{3,}", text, re.ASCII) for text in texts)
    yield from (f"_for_{words.snake(word[0])}" for word in first if word)
    seen: Sequence[Any] | None = literal_value(case.seen.value)
    while seen and isinstance(seen[0], list | tuple) and len(seen[0]) == 1:
        seen = seen[0]
    told = f"{seen[0]:g}" if seen and isinstance(seen[0], float) else repr(seen[0]) if seen else ""
    if re.fullmatch(r"\w{1,20}", result := words.value_slug(told)):
        yield f"_gives_{result}"


def _kind(value: Template) -> str:
    """The kind of collection that a value is, or what made it; "" for others."""
    literal, node = literal_value(value), expression(value)
    if literal is not None and isinstance(literal[0], list | tuple | dict | set | frozenset):
        return type(literal[0]).__name__
    return words.snake(last_name(node.func)) if isinstance(node, ast.Call) and literal is None else ""


def situation(case: Case) -> str:
    """The situation in which a case is, in words for a title; "" where there is nothing to say of it."""
    if case.raised and [*_by_message(case)]:
        return ""
    if said := next(filter(None, situations.situations(case)), ""):
        return f"{'' if said.startswith(JOINED) else 'for '}{said}".replace("_", " ")
    holds = conditions.condition(case.text, case.outcome)
    if holds is None or not conditions.is_of_parameters(holds, case):
        return ""
    clause = ast.unparse(ast.fix_missing_locations(holds))
    return f"when {clause}" if len(clause) <= LONGEST_CLAUSE else ""


def title(case: Case, done: str) -> str:
    """One line: what is tested, what it does, and in which situation."""
    return f"{case.subject}: {done} {situation(case)}".rstrip()


def subjects(subject: str, place: str) -> tuple[str, ...]:
    """How what is tested may be called in a file: a method without its class, where that is known there."""
    owner, _, own = subject.rpartition(".")
    if own in {"__init__", "__call__"}:
        return (words.snake(owner),)
    whole = "_".join(filter(None, (words.snake(owner), words.called(own))))
    is_known = bool(owner) and f"_{words.snake(owner.rpartition('.')[2])}_" in f"_{words.snake(place)}_"
    return (words.called(own), whole) if is_known else (whole,)


def start(anchor: str, qualname: str, changed: Collection[str] = ()) -> str:
    """What a test's name says of the function, without what it says of the case: that is another one now.

    Args:
        anchor: The name of the test.
        qualname: Of the function.
        changed: The parameters that get other values.
    """
    parts, (owner, _, own) = anchor.removeprefix("test_").split("_"), qualname.rpartition(".")
    parts = parts[: min((parts.index(name) for name in changed if name in parts[1:]), default=len(parts))]
    known = words.snake(qualname).split("_")
    about = [at for at, part in enumerate(parts) if part and part in known and part not in words.JOINTS]
    if about or (own[:1] == "_" and not own.endswith("__")):
        # That it can, or should, is how that test ends.
        first = 1 if about and about[0] and parts[0] in ABLE else 0
        parts = parts[first : about[-1] + 1] if about else parts
        while len(parts) > 1 and parts[-1] in words.JOINTS:  # what it joined is cut off
            parts = parts[:-1]
        return "_".join(parts)
    # What Python calls by itself is known by its class.
    known_by = owner.rpartition(".")[2] if own.endswith("__") else own
    return words.snake(known_by or own)


def exchanged(anchor: str, kin: str, own: str) -> str:
    """What a test's name says that tests `own` as the test `anchor` does what is beside it."""
    said, theirs, ours = (words.snake(one).split("_") for one in (anchor.removeprefix("test"), kin, own))
    while len(theirs) > 1 and len(ours) > 1 and theirs[-1] == ours[-1]:
        del theirs[-1], ours[-1]
    while len(theirs) > 1 and len(ours) > 1 and theirs[0] == ours[0]:
        del theirs[0], ours[0]
    size = len(theirs)
    at = next((at for at in range(len(said)) if said[at : at + size] == theirs), None)
    return words.snake(own) if at is None else "_".join([*said[:at], *ours, *said[at + size :]])


def unnumbered(name: str) -> str:
    """The name without a number that `free` gave it."""
    return re.sub(r"_\d+$", "", name)


def styled(name: str, others: Collection[str]) -> str:
    """The name as most others are written: `testAddItem` where they have no underscores."""
    tests = [other for other in others if other.startswith("test")]
    if 2 * sum(CAMEL.match(other) is not None for other in tests) <= len(tests):
        return name
    return "test" + "".join(word.capitalize() for word in name.removeprefix("test_").split("_"))


def kept(task: Task) -> frozenset[str]:
    """The names of the tests that were kept for a target."""
    candidates = (attempt.candidate for attempt in task.attempts if isinstance(attempt.verdict, Kept))
    return frozenset(test.name for test in candidates if isinstance(test, NewTest))


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def functions(text: str, owner: str | None = None) -> frozenset[str]:
    """The names of all functions of a file, or of its class `owner` and the bases of that which are there, too.

    None of one that cannot be parsed, which is as good as a new one.
    """
    tree = parsed(text)
    if tree is None:
        return frozenset()
    classes = {one.name: one for one in nodes_of(ast.ClassDef, tree)}
    wanted, places = [(owner or "").rpartition(".")[2]], dict[str, ast.ClassDef]()
    while wanted:
        name = wanted.pop()
        if name in classes and name not in places:
            places[name] = classes[name]
            wanted += map(last_name, classes[name].bases)
    return frozenset(one.name for place in (places.values() or [tree]) for one in functions_in(place))


def _joined(situation: str) -> str:
    """A situation with the word that joins it to what is called."""
    if situation.startswith(JOINED):
        return situation
    return f"for_{situation}" if re.search("_with(out)?_", situation) else f"with_{situation}"


def _by_message(case: Case, refused: str = "", switched: Sequence[str] = ()) -> Iterator[Way]:
    """What the message of an exception says, unless that is no more than what is called; first with what is on.

    `refused` is the parameter whose value is no good, if that is known.
    """
    said = [
        way
        for message in case.messages
        for way in _said(case, message, is_half=bool(refused) and case.is_half(message))
    ]
    yield from (Way(f"{switch}_{way.rest}", 4) for switch in switched[:1] for way in said)
    yield from said
    # Which parameter it is says more than half of a message.
    yield from [Way(f"rejects_invalid_{case.known_as(refused)}", 0.5)] if refused else ()


def _said(case: Case, message: str, *, is_half: bool) -> Iterator[Way]:
    """What a message, or a half of one, says in words that names have."""
    said = re.sub(r"^not_(a_|an_)?valid_", "invalid_", message)
    said = re.sub(rf"^found_(?=({'|'.join(FAULTS)})_)", "", said)
    ended = r"^(\w+?_\w+?)(?<!_not)(_was|_were)?_(found|given|passed|provided|received|specified|supplied)$"
    said = re.sub(ended, r"\1", said)
    if not said or re.fullmatch(r"expected(_[a-z]+){1,2}", said):  # as what was cut off
        return
    if said.split("_")[0] in ADDRESSED:
        return
    # A number in it may be of this input.
    much = 2 if re.search(r"\d", said) else 3
    if _kind_refused(case) and REFUSING.isdisjoint(said.split("_")):
        much = 1  # of which kind it is that is refused says more than what is allowed
    forbidden = FORBIDDEN.match(said)
    if forbidden and (fault := forbidden[2] or forbidden[3]) in FAULTS:
        yield Way(f"rejects_{fault}_{forbidden[1]}", much)
    if case.raised and (lacking := LACKING.match(message)):
        yield Way(f"without_{lacking[1]}_raises_{words.snake(case.raised)}", much + 1)
    if obliged := OBLIGED.match(said):
        yield Way(f"rejects_non_{obliged[2]}_{obliged[1]}", much)
    if said.split("_")[0] in FAULTS:
        yield Way(f"rejects_{said}", much)
    if (
        "_" in said
        and {*said.split("_")} - {*words.snake(case.subject).split("_")} - words.JOINTS - situations.EMPTY
    ):
        yield Way(said if case.raised else f"warns_{said}", -1 if is_half else much)


def _kind_refused(case: Case) -> str:
    """The kind of the only value that is passed, where it is refused for that: of nothing, or by a `TypeError`."""
    values = [*case.passed.values()]
    is_kind = case.raised == "TypeError" or (bool(case.raised) and values == ["None"])
    literal = literal_value(values[0]) if is_kind and len(values) == 1 else None
    kind = type(literal[0]).__name__ if literal is not None and literal[0] != "" else ""
    return KINDS.get(kind, kind)


def _is_refusal(raised: str) -> bool:
    """Whether an exception says that an argument is no good; others of Python say that something is not there."""
    known = getattr(builtins, raised, None)
    return not isinstance(known, type) or issubclass(known, ValueError | TypeError)
