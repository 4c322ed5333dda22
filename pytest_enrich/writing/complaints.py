"""What a message says about the input, in words of a name: `rejects_negative_ports`."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Sequence

from pytest_enrich.writing import situations, words
from pytest_enrich.writing.cases import GENERAL, INTERPRETER, PLACES, Case
from pytest_enrich.writing.syntax import literal_value

FAULTS = {
    "unknown", "zero", "invalid", "unsupported", "missing", "bad", "illegal", "unexpected", "duplicate", "empty",
    "negative", "malformed", "none", "unrecognized", "unrecognised", "incorrect", "inconsistent", "ambiguous",
    "undefined", "nonexistent", "incompatible", "inappropriate", "improper", "mismatched", "expired", "forbidden",
    "corrupt", "corrupted", "truncated", "insufficient", "unbalanced", "unclosed", "unterminated", "oversized",
    "unresolved", "unregistered", "unmatched",
}  # fmt: skip
FAULT = "|".join(sorted(FAULTS))
REFUSING = {"not", "cannot", "must", "neither", "never", "no", "nothing", "should", *FAULTS}
REQUIRING = {
    "already", "clashes", "collides", "conflicts", "deprecated", "differ", "differs", "does", "end", "exceeds",
    "exists", "failed", "fails", "few", "least", "less", "many", "more", "most", "multiple", "need", "needs",
    "obsolete", "only", "removed", "repeated", "require", "required", "requires", "reserved", "than", "too",
    "twice", "unable", "without", "wrong",
}  # fmt: skip
"""A message without any of these or of `REFUSING` may be about anything: it only says how things are."""
KINDS_NAMED = (
    "string|str|bytes|integer|int|number|boolean|bool|list|dict|tuple|callable|iterable|hashable|numeric|positive"
    "|finite|function|mapping|sequence"
)
NOUN = r"((?:[a-z0-9]+_){0,3}?[a-z0-9]+)"
"""What a message is about, in up to four words."""
REPHRASED = [
    (re.compile(pattern.replace("FAULT", FAULT).replace("NOUN", NOUN).replace("KIND", KINDS_NAMED)), form)
    for pattern, form in {
        "^(?:argument_)?(.+?)_(?:cannot|(?:is|are|must|may|should)_not)_(?:allowed_to_)?be_(FAULT)$": r"\2_\1",
        "^(?:argument_)?(?!(?:FAULT)_)NOUN_(?:is|are|was|were)_(FAULT|too_[a-z]+)$": r"\2_\1",
        r"^NOUN_(?:cannot|(?:may|must|should)_not)_(?:contain|include)_(\w+)$": r"\1_with_\2",
        "^(?:(?:FAULT)_)?NOUN_(?:must|should|ha(?:s|ve)_to|needs?_to)_(?:contain|have|include)"
        r"_(?:at_least_(?:an?|one)|an?|some)_(\w+)$": r"\1_without_\2",
        "^NOUN_(?:do|does|did)_not_match$": r"wrong_\1",
        r"^(?:each_|every_)?(\w+?)_(?:(?:must|should|ha(?:s|ve)_to|needs?_to)_be|(?:is|are|was)_not)(?:_an?)?_(KIND)"
        r"(?:_number|_value)?$": r"non_\2_\1",
        r"^expected_(\w+?)(?:_argument|_parameter|_value)?_to_be_(KIND)$": r"non_\2_\1",
    }.items()
]
"""Messages, and what they reject: `indent is negative` rejects a negative indent."""
UNKNOWN = re.compile(r"[Nn]o ([a-z]+) [^a-z\s]\S*|(?:[Tt]he )?([a-z]+(?: [a-z]+)?) (?:is|was) not known")
"""`no book 978...`: it rejects an unknown book; what follows is a value and not a word."""
LACKING = re.compile(
    r"^no_((?!such_)\w+?)_(?:is_|are_|was_|were_|has_been_|have_been_)?"
    r"(?:available|defined|detected|found|given|passed|present|provided|registered|set|specified|supplied)"
    r"(?:_(?:at|by|for|in|on|to)_\w+)?$"
)
"""`no unit detected`: the input is without a unit."""
INSTEAD = re.compile(r"[Ee]xpected (?:an? )?([A-Za-z]\w*(?: [A-Za-z]\w*)?),? (?:but )?(?:found|got|received)\b")
"""`expected option, got '0'`: it rejects what is not an option."""
NONE_SUCH = re.compile(r"(?:(in|for)_(\w+?)(?:_argument|_parameter)?_)?is_not_an?_(\w+)$")
"""`'abc' is not a Python function`, `3 in names is not a text`, without the value."""
WANTED = re.compile(
    r"^(?:please_|you_)?(?:must_|have_to_|need_to_)?(?:give|pass|provide|specify|supply)_(?:either_)?(\w+_or_\w+)$"
)
"""`please provide either code or path`: one of them is required."""
CHOSEN = re.compile(r"^(?:(\w+?)_)?(?:must|should|has_to|needs_to)_be_(?:either|one|in|among)(?:_\w+)?$")
"""`mode must be either r or w`: it rejects any other mode."""
LISTED = re.compile(
    r"^(?:[Tt]he )?[`'\"]?([A-Za-z]\w*)[`'\"]?(?: of \w+)? (?:must|should|has to|can only) be "
    r"(?:either |one of )?[`'\"]"
)
"""`format must be 'html' or 'json'`: it rejects any other format."""
SUPPORTED = re.compile(r"\bonly (?:accepts?|allows?|handles?|supports?|takes?)\b")
"""`the palette only supports .txt and .json files`: what is passed is not supported."""
PARTS = "(bits|bytes|char\\w*|digits|elements|entries|items|letters)\\b"
BOUNDED = re.compile(rf"\bat (least|most) (\w+) {PARTS}")
"""`the code must be at least 6 digits`: it rejects one with fewer."""
EXACTLY = re.compile(rf"\bexactly \w+ {PARTS}|\blength\b")
"""`the code has to be exactly 6 bytes long`: it rejects one of another length."""
DEPRECATIONS = {"⟨builtins:DeprecationWarning⟩", "⟨builtins:PendingDeprecationWarning⟩"}
ENDING = re.compile(r"(Error|Exception)$")
FAULTY = re.compile(rf"^(?:{FAULT})_(?!(?:argument|input|operation|parameter|state|type|value)$)\w+$")
"""The name of an exception's class that says what is wrong: `OversizedHeaderError`."""
WHERE = re.compile("_(?:in|at|for|from)_")
"""What precedes the place in a message."""
ENDED = re.compile(
    r"^(\w+?_\w+?)(?<!_not)(?<!_be)(_was|_were|_has_been|_have_been)?_(found|given|passed|provided|received|specified|supplied)$"
)
"""The ending of a message that adds nothing to what comes before."""
ADDRESSED = {"hey", "i", "it", "please", "sorry", "try", "use", "we", "you"}
"""Messages that begin with one of these address somebody: what is wrong comes later, or not at all."""
NONE_OF_THEM, MEANT = {"'unknown'", "'other'"}, 3.5
"""Values that stand for something unknown; they say more than a message about what is allowed."""
PLAIN = 5
"""Says more than a message: of which kind something is not, that it is deprecated, that nothing is passed."""
VAGUE = {*GENERAL, "arg", "content", "data", "input", "line", "obj", "string"}
"""Parameters with these names may be anything."""
SECOND, AGAIN, TURNED = 2.9, 0.2, 0.4
"""The second part of a message says less than the first, but more than the first in other words; a sentence
that was turned round says more than the sentence."""
SEVERAL = 2
"""A message that names so many options is about how they go together."""
WANTING = {
    "None", "either", "give", "missing", "must", "need", "needs", "pass", "provide", "required", "specify",
    "without",
}  # fmt: skip
"""Words of a message about options none of which is passed."""
TOGETHER = {"also", "both", "needs", "only", "require", "requires", "together", "with", "without"}
"""Words of a message about an option that is not passed without another."""
Said = tuple[str, float]
"""What follows the subject in a name, and how much it says."""


