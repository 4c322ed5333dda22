"""The ways to say what a case is about: after the subject, the situation, the outcome or both."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from msgspec import Struct

from pytest_enrich.data import Template
from pytest_enrich.writing import conditions, situations, words
from pytest_enrich.writing.cases import GENERAL, INTERPRETER, Case
from pytest_enrich.writing.situations import JOINED
from pytest_enrich.writing.syntax import expression, last_name, literal_value

FEWEST_WORDS, MOST_WORDS = 3, 7
MOST_SHARED = 2
KNOWN_AS = {"int": "number", "float": "number", "str": "string", "NoneType": "none"}
KINDS = {**KNOWN_AS, "int": "integer", "bool": "boolean", "dict": "dictionary"}
"""What a value is called if its kind is what is wrong with it."""
FAULTS = {
    "unknown", "zero", "invalid", "unsupported", "missing", "bad", "illegal", "unexpected", "duplicate", "empty",
    "negative", "malformed", "none", "unrecognized", "unrecognised", "incorrect", "inconsistent", "ambiguous",
    "undefined", "nonexistent", "incompatible", "inappropriate", "improper", "mismatched", "expired", "forbidden",
    "corrupt", "corrupted", "truncated", "insufficient", "unbalanced", "unclosed", "unterminated",
}  # fmt: skip
REFUSING = {"not", "cannot", "must", "neither", "never", "no", "nothing", "should", *FAULTS}
REQUIRING = {
    "already", "clashes", "collides", "conflicts", "deprecated", "differ", "differs", "does", "end", "exceeds",
    "exists", "failed", "fails", "few", "least", "less", "many", "more", "most", "multiple", "need", "needs",
    "obsolete", "only", "removed", "repeated", "require", "required", "requires", "reserved", "than", "too",
    "twice", "unable", "without", "wrong",
}  # fmt: skip
"""A message without any of these or of `REFUSING` may be about anything: it only says how things are."""
FORBIDDEN = re.compile(
    r"^(?:argument_)?(.+?)_(?:(?:cannot|(?:is|are|must|may|should)_not)_(?:allowed_to_)?be_(\w+)|(?:is|was)_(none))$"
)
"""`ports are not allowed to be negative`: it rejects negative ports."""
UNKNOWN = re.compile(r"[Nn]o ([a-z]+) [^a-z\s]\S*|(?:[Tt]he )?([a-z]+(?: [a-z]+)?) (?:is|was) not known")
"""`no book 978...`: it rejects an unknown book; what follows is a value and not a word."""
LACKING = re.compile(
    r"^no_((?!such_)\w+?)_(?:is_|are_|was_|were_|has_been_|have_been_)?"
    r"(?:available|defined|detected|found|given|passed|present|provided|registered|set|specified|supplied)"
    r"(?:_(?:at|by|for|in|on|to)_\w+)?$"
)
"""`no unit detected`: the input is without a unit."""
KINDS_NAMED = (
    "string|str|bytes|integer|int|number|boolean|bool|list|dict|tuple|callable|iterable|hashable|numeric|positive"
    "|finite|function|mapping|sequence"
)
INSTEAD = re.compile(r"[Ee]xpected (?:an? )?([A-Za-z]\w*(?: [A-Za-z]\w*)?),? (?:but )?(?:found|got|received)\b")
"""`expected option, got '0'`: it rejects what is not an option."""
NONE_SUCH = re.compile(r"is_not_an?_(\w+)$")
"""`'abc' is not a Python function`, without the value."""
WANTED = re.compile(
    r"^(?:please_|you_)?(?:must_|have_to_|need_to_)?(?:give|pass|provide|specify|supply)_(?:either_)?(\w+_or_\w+)$"
)
"""`please provide either code or path`: one of them is required."""
OBLIGED = re.compile(
    rf"^(?:each_|every_)?(\w+?)_(?:(?:must|should|has_to|needs_to)_be|(?:is|are|was)_not)(?:_an?)?_({KINDS_NAMED})(?:_number|_value)?$"
)
"""`text must be a string`, `axis is not positive`: it rejects a text or an axis that is not."""
INSTANCE = re.compile(r"\b(?:must|should|has to) be (?:an )?instance of [`'\"<]*(?:[\w.]+\.)?([A-Za-z]\w*)")
"""`must be an instance of shop.Money`: matched in the original message, since the class's name counts."""
CHOSEN = re.compile(r"^(?:(\w+?)_)?(?:must|should|has_to|needs_to)_be_(?:either|one|in|among)(?:_\w+)?$")
"""`mode must be either r or w`: it rejects any other mode."""
LISTED = re.compile(r"^(?:[Tt]he )?[`'\"]?([A-Za-z]\w*)[`'\"]? (?:must|should|has to) be [`'\"]")
"""`format must be 'html' or 'json'`: it rejects any other format."""
SUPPORTED = re.compile(r"\bonly (?:accepts?|allows?|handles?|supports?|takes?)\b")
"""`the palette only supports .txt and .json files`: what is passed is not supported."""
DEPRECATIONS = {"⟨builtins:DeprecationWarning⟩", "⟨builtins:PendingDeprecationWarning⟩"}
EXPECTED = re.compile(rf"^expected_(\w+?)(?:_argument|_parameter|_value)?_to_be_({KINDS_NAMED})$")
"""`expected 'on_enter' argument to be callable`."""
ENDING = re.compile(r"(Error|Exception)$")
WHERE = re.compile("_(?:in|at|for|from)_")
"""What precedes the place in a message."""
ENDED = re.compile(
    r"^(\w+?_\w+?)(?<!_not)(?<!_be)(_was|_were|_has_been|_have_been)?_(found|given|passed|provided|received|specified|supplied)$"
)
"""The ending of a message that adds nothing to what comes before."""
ADDRESSED = {"hey", "i", "it", "please", "sorry", "try", "use", "we", "you"}
"""Messages that begin with one of these address somebody: what is wrong comes later, or not at all."""
RAISES = re.compile(r"raises_\w+?(?=_when_|$)")
NONE_OF_THEM, MEANT = {"'unknown'", "'other'"}, 3.5
"""Values that stand for something unknown; they say more than a message about what is allowed."""
PLAIN = 5
"""Says more than a message: of which kind something is not, that it is deprecated, that nothing is passed."""
VAGUE = {*GENERAL, "arg", "content", "data", "input", "line", "obj", "string"}
"""Parameters with these names may be anything."""
SECOND, AGAIN = 2.9, 0.2
"""The second part of a message says less than the first, but more than the first in other words."""
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
    is_refusal = bool(case.raised) and _is_refusal(case.raised)
    refused = case.refused if is_refusal else ""
    if case.seen.subject in {"raises", "warns"}:
        yield from by_message(case, refused, [switch for switch in said if switch in situations.switched(case)])
    elif case.told != case.seen.message:
        yield from by_message(case)
    elif case.seen.message:
        yield from (Way(way.rest.replace("rejects_bad_", "bad_"), ANSWERED) for way in by_message(case))
        yield Way(f"is_{case.message}", ANSWERED / 2)
    # A key that differs from the neighbouring test says more than anything else.
    keyed = {change for change in case.changed if change.removeprefix("with_") not in case.arguments}
    for situation in said:
        if is_refusal and not situation.startswith(JOINED):
            # People accept two of three names that say of which kind something is not, but one of three others.
            yield Way(f"rejects_{situation}", PLAIN if situation.startswith("non_") else 2)
        for outcome in outcomes:
            rest = f"{situation}_{situations.after(situation, outcome, case.seen.value)}"
            # `with_...` only says that something is passed, not what is wrong with it.
            weight = 0 if refused and situation.startswith("with_") else 2 + (situation in keyed)
            yield Way(f"{outcome}_{situation}" if situation.startswith("when_") else rest, weight)
        yield from [] if case.raised else [Way(_joined(situation), 1 + (situation in keyed))]
    if kind := _kind_refused(case):
        # A message that says what is wrong says more: other values of the kind may be accepted.
        says_more = case.message.split("_")[0] in FAULTS or case.message.endswith("_required")
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
        operand = KNOWN_AS.get(kind, kind) or words.snake(last_name(getattr(expression(operand), "func", None)))
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


