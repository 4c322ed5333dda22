"""Simplifying what was found: the smallest call that reaches the same, and shows no less."""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from ..engine.probe import Note
from ..engine.reduce import COLLECTIONS, reduce
from ..engine.search import Result, Search
from ..engine.solve import distance, numbers, proposals, replacements
from ..engine.usual import TEXTS, UNKNOWN
from ..express import evaluable, named, spoken
from . import informative
from .calls import Call, sites
from .contract import is_worded
from .function import Function
from .observe import said
from .pool import ANY_TEXT, is_foreign, is_unlike
from .run import Outcome
from .stated import Record
from .templates import literals

MOST_RECEIVERS, MOST_LIMITS = 12, 12
LONGEST_WRITTEN, FARTHEST = 80, 10**18
PLAIN, CONTAINERS = {bool, int, float, str}, {list, tuple, set, frozenset, dict}
REFUSED = (repr(UNKNOWN), "'other'")
EMPTY_TEXTS = {"''", '""'}
IS_UNKNOWN = re.compile(
    r"\b(?:unknown|unrecogni[sz]ed|unsupported|not (?:found|known|recogni[sz]ed|registered|supported|match any)"
    r"|has no|no such|no\b.{1,40}\bfound)\b",
    re.IGNORECASE,
)
"""Words of a message about a text that is not among the allowed ones."""
ODD = re.compile(r"(?=.*[^\W_])(?=.*[\W_]).+")
"""A text with letters or digits, and with signs."""
MADE = re.compile(r"⟨[\w.]+:(?:\w+\.)*(\w+)⟩\(")
"""The class of an object."""
BASE = re.compile("Base|Abstract|Mixin")
CLASS = re.compile(r"⟨[\w.]+:[\w.]+⟩(?=\()")
"""The same at the start of a template that makes an object, perhaps with something done to it."""


def reduced(
    looking: Search[Function], result: Result[Function], until: float, unlike: list[Record] | None = None
) -> Call:
    """The call of a result, reduced: it still reaches the same, and its observations differ from `unlike`."""
    goal = _Found(looking, result, until, unlike)
    least = goal.in_common(reduce(result.call, goal.plain, goal.is_done_by, goal.unusual))
    return goal.emptied(goal.as_text(goal.at_limit(least)))


