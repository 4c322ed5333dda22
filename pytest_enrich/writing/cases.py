"""A case: everything that the name of a test may be made from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Gap, Observation, Parameter, Target, Template
from pytest_enrich.imports.text import only_statement
from pytest_enrich.writing import messages, words
from pytest_enrich.writing.syntax import expression, literal_value, nodes_of

GENERAL = ("flag", "number", "text", "value")
"""What a parameter is called if its own name says nothing."""
OTHER = "other"
"""What the other side of an operator is called."""
INTERPRETER = re.compile(
    r"^('\w+'|\w+) object (has|is|does|can)|^\w+(\.\w+)*\(\) (got|takes|missing)|^Python int"
    r"|^unsupported operand"
)
"""Messages of the interpreter, which change with its versions."""
COMPLAINT = re.compile(
    r"(?=(?:\S+ +){2,20}\S+$)"
    r".*\b(?:must|should|cannot|(?:is|are|was) not|not allowed|[Ii]nvalid|[Mm]issing|[Rr]equired)\b"
)
"""A returned text that says what is wrong: `each position must be a list`."""
POSSESSIVE = re.compile(r"(?<=\w)(?<!\bit)(?<!\bthat)['’]s\b")  # noqa: RUF001 - as people write it
LONG_NUMBER = re.compile(r"\d{5}")
"""A number so long that it comes from the input."""
CODE = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{6,}\b")
"""A code, not a word, that may be part of the input."""
HUMPED = re.compile(r"[a-z][A-Z]")
"""The seam between words that are written as one."""
BARE = {"None", "True", "False"}
NOTHING = {"None", "{}", "[]", "()"}
"""What is passed if an argument is required but its value does not matter."""
MOST_SAID = 9
"""A message of up to so many words becomes a name; a longer one is cut."""
SUBORDINATE = ("_when_", "_if_", "_because_", "_since_")
"""What begins another clause: a message cut before it is shorter, but complete."""
PLACES = ("at", "for", "from", "in", "on")
"""Words before a place or a topic: what is wrong comes before them."""
EVERYTHING = {"locals", "vars", "super", "eval", "exec"}
"""Functions that read parameters without naming them."""
DECIDING = ("if", "elif", "while", "for", "match", "case")
ASKED = re.compile(r"\b(?!len\b|bool\b|any\b|all\b)\w+\([^()]*\)|\bin \w+")
OF_OBJECT = re.compile(r"\bisinstance\(self\.|\bself\.\w+ is (?:not )?None")
"""A decision about the object's own state, whatever is passed."""
SIGNS = (
    (re.compile(r"(?<!\S)> ?0\b(?!\.\d)"), "positive"),
    (re.compile(r"(?<!\S)>= ?(?=\d)"), "at least "),
    (re.compile(r"(?<!\S)<= ?(?=\d)"), "at most "),
    (re.compile(r"(?<!\S)> ?(?=\d)"), "greater than "),
    (re.compile(r"(?<!\S)< ?(?=\d)"), "less than "),
)
"""The signs that messages use, and the words for them."""
OPPOSITES = {"__eq__": "__ne__", "__ne__": "__eq__"}
NUMBERED = re.compile(r"^(?:\[[A-Za-z]+ ?\d+\]|[Ll]ine \d+[:,])\s*")
"""How messages begin that have a code (`[Errno 2]`), or say on which line of a text something is wrong."""