def by_message(case: Case, refused: str = "", switched: Sequence[str] = ()) -> Iterator[Way]:
    """The ways to say what a message says, unless it only repeats the subject; first with what is `switched`.

    `refused` is the parameter whose value is refused, if that is known.
    """
    if case.is_bare and not case.has_more and case.raised and _is_refusal(case.raised):
        yield Way("rejects_missing_arguments", PLAIN)
    if refused and case.passed.get(refused) in NONE_OF_THEM and (known := case.known_as(refused)) not in VAGUE:
        yield Way(f"rejects_unknown_{known}", MEANT)
    if case.seen.value in DEPRECATIONS:
        yield Way("is_deprecated", PLAIN)
    if case.raised and (listed := LISTED.match(case.told)):
        yield Way(f"rejects_invalid_{words.snake(listed[1])}", MEANT + 1)
    if refused and SUPPORTED.search(case.told):
        yield Way(f"rejects_unsupported_{case.known_as(refused)}", MEANT)
    if case.raised and (expected := INSTEAD.match(case.told) or NONE_SUCH.match(case.message)):
        yield Way(f"rejects_non_{words.snake(expected[1])}", 3)
    ways = [
        way
        for message in case.messages
        for way in _said(
            case, message, is_half=bool(refused) and (case.is_half(message) or _is_bare(_in_short(message)))
        )
    ]
    yield from (Way(f"{switch}_{way.rest}", 4) for switch in switched[:1] for way in ways)
    yield from ways
    # The reason sets messages apart that begin alike.
    reasons = _said(case, case.reason, is_half=False) if case.raised else ()
    yield from (Way(way.rest, SECOND) for way in reasons if not _is_bare(case.reason))
    # The parameter says more than half a message, but less than an exception's class that says what is wrong.
    is_told = not hasattr(builtins, case.raised) and len(words.snake(ENDING.sub("", case.raised)).split("_")) > 1
    yield from [Way(f"rejects_invalid_{case.known_as(refused)}", 0.5)] if refused and not is_told else ()