def by_message(case: Case, refused: str = "", switched: Sequence[str] = ()) -> Iterator[Said]:
    """The ways to say what a message says, unless it only repeats the subject; first with what is `switched`.

    `refused` is the parameter whose value is refused, if that is known.
    """
    if case.raised:
        yield from _refusals(case, refused)
    if case.seen.value in DEPRECATIONS:
        yield "is_deprecated", PLAIN
    ways = [
        way
        for message in case.messages
        for way in _said(
            case, message, is_half=bool(refused) and (case.is_half(message) or _is_bare(_in_short(message)))
        )
    ]
    yield from ((f"{switch}_{rest}", 4) for switch in switched[:1] for rest, _ in ways)
    yield from ways
    # The reason sets messages apart that begin alike.
    reasons = _said(case, case.reason, is_half=False) if case.raised else ()
    for rest, _ in reasons:
        is_turned = rest.startswith("rejects_")
        if is_turned or not _is_bare(case.reason):
            yield rest, MEANT if is_turned else SECOND
    # The parameter says more than half a message, but less than an exception's class that says what is wrong.
    is_told = "_" in _class_of(case)
    yield from [(f"rejects_invalid_{case.known_as(refused)}", 0.5)] if refused and not is_told else ()


def _class_of(case: Case) -> str:
    """The name of the exception's class in words, without its ending; "" for a builtin one."""
    return "" if hasattr(builtins, case.raised) else words.snake(ENDING.sub("", case.raised))