class Case(Struct, frozen=True, kw_only=True):
    """Everything that the name of a test may be made from.

    Attributes:
        subject: What is called, as people would say (`Cart.add`).
        text, outcome: The decision that goes another way than before, as in `Gap`.
        docstring: That of the function.
        parameters: The names of the required parameters.
        optional: The names of the optional parameters.
        arguments: What is passed, by parameter name, including what the object was made from.
        changed: What differs from the test that it is derived from, as situations.
        elsewhere: The values in that test that are not arguments of what is tested.
        seen: The outcome that was observed.
        has_more: Whether something is passed that has no name.
        is_gathered: Whether the outcome is a list of all items that the call gave.
        is_bare: Whether nothing is passed although any number of values may be.
        unfilled: The message without the values that the code put into it, "" if that is not known.
    """

    subject: str
    seen: Observation
    text: str = ""
    outcome: str = ""
    docstring: str = ""
    parameters: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    arguments: dict[str, Template] = {}
    changed: tuple[str, ...] = ()
    elsewhere: tuple[Template, ...] = ()
    has_more: bool = False
    is_gathered: bool = False
    is_bare: bool = False
    unfilled: str = ""

    @property
    def values(self) -> frozenset[str]:
        """The texts and numbers that are passed; without None and booleans, which say what is wrong.

        A key of a dictionary that the decision names is no value, but what an option is called.
        """
        nodes = [node for value in self.arguments.values() if (node := expression(value)) is not None]
        constants = (part.value for part in nodes_of(ast.Constant, *nodes))
        values = {str(value) for value in constants if value is not None and not isinstance(value, bool)}
        keyed = (key for part in nodes_of(ast.Dict, *nodes) for key in part.keys)
        keys = {str(key.value) for key in keyed if isinstance(key, ast.Constant)}
        return frozenset(values - keys.intersection(re.findall(r"\w+", self.text)))

    @property
    def told(self) -> str:
        """The complaint about the input: the message, or a returned text that reads like one."""
        is_whole = self.seen.subject == "result" and self.seen.expression == "{result}"
        literal = literal_value(self.seen.value) if is_whole and not self.seen.message else None
        text = literal[0] if literal is not None and isinstance(literal[0], str) else ""
        is_complaint = COMPLAINT.match(text) and not any(text in value for value in self.values)
        return text if is_complaint else self.seen.message

    @property
    def message(self) -> str:
        """The complaint about the input as words of a name, without the values that were passed."""
        return self._spoken(MOST_SAID)

    @property
    def passed(self) -> dict[str, Template]:
        """What is passed to the function under test itself, and not to what makes its object."""
        declared = {*self.parameters, *self.optional}
        return {name: value for name, value in self.arguments.items() if name in declared}

    @property
    def messages(self) -> tuple[str, ...]:
        """The message as long as it may be, and cut to fewer words if that makes a difference."""
        return tuple(dict.fromkeys((self.message, self._spoken(words.MOST_WORDS))))

    @property
    def reason(self) -> str:
        """What follows the colon in a message, as words of a name: `not a valid code: a number is missing`."""
        _, _, rest = words.main_text(self.told).partition(": ")
        return words.phrase(rest, self.values) if len(rest.split()) > 1 else ""

    def _spoken(self, most: int) -> str:
        """At most so many words of the message; the last is neither a single letter nor only in a passed value."""
        texts = " ".join((self.docstring, self.text, *self.parameters, *self.optional))
        known = words.snake(f"{self.subject} {texts}").replace("_", "")
        passed = {part for value in self.values for part in words.snake(value).split("_")}
        said = words.phrase(self._said, self.values, most).split("_")
        shown = [word in passed and word not in known for word in said]
        # `path of Color.RED`: the value consists of several words.
        before = (at for at, word in enumerate(said[:-1]) if word == "of" and all(shown[at + 1 :]))
        said = said[: next(before, len(said) - shown[-1])]
        while said and len(said[-1]) == 1 and said[-1].isalpha() and said[-1] not in self.arguments:
            said = said[:-1]  # `mode m/G`: part of a value
        while said and said[-1] in PLACES:
            said = said[:-1]  # a value came next
        return "_".join(said)

    def is_half(self, message: str) -> bool:
        """Whether this is less than the main clause of the message, or says only what was expected."""
        rest = "_".join(words.clause(self._said, self.values)).removeprefix(message)
        if {*rest.split("_")} <= words.JOINTS | words.OPEN:
            rest = ""  # they led to a value
        names = tuple(f"{words.snake(name)}_" for name in self.arguments)
        is_expected = message.startswith("expected_") and not message.startswith(names)
        is_short = message.count("_") < words.MOST_WORDS
        whole = (*SUBORDINATE, *(f"_{place}" for place in PLACES if is_short))
        return is_expected or not (rest == "" or rest.startswith(whole))

    @property
    def refused(self) -> str:
        """The parameter whose value the exception refuses; "" if that is not certain.

        If nothing is passed to the function under test, the arguments of its object count that the decision is
        about.

        What the interpreter refuses, or a message of a single word (`closed`), may be about something else; if
        the decision is about the object, it is.
        """
        if INTERPRETER.search(self.seen.message) or re.fullmatch("[a-z]+", self.message):
            return ""
        decided = {name: value for name, value in self.arguments.items() if self.asks_of(name)}
        given = self.passed or decided
        passed = [name for name, value in given.items() if value not in BARE]
        shown = {name: given[name].strip("'\"") for name in passed}
        quoted = [name for name, value in shown.items() if len(value) > 1 and value in self.seen.message]
        asked = [name for name in passed if name in decided]
        # An argument without a name may be what is wrong; so may an option that is on.
        is_of_others = self.has_more or not decided.keys() <= {*passed}
        is_of_object = not decided and OF_OBJECT.search(self.text) is not None
        likely = (quoted,) if (is_of_others and not asked) or is_of_object else (quoted, asked, passed)
        return next((suspects[0] for suspects in likely if len(suspects) == 1), "")

    def asks_of(self, name: str) -> bool:
        """Whether the decision is about an argument, by its own name: `event.env` belongs to another object."""
        return re.search(rf"(?:(?<![\w.])|\b(?:self|cls)\.){re.escape(name)}\b", self.text) is not None

    @property
    def _said(self) -> str:
        """The message without what no name mentions: where and by what it was raised, and the values passed."""
        text = words.main_text(in_words(POSSESSIVE.sub("", self.unfilled or self.told)))
        said = NUMBERED.sub("", words.OBJECT.sub(" ", text).strip())
        # The values that were passed may also stand in it without quotes: `Cannot parse POINT(4 6`.
        signs = (value for value in self.values if HUMPED.search(value) or not value.replace(" ", "").isalnum())
        codes = (code for code in CODE.findall(text) if any(code in value for value in self.values))
        passed = {part for part in (*signs, *filter(LONG_NUMBER.search, self.values), *codes) if len(part) > 1}
        for value in sorted(passed, key=len, reverse=True):
            said = said.replace(value, " ")
        own = self.subject.rpartition(".")[2]
        said = re.sub(rf"^[`'\"@]?{re.escape(own)}[`'\"]?(?:\([^()]*\))?:? ", "", said) if own else said
        said = re.sub(rf" of (the )?{own.replace('_', '[ _]')}\b", "", said) if own else said
        if INTERPRETER.search(said) or LONG_NUMBER.search(words.SENTENCE.split(said, maxsplit=1)[0]):
            return ""
        raised = words.snake(self.raised).split("_") if self.raised else ["(?!)"]  # the latter never matches
        named = rf"^{'[ _-]?'.join(raised)}(?:: +(?=\w)|[.!]?$)"
        first, _, reason = said.partition(": ")
        is_named = self._names_class(first) and len(reason.split()) > 1
        rest = reason if is_named else re.sub(named, "", said, flags=re.IGNORECASE)
        if words.clause(rest, self.values):
            return rest
        # `unknown code` says it all, even if the class has that name; `error` alone says nothing.
        return "" if "_".join(words.clause(said, self.values)).endswith(("error", "exception")) else said

    def _names_class(self, text: str) -> bool:
        """Whether a text is the exception's class in words, perhaps with one more: `Invalid JSON Schema`."""
        own = {*words.snake(self.raised).split("_")} - {"", "error", "exception", "warning"}
        said = {*words.snake(text).split("_")}
        return len(own) > 1 and own <= said and len(said) <= len(own) + 1

    def known_as(self, name: str) -> str:
        """A parameter in words; one with a single letter by the kind of its value."""
        if len(known := words.snake(name)) > 1 and known != OTHER:
            return known
        literal = literal_value(self.arguments.get(name, ""))
        if literal is None:
            return GENERAL[-1]
        kinds = zip((bool, int | float | complex, str, object), GENERAL, strict=True)
        return next(word for kind, word in kinds if isinstance(literal[0], kind))

    def evident(self, name: str) -> str:
        """What is obvious about a passed value (`empty_text`, `without_sep`); "" if it is like any other."""
        value = self.arguments.get(name, "")
        is_needed = name in self.parameters and len(self.arguments) > 1
        # `f(value)` and `in value` do not ask whether the value is empty.
        decision = ASKED.sub("", self.text) if self.text.startswith(DECIDING) else ""
        is_decided_on = re.search(rf"\b{name}\b", decision)
        if is_needed and value in NOTHING and not is_decided_on:
            return ""
        if value == "None" and [*self.arguments] == [name] and name not in self.optional:
            return "with_none"
        return words.evident(value, self.known_as(name), optional=name in self.optional) if value else ""

    @property
    def raised(self) -> str:
        """The name of the exception's class, "" if nothing is raised."""
        return self.seen.value.strip("⟨⟩").split(":")[-1].split(".")[-1] if self.seen.subject == "raises" else ""