@dataclass(frozen=True)
class _Found:
    """A result, and what a smaller call must have in common with it."""

    looking: Search[Function]
    result: Result[Function]
    until: float
    unlike: list[Record] | None

    @property
    def function(self) -> Function:
        """What is called."""
        return self.result.subject

    @cached_property
    def plain(self) -> Mapping[str, Sequence[str]]:
        """Values to prefer for each parameter, and for the object ("")."""
        inputs = self.function.inputs
        refilled = inputs.refilled(self.result.call.receiver or "")
        receivers = sorted(inputs.known_receivers, key=_bareness)[:MOST_RECEIVERS]
        is_refused = self._outcome.raised is not None
        preferred = {
            name: pool.preferred(self._unspoken, is_refused=is_refused) for name, pool in inputs.pools.items()
        }
        return {**preferred, "": (*self._bare, *self._of_owner, *refilled, *receivers)}

    @cached_property
    def _bare(self) -> Sequence[str]:
        """The object made without arguments, if the call shows the same: then they do not matter."""
        call, runner = self.result.call, self.function.runner
        bare = f"{match[0]}()" if (match := CLASS.match(call.receiver or "")) else call.receiver
        alone = replace(call, receiver=bare)
        if bare is None or alone == call or not self._ends_so(alone):
            return []
        return [bare] if said(runner, alone) == said(runner, call) else []

    @cached_property
    def _of_owner(self) -> Sequence[str]:
        """The object as one of the class that has the method, if it is of another class.

        Not if that class is named a base and no test makes objects of it: it is there to be derived from.
        """
        owner, receiver = self.function.inputs.owner, self.result.call.receiver or ""
        match = CLASS.match(receiver)
        if (
            owner is None
            or inspect.isabstract(owner)
            or match is None
            or match[0] == (owner_template := named(owner))
        ):
            return []
        is_shown = any(text.startswith(f"{owner_template}(") for text in self.function.inputs.known_receivers)
        is_usual = is_shown or not BASE.search(owner.__name__)
        return [f"{owner_template}{receiver[match.end() :]}"] if owner_template is not None and is_usual else []

    def at_limit(self, call: Call) -> Call:
        """The call with a number right beside the limit that it is compared with, where mistakes show first.

        A call with nothing but values that tests pass stays as it is.
        """
        wrong, odd, far, _ = self.unusual(call)
        if not far or time.monotonic() > self.until:
            return call
        lines = {item[0] for item in self.result.reached if isinstance(item, tuple)}
        notes = [note for note in self.function.watch(call, lines) if note.how == "<"]
        compared = [note for note in notes if 1 < distance([note]) < FARTHEST]
        others = islice(proposals(compared, numbers(sites(call)), lambda _kind: ()), MOST_LIMITS)
        usual = (other for other in others if self.unusual(other)[:2] <= (wrong, odd))
        return next(filter(self.is_done_by, usual), call)

    def as_text(self, call: Call) -> Call:
        """The call with an obviously unknown text for a value that is none of the texts that it is compared with.

        Nobody passes `False` for a day, or some word of the prose. Values that tests pass stay, unless they are
        refused there.
        """
        is_strange = self._outcome.raised is not None or self.unusual(call)[2] > 0
        if time.monotonic() > self.until:
            return call
        lines = {item[0] for item in self.result.reached if isinstance(item, tuple)}
        for value in out_of_place(self.function.watch(call, lines)):
            others = (make(other) for text, make in sites(call) for other in with_unknown(text, value))
            call = next(filter(self.is_done_by, others), call) if is_strange or type(value) is not str else call
        return self._refused(call) if self._outcome.raised is not None else call

    def in_common(self, call: Call) -> Call:
        """The call with a plain word for a text that several arguments have in common: a key, what has it.

        One by one they cannot be changed.
        """
        for name, template in call.arguments:
            text, pool = template[1:-1], self.function.inputs.pools.get(name)
            is_known = pool is None or template in (*pool.seen, *pool.called)
            is_shared = any(text in value for other, value in call.arguments if other != name)
            if template.startswith(TEXTS) and ODD.fullmatch(text) and is_shared and not is_known:
                changed = {key: value.replace(text, ANY_TEXT[1:-1]) for key, value in call.arguments}
                plainer = replace(call, arguments=tuple(changed.items()))
                call = plainer if self.is_done_by(plainer) else call
        return call

    def emptied(self, call: Call) -> Call:
        """The call with an empty list for an iterable that is made from nothing, even if tests pass such a one."""
        for template, value in evaluable([text for _, text in call.arguments if CLASS.sub("", text) == "()"]):
            if hasattr(value, "__iter__") or hasattr(value, "__aiter__"):
                arguments = tuple((key, "[]" if text == template else text) for key, text in call.arguments)
                other = replace(call, arguments=arguments)
                call = other if self.function.inputs.conforms(other) and self.is_done_by(other) else call
        return call

    def _refused(self, call: Call) -> Call:
        """The call with an obviously unknown text for one that is refused and that nobody would write there.

        A text in a collection becomes a plain word, unless tests pass it.
        """
        error = self.function.runner.call(call).raised
        message = spoken(error) if error is not None and is_worded(error) else ""
        for name, template in call.arguments:
            value = next((value for _, value in evaluable([template])), None)
            # Of several values, the one that the message mentions is refused; a phrase distracts in any case.
            is_told = len(call.arguments) == 1 or str(value) in message
            if (is_told or " " in template) and self._is_strange(name, template, message):
                others = (call.with_argument(name, text) for text in (REFUSED if is_told else (ANY_TEXT,)))
                call = next(filter(self.is_done_by, others), call)
            if template[:1] in COLLECTIONS:
                call = self._plain_inside(call, name)
        return call

    def _plain_inside(self, call: Call, name: str) -> Call:
        """The call with a plain word for each text in a collection that is no key, and that no test passes."""
        pool, template = self.function.inputs.pools.get(name), dict(call.arguments)[name]
        known = {match[0] for seen in (*pool.seen, *pool.called) for match in literals(seen)} if pool else set()
        for match in reversed(literals(template)):  # what comes before a text stays in its place
            after = template[match.end() :]
            is_said = match.lastgroup != "string" or match[0] in {*known, *REFUSED}
            if is_said or after.lstrip().startswith(":"):
                continue
            plainer = f"{template[: match.start()]}{ANY_TEXT}{after}"
            other = call.with_argument(name, plainer)
            if self.unusual(other) <= self.unusual(call) and self.is_done_by(other):
                call, template = other, plainer
        return call

    def _is_strange(self, name: str, template: str, message: str) -> bool:
        """Whether nobody would write such a text there, such as a phrase from somebody's prose.

        If the message calls the text unknown, any that is unlike those of tests counts as strange.
        """
        pool = self.function.inputs.pools.get(name)
        if pool is None:
            return False
        if IS_UNKNOWN.search(message):
            return is_foreign(template, pool.seen)
        return is_unlike(template, pool.seen) and (template not in pool.written or " " in template.strip("' "))

    def unusual(self, call: Call) -> tuple[bool, int, int, int]:
        """How much a reader stumbles over, most of all over a value of a wrong type where another would do."""
        is_wrong = self.result.cost.exceptional and not self.function.inputs.conforms(call)
        unspoken = sum(self._unspoken(value) for _, value in call.arguments)
        return is_wrong, *self.function.strangeness(call, self._outcome), unspoken

    def is_done_by(self, call: Call) -> bool:
        """Whether a call reaches the same, ends the same way, and shows no less."""
        if time.monotonic() > self.until or not self._ends_so(call):
            return False
        observations = said(self.function.runner, call)
        if observations in ([], self.unlike) or not self._is_worth_its_object(call, observations):
            return False
        return not (self._is_telling and self._is_ineffective(call))

    def _ends_so(self, call: Call) -> bool:
        runner, result = self.function.runner, self.result
        if not result.cost.exceptional and not self.function.inputs.conforms(call):
            return False
        outcome, reached = runner.call(call), self.looking.reached
        if outcome.refusal or type(outcome.raised) is not type(self._outcome.raised):
            return False
        is_clear = informative.informative_rank(outcome) <= informative.informative_rank(self._outcome)
        is_alike = informative.is_reflexive(call) and not informative.is_reflexive(result.call)
        is_poor = is_alike or informative.speaks_of_nothing(outcome, call)
        if not is_clear or is_poor or not result.reached <= reached(outcome):
            return False
        return not (call.setup and informative.unobserved(runner, call, result.reached, reached))

    def _is_worth_its_object(self, call: Call, shown: Sequence[Record]) -> bool:
        """Whether a call on another object shows as much, and more than on one made without arguments.

        Where an object's contents matter, one that nobody made shows little. One that fills lines must become
        smaller in any case.
        """
        first, preferred = self.result.call.receiver, self.plain[""]
        if not preferred or call.receiver in {first, *self._of_owner} or len(first or "") > LONGEST_WRITTEN:
            return True
        on_first = replace(call, receiver=first)
        before = said(self.function.runner, on_first)
        if first is not None and first.endswith("()"):
            is_barer = (call.receiver or "").endswith("()") and len(call.receiver or "") < len(first)
            return is_barer or shown[:1] != before[:1]  # its result, and not what else is in it
        if call.receiver in preferred and not (call.receiver or "").endswith("()"):
            return True
        return shown == before or _is_alike(shown, before, said(self.function.runner, on_first))

    @cached_property
    def _outcome(self) -> Outcome:
        return self.function.runner.call(self.result.call)

    @cached_property
    def _is_telling(self) -> bool:
        return not self.result.cost.uninformative and not self._is_ineffective(self.result.call)

    def _is_ineffective(self, call: Call) -> bool:
        runner, inputs = self.function.runner, self.function.inputs
        return informative.is_ineffective(runner, inputs, call, self.looking.reached, self.until)

    @cached_property
    def _about(self) -> frozenset[str]:
        """The words of the lines reached; a statement may continue on the next line."""
        lines = {at + further for at in informative.lines_of(self.result.reached) for further in (0, 1)}
        texts = (self.function.runner.line(at).lower() for at in lines)
        return frozenset(word for text in texts for word in re.findall(r"[a-z]+", text))

    def _unspoken(self, value: str) -> int:
        """How many of its objects are of a class that the lines reached do not mention."""
        return sum(name.lower() not in self._about for name in MADE.findall(value))