def _refusals(case: Case, refused: str) -> Iterator[Said]:
    """What is refused, as far as the exception's class, the whole message and what is passed tell."""
    known = case.known_as(refused) if refused else ""
    if case.is_bare and not case.has_more and is_refusal(case.raised):
        yield "rejects_missing_arguments", PLAIN
    if known and known not in VAGUE and case.passed.get(refused) in NONE_OF_THEM:
        yield f"rejects_unknown_{known}", MEANT
    if listed := LISTED.match(case.told):
        is_unknown = not NONE_OF_THEM.isdisjoint(case.passed.values())
        yield f"rejects_{'unknown' if is_unknown else 'invalid'}_{words.snake(listed[1])}", MEANT + 1
    if known and (SUPPORTED.search(case.told) or case.message.startswith("is_not_supported")):
        yield f"rejects_unsupported_{known}", MEANT
    if known and (bound := BOUNDED.search(case.told)):
        than = "fewer" if bound[1] == "least" else "more"
        yield f"rejects_{known}_with_{than}_than_{bound[2]}_{bound[3]}", MEANT + 1
    if known and EXACTLY.search(case.told):
        yield f"rejects_{known}_of_wrong_length", MEANT
    if expected := INSTEAD.match(case.told):
        yield f"rejects_non_{words.snake(expected[1])}", 3
    if none_such := NONE_SUCH.match(case.message):
        yield f"rejects_non_{'_'.join(filter(None, (none_such[3], none_such[1], none_such[2])))}", 3
    if FAULTY.match(wrong := _class_of(case)):
        yield f"rejects_{wrong}", MEANT if _is_bare(case.message) else SECOND
    yield from of_several(case)


def of_several(case: Case) -> Iterator[Said]:
    """What is refused if the message names options, of which two, one or none are passed."""
    told = re.findall(r"\w+", case.told)
    named = [*dict.fromkeys(word for word in told if len(word) > 1 and word in case.optional)]
    values = {name: case.arguments.get(name, "None") for name in named}
    passed = [words.snake(name) for name in named if values[name] != "None"]
    missing = [words.snake(name) for name in named if values[name] == "None"]
    if len(named) < SEVERAL or not is_refusal(case.raised) or not {"True", "False"}.isdisjoint(values.values()):
        return
    if not passed and not WANTING.isdisjoint(told):
        yield f"rejects_missing_{'_and_'.join(missing[:SEVERAL])}", MEANT
    elif not missing:
        yield f"rejects_both_{'_and_'.join(passed[:SEVERAL])}", MEANT
    elif passed and not TOGETHER.isdisjoint(told):
        yield f"rejects_{passed[0]}_without_{missing[0]}", MEANT + 1


def _is_bare(message: str) -> bool:
    """Whether a message does not say that something is wrong: `tag is one word`."""
    return (REFUSING | REQUIRING).isdisjoint(message.split("_"))


