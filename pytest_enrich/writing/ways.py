"""The ways to say what a case is about: after the subject, the situation, the outcome or both."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from msgspec import Struct

from pytest_enrich.data import Template
from pytest_enrich.writing import complaints, conditions, situations, words
from pytest_enrich.writing.cases import Case
from pytest_enrich.writing.situations import JOINED
from pytest_enrich.writing.syntax import expression, last_name, literal_value

FEWEST_WORDS, MOST_WORDS = 3, 7
MOST_SHARED = 2
RAISES = re.compile(r"raises_\w+?(?=_when_|$)")
ANSWERED = 0.8
"""A returned complaint says less than what was different in the input."""
UNASKED = {"", "without", "with", "when", "for", "is", "not", "the", "returns", "raises"}
LINKED = ("_from", "_than", "_most", "_least")
"""Endings of a subject after which an operand needs no `with`."""
COMPARED = {
    "__lt__": ("is_less_than", "is_not_less_than"),
    "__le__": ("is_less_than_or_equal_to", "is_not_less_than_or_equal_to"),
    "__gt__": ("is_greater_than", "is_not_greater_than"),
    "__ge__": ("is_greater_than_or_equal_to", "is_not_greater_than_or_equal_to"),
    "__eq__": ("equals", "does_not_equal"), "__ne__": ("does_not_equal", "equals"),
}  # fmt: skip
"""What a comparison says about its object: if it is true, and if it is false."""


class Way(Struct, frozen=True):
    """A way to go on after the subject (the situation, the outcome or both), and how much it says."""

    rest: str
    says: float

    def behind(self, subject: str) -> str:
        """The subject and the rest; words with which the subject ends are not repeated."""
        # `add_from` wants an operand: nothing else can follow it.
        is_whole = self.rest.startswith("with_") or not subject.endswith(words.FROM)
        subject_words = (subject if is_whole else subject.removesuffix("_from")).split("_")
        rest = self.rest.removeprefix("with_" if subject.endswith(LINKED) else "").split("_")
        overlap = next(
            size for size in range(len(subject_words), -1, -1) if size == 0 or subject_words[-size:] == rest[:size]
        )
        return "_".join([*subject_words, *rest[overlap:]]).rstrip("_")

    def score(self, subject: str, known: Collection[str]) -> float:
        """How good the way is; `known` are words of messages, docstrings, parameters and other tests."""
        spoken = self.behind(subject).split("_")
        said = {*RAISES.sub("", self.rest).split("_")} - {*subject.split("_")} - UNASKED
        shared = min(len(said & {*known}), MOST_SHARED)
        length = max(FEWEST_WORDS - len(spoken), 0) + max(len(spoken) - MOST_WORDS, 0)
        repeated = len(spoken) - len({*spoken})
        return 2 * self.says * bool(said) + shared - length - repeated - 2 * any(word.isdigit() for word in said)


def of(case: Case) -> Iterator[Way]:
    """The ways to say what a case is about."""
    said = [*dict.fromkeys(filter(None, situations.situations(case)))]
    outcomes = [*dict.fromkeys(filter(None, situations.outcomes(case)))]
    is_refusal = bool(case.raised) and complaints.is_refusal(case.raised)
    refused = case.refused if is_refusal else ""
    if case.seen.subject in {"raises", "warns"}:
        switched = [switch for switch in said if switch in situations.switched(case)]
        yield from (Way(*way) for way in complaints.by_message(case, refused, switched))
    elif case.told != case.seen.message:
        yield from (Way(*way) for way in complaints.by_message(case))
    elif case.seen.message:
        yield from (Way(rest.replace("rejects_bad_", "bad_"), ANSWERED) for rest, _ in complaints.by_message(case))
        yield Way(f"is_{case.message}", ANSWERED / 2)
    # A key that differs from the neighbouring test says more than anything else.
    keyed = {change for change in case.changed if change.removeprefix("with_") not in case.arguments}
    for situation in said:
        if is_refusal and not situation.startswith(JOINED):
            # People accept two of three names that say of which kind something is not, but one of three others.
            yield Way(f"rejects_{situation}", complaints.PLAIN if situation.startswith("non_") else 2)
        for outcome in outcomes:
            rest = f"{situation}_{situations.after(situation, outcome, case.seen.value)}"
            # `with_...` only says that something is passed, not what is wrong with it.
            weight = 0 if refused and situation.startswith("with_") else 2 + 2 * (situation in keyed)
            yield Way(f"{outcome}_{situation}" if situation.startswith("when_") else rest, weight)
        yield from [] if case.raised else [Way(_joined(situation), 1 + (situation in keyed))]
    if kind := complaints.kind_refused(case):
        # A message that says what is wrong says more: other values of the kind may be accepted.
        is_clear = case.message.split("_")[0] in complaints.FAULTS or case.message.endswith("_required")
        says_more = is_clear or any(complaints.of_several(case))
        yield Way(f"rejects_{kind}", 1 if says_more else 3)
    # An object made without arguments has its defaults.
    is_of_object = case.seen.subject == "result" and case.seen.expression != "{result}"
    if case.subject.endswith("__init__") and not case.arguments and is_of_object:
        yield Way("defaults", 2)
    yield from (Way(outcome, 1) for outcome in outcomes)
    if not case.raised:  # an exception is always mentioned
        yield Way("", 0)


def compared(case: Case) -> Iterator[str]:
    """The name of a comparison: `byte_is_less_than_number`."""
    owner, _, own = case.subject.rpartition(".")
    if own in COMPARED and case.seen.value in {"True", "False"} and case.arguments:
        literal = literal_value(operand := next(reversed(case.arguments.values())))
        kind = type(literal[0]).__name__ if literal is not None else ""
        operand = words.KNOWN_AS.get(kind, kind) or words.snake(
            last_name(getattr(expression(operand), "func", None))
        )
        if not operand:
            return
        verb = COMPARED[own][case.seen.value == "False"]
        is_alike = operand == words.snake(owner)
        if verb == "does_not_equal" and is_alike:
            operand = f"different_{operand}"  # it equals others of its class
        elif is_alike and own not in {"__eq__", "__ne__"}:
            operand = "another"
        yield f"{words.snake(owner)}_{verb}_{operand}"


def apart(case: Case) -> Iterator[str]:
    """What sets it apart from other tests of the function: a key, an option's text, what the decision asks for."""
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
    yield from _looked_at(case)