def with_unknown(template: str, value: object) -> Iterator[str]:
    """The template with an obviously unknown text for one of its parts that gives the value."""
    if value != "":
        yield from replacements(template, value, UNKNOWN)
    for match in literals(template) if value == "" else ():
        if match[0] in EMPTY_TEXTS:
            yield template[: match.start()] + repr(UNKNOWN) + template[match.end() :]


def out_of_place(notes: Iterable[Note]) -> list[object]:
    """Values that are compared only with texts: those that are no texts, and words that are none of several."""
    compared: dict[tuple[type, object], list[object]] = {}
    for note in notes:
        if note.how == "in" and type(note.right) in CONTAINERS and type(note.left) in PLAIN:
            compared.setdefault((type(note.left), note.left), []).extend(note.right)
        for value, other in [(note.left, note.right), (note.right, note.left)] if note.how == "==" else []:
            if type(value) in PLAIN and other is not None:
                compared.setdefault((type(value), value), []).append(other)
    return [value for (kind, value), others in compared.items() if _is_out_of_place(kind, value, others)]


def _is_out_of_place(kind: type, value: object, others: Sequence[object]) -> bool:
    kinds = {type(other) for other in others if other is not None}
    if kinds != {str} or UNKNOWN in others:
        return False
    is_word = str(value).isalpha() or not value
    return kind is not str or (is_word and value not in others and len({*others}) > 1)


def _is_alike(shown: Sequence[Record], before: Sequence[Record], again: Sequence[Record]) -> bool:
    """Whether both show the same, except for what differs each time, such as the time of day."""
    changing = {record["expression"] for record in before if record not in again}
    steady, expected = (
        [record for record in records if record["expression"] not in changing] for records in (shown, before)
    )
    return bool(steady) and steady == expected


def _bareness(receiver: str) -> tuple[bool, int]:
    """Whether it is made without arguments, which shows little, and how long it is."""
    return receiver.endswith("()"), len(receiver)