def _said(case: Case, message: str, *, is_half: bool) -> Iterator[Said]:
    """What a message, or half of one, says in words that suit a name."""
    said = _in_short(message)
    if not said or re.fullmatch(r"expected(_[a-z]+){1,2}", said):  # the rest was cut off
        return
    first = said.partition("_")[0]
    if first in ADDRESSED or (len(first) == 1 and first not in {*case.parameters, *case.optional}):
        return  # it addresses somebody, or begins with a letter that means nothing here
    # A number in it may come from this input.
    weight = 2.0 if re.search(r"\d", said) else 3.0
    if kind_refused(case) and REFUSING.isdisjoint(said.split("_")):
        weight = 1  # the kind that is refused says more than what is allowed
    if case.raised and (lacking := LACKING.match(message)):
        yield f"without_{lacking[1]}_raises_{words.snake(case.raised)}", weight + 1
    if unknown := UNKNOWN.fullmatch(case.told):
        yield f"rejects_unknown_{words.snake(unknown[1] or unknown[2])}", weight + 1
    turned = (match.expand(form) for pattern, form in REPHRASED if (match := pattern.match(said)))
    wrong = [_unpassed(text, case) for text in turned]
    yield from ((f"rejects_{text}", weight + TURNED) for text in wrong)
    if first in FAULTS:
        # What is wrong comes before the place.
        short = ENDED.sub(r"\1", WHERE.split(said, maxsplit=1)[0])
        wrong += [short, said]
        yield from ((f"rejects_{text}", weight) for text in dict.fromkeys((short, said)) if "_" in text)
    own = words.snake(f"{case.subject} {words.called(case.subject.rpartition('.')[2])}").split("_")
    # What comes first was a value if only a place is left: `in the table is no type`.
    if first not in PLACES and "_" in said and {*said.split("_")} - {*own} - words.JOINTS - situations.EMPTY:
        rest = f"warns_{said}" if case.seen.subject == "warns" else said
        yield rest, -1 if is_half else weight - AGAIN * bool(wrong)


def _unpassed(wrong: str, case: Case) -> str:
    """What is wrong, where nothing is passed for what is None: `missing_port`."""
    missing = {words.snake(name) for name in case.optional if name not in case.arguments}
    about = wrong.removeprefix("none_")
    return f"missing_{about}" if about != wrong and about in missing else wrong


def _in_short(message: str) -> str:
    """A message without the words that only make it a sentence."""
    said = re.sub(r"^not_(a_|an_)?valid_", "invalid_", re.sub(r"^(you|we)_(?=cannot_|may_not_)", "", message))
    said = re.sub(r"^it_is_(?:not_(?:allowed|permitted|possible)|forbidden|impossible)_to_", "cannot_", said)
    said = WANTED.sub(r"\1_required", re.sub(rf"^(?:is|are)_(?:an?_)?(?=({FAULT})_)", "", said))
    said = re.sub("(?<=[a-z]_)(is|are|was|were)_not_(defined|known|recogni[sz]ed|supported)$", r"\1_un\2", said)
    # What is refused is an invalid indent where `invalid value for indent` is said.
    said = re.sub(rf"^({FAULT})_(?:argument|option|setting|value)_(?:for|of)_", r"\1_", said)
    said = re.sub(rf"^(?:found|(?:arg|argument|input|parameter|value)_is)_(?=({FAULT})_)", "", said)
    return ENDED.sub(r"\1", CHOSEN.sub(lambda match: f"invalid_{match[1] or 'value'}", said))


def kind_refused(case: Case) -> str:
    """The kind of the only value that is passed, if it is refused for that: None, or any with a `TypeError`.

    What the interpreter would say (`'X' object does not support item deletion`) may be about the object.
    """
    is_of_object = case.has_more or INTERPRETER.search(case.seen.message) is not None
    values = [] if is_of_object else [*case.passed.values()]
    is_kind = case.raised == "TypeError" or (bool(case.raised) and values == ["None"])
    literal = literal_value(values[0]) if is_kind and len(values) == 1 else None
    kind = type(literal[0]).__name__ if literal is not None and literal[0] != "" else ""
    return words.KINDS.get(kind, kind)


def is_refusal(raised: str) -> bool:
    """Whether an exception refuses an argument; most other builtin ones say that something is not there."""
    known = getattr(builtins, raised, None)
    return not isinstance(known, type) or issubclass(known, ValueError | TypeError)