def anyhow(case: Case) -> Iterator[str]:
    """What can still be said if the plain name is taken: better than appending a number."""
    yield from _looked_at(case)
    values = [literal for value in case.arguments.values() if (literal := literal_value(value)) is not None]
    yield from (f"_with_{kind}" for value in [*case.arguments.values()][:1] if (kind := _kind(value)))
    texts = [value for (value,) in values if isinstance(value, str)]
    slugs = [words.value_slug(repr(text)) for text in texts]
    yield from (f"_for_{slug}" for slug in slugs if re.fullmatch(r"[a-z_]{3,}", slug))
    first = (re.search(r"[^\W\d_]{3,}", text, re.ASCII) for text in texts)
    yield from (f"_for_{words.snake(match[0])}" for match in first if match)
    seen: Sequence[Any] | None = literal_value(case.seen.value)
    while seen and isinstance(seen[0], list | tuple) and len(seen[0]) == 1:
        seen = seen[0]
    shown = f"{seen[0]:g}" if seen and isinstance(seen[0], float) else repr(seen[0]).lstrip("b") if seen else ""
    if re.fullmatch(r"\w{1,20}", result := words.value_slug(shown)):
        yield f"_gives_{result}"


def _looked_at(case: Case) -> Iterator[str]:
    """The attribute of the result that is checked."""
    if attribute := re.fullmatch(r"\{result\}\.([a-z]\w*)", case.seen.expression):
        yield f"_{words.snake(attribute[1])}"


def _kind(value: Template) -> str:
    """The kind of collection that a value is, or what made the value; "" for other values."""
    literal, node = literal_value(value), expression(value)
    if literal is not None and isinstance(literal[0], list | tuple | dict | set | frozenset):
        return type(literal[0]).__name__
    return words.snake(last_name(node.func)) if isinstance(node, ast.Call) and literal is None else ""


def _joined(situation: str) -> str:
    """A situation with the word that joins it to the subject."""
    if situation.startswith(JOINED):
        return situation
    return f"for_{situation}" if re.search("_with(out)?_", situation) else f"with_{situation}"