def _is_bare(message: str) -> bool:
    """Whether a message does not say that something is wrong: `tag is one word`."""
    return (REFUSING | REQUIRING).isdisjoint(message.split("_"))


def _said(case: Case, message: str, *, is_half: bool) -> Iterator[Way]:
    """What a message, or half of one, says in words that suit a name."""
    said = _in_short(message)
    if not said or re.fullmatch(r"expected(_[a-z]+){1,2}", said):  # the rest was cut off
        return
    first = said.partition("_")[0]
    if first in ADDRESSED or (len(first) == 1 and first not in {*case.parameters, *case.optional}):
        return  # it addresses somebody, or begins with a letter that means nothing here
    # A number in it may come from this input.
    weight = 2.0 if re.search(r"\d", said) else 3.0
    if _kind_refused(case) and REFUSING.isdisjoint(said.split("_")):
        weight = 1  # the kind that is refused says more than what is allowed
    forbidden = FORBIDDEN.match(said)
    if forbidden and (fault := forbidden[2] or forbidden[3]) in FAULTS:
        yield Way(f"rejects_{fault}_{forbidden[1]}", weight)
    if case.raised and (lacking := LACKING.match(message)):
        yield Way(f"without_{lacking[1]}_raises_{words.snake(case.raised)}", weight + 1)
    if unknown := UNKNOWN.fullmatch(case.told):
        yield Way(f"rejects_unknown_{words.snake(unknown[1] or unknown[2])}", weight + 1)
    if (owner := INSTANCE.search(case.told)) and len(case.passed) == 1:
        kind, known = words.snake(owner[1]), case.known_as(*case.passed)
        yield Way(f"rejects_non_{kind}{'' if known == kind or known in GENERAL else f'_{known}'}", weight + 1)
    kinds = ((OBLIGED.match(said), weight), (EXPECTED.match(said), weight + 1))
    yield from (Way(f"rejects_non_{match[2]}_{match[1]}", strength) for match, strength in kinds if match)
    if said.split("_")[0] in FAULTS:
        # What is wrong comes before the place.
        wrong = ENDED.sub(r"\1", WHERE.split(said, maxsplit=1)[0])
        yield from (Way(f"rejects_{text}", weight) for text in dict.fromkeys((wrong, said)) if "_" in text)
        weight -= AGAIN
    own = words.snake(f"{case.subject} {words.called(case.subject.rpartition('.')[2])}").split("_")
    if "_" in said and {*said.split("_")} - {*own} - words.JOINTS - situations.EMPTY:
        yield Way(f"warns_{said}" if case.seen.subject == "warns" else said, -1 if is_half else weight)


def _in_short(message: str) -> str:
    """A message without the words that only make it a sentence."""
    said = re.sub(r"^not_(a_|an_)?valid_", "invalid_", re.sub(r"^(you|we)_(?=cannot_|may_not_)", "", message))
    said = re.sub(r"^it_is_(?:not_(?:allowed|permitted|possible)|forbidden|impossible)_to_", "cannot_", said)
    said = WANTED.sub(r"\1_required", re.sub(rf"^(?:is|are)_(?:an?_)?(?=({'|'.join(FAULTS)})_)", "", said))
    # What is refused is an invalid indent where `invalid value for indent` is said.
    said = re.sub(rf"^({'|'.join(FAULTS)})_(?:argument|option|setting|value)_(?:for|of)_", r"\1_", said)
    said = re.sub(rf"^(?:found|(?:arg|argument|input|parameter|value)_is)_(?=({'|'.join(FAULTS)})_)", "", said)
    return ENDED.sub(r"\1", CHOSEN.sub(lambda match: f"invalid_{match[1] or 'value'}", said))


def _kind_refused(case: Case) -> str:
    """The kind of the only value that is passed, if it is refused for that: None, or any with a `TypeError`.

    What the interpreter would say (`'X' object does not support item deletion`) may be about the object.
    """
    is_of_object = case.has_more or INTERPRETER.search(case.seen.message) is not None
    values = [] if is_of_object else [*case.passed.values()]
    is_kind = case.raised == "TypeError" or (bool(case.raised) and values == ["None"])
    literal = literal_value(values[0]) if is_kind and len(values) == 1 else None
    kind = type(literal[0]).__name__ if literal is not None and literal[0] != "" else ""
    return KINDS.get(kind, kind)


def _is_refusal(raised: str) -> bool:
    """Whether an exception refuses an argument; most other builtin ones say that something is not there."""
    known = getattr(builtins, raised, None)
    return not isinstance(known, type) or issubclass(known, ValueError | TypeError)