def in_words(message: str) -> str:
    """A message with its signs replaced by words."""
    for sign, spoken in SIGNS:
        message = sign.sub(spoken, message)
    return message


def case_of(
    target: Target, gap: Gap, seen: Observation, parameters: Iterable[Parameter], arguments: dict[str, Template]
) -> Case:
    """The case of a test that closes `gap`, for a function that is declared with `parameters`."""
    declared = [*parameters]
    source = target.part_of(gap.id).source
    unread = _unread(source)
    return Case(
        subject=target.qualname,
        seen=seen,
        text=gap.text,
        outcome=gap.outcome,
        docstring=target.part_of(gap.id).docstring or "",
        parameters=tuple(parameter.name for parameter in declared if parameter.default is None),
        optional=tuple(parameter.name for parameter in declared if parameter.default is not None),
        arguments={name: value for name, value in arguments.items() if name not in unread},
        unfilled=messages.unfilled(source, seen.message),
    )


def _unread(source: str) -> set[str]:
    """The parameters that a function never reads although it reads others: no case is about them."""
    function = only_statement(source)
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    read = {node.id for node in nodes_of(ast.Name, function)}
    declared = {parameter.arg for parameter in nodes_of(ast.arg, function.args)} - {"self", "cls"}
    return set() if read & EVERYTHING or not declared & read else declared - read


def of_equality(case: Case) -> Case:
    """The case as one of inequality if two objects were compared as equal and are not, and the other way round."""
    owner, _, method = case.subject.rpartition(".")
    if method not in OPPOSITES or case.seen.value not in {"True", "False"}:
        return case
    known = method if case.seen.value == "True" else OPPOSITES[method]
    return replace(case, subject=f"{owner}.{known}", seen=replace(case.seen, value="True", expression=""))
