"""The statements of a test: arrange, act, and assert what was observed, in the style of pytest or unittest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data import Finding, Observation, Template
from pytest_enrich.writing import words
from pytest_enrich.writing.syntax import compared, literal_value, owner, plain, relation, within

State: TypeAlias = Callable[[Observation, Template], Template]
"""Writes the statement that asserts an observation about something."""
INLINE, SHOWN = 72, 60
MESSAGE, FEWEST_SIGNS, FEW, FEWEST_WORDS = 60, 28, 3, 2
FORGOTTEN = re.compile(
    r"['\"`]?\{\w*\}['\"`]?:?|\bdict_(?:keys|values|items)\(.*|^\(['\"](?=\w+ \w)|['\"](?=, <)"
    r"|~?\b[A-Z]\w*(?=\([^\s()]*[(\[{'\"\d])\((?:.*\)|.*)"
)
"""What nobody wrote on purpose: an unfilled placeholder, or the repr of a dict view, of several arguments, or of
an object that shows how it is made."""
PAUSE = re.compile(r"(?<=\w)[.;] ")
"""The end of a sentence or of half of one."""
WANTING = {"any", "either", "instead", "must", "no", "not", "only"}
"""Words after which no message is cut, besides those with which no name ends."""
DIGITS, PLACES = 7, 7
"""How many significant digits `pytest.approx` and how many decimal places `assertAlmostEqual` compare."""
FLOAT = re.compile(r"\d+\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+")
COLLECT = "collect"
ENTERED = "with"
AROUND = ("raises", "warns")
"""What is asserted by a block around the call."""
PRINTED, LOGGED = "capsys.readouterr().out", "caplog.messages"
"""The expressions for what was printed and logged, with the fixtures that capture it."""
OUTPUTS = {PRINTED: "prints", LOGGED: "logs"}
CAPTURING = "output = ⟨io:StringIO⟩()"
"""How output is captured in a `unittest` class."""
FOLDER, FOLDERS = "tmp_path", ("folder", "directory", "temporary", "own_folder")
"""The fixture, and the names for the folder that a `unittest` test makes in its place."""
ASSERTS = {
    ("True", "=="): "assertEqual", ("False", "=="): "assertNotEqual", ("True", "!="): "assertNotEqual",
    ("True", "<"): "assertLess", ("True", "<="): "assertLessEqual", ("True", ">"): "assertGreater",
    ("True", ">="): "assertGreaterEqual", ("True", "in"): "assertIn", ("False", "in"): "assertNotIn",
    ("True", "not in"): "assertNotIn",
}  # fmt: skip
"""How `unittest` asserts that a comparison is true or false."""
ALONE = {"True": "assertTrue", "False": "assertFalse", "None": "assertIsNone"}
PART = re.compile(r"\{result\}(\.\w+(\(\))?|\[[^\[\]{}]+\])+")
IN_RESULT = " in {result}"
"""How the expression of an observation ends if it is about part of a text."""
SETTING = re.compile(r"monkeypatch\.set(env|attr)\(('[\w.]+'), (.*)\)")
"""How a fixture sets an environment variable."""
RUN = re.compile(r"^⟨asyncio:run⟩\((.*)\)$", re.DOTALL)
SPECIAL = re.compile(r"([.^$*+?{}\[\]\\|()])")
QUOTES = re.compile(r"['\"]")


class Body(Struct, frozen=True, kw_only=True):
    """Lines, as templates, and for each observation the index of the line that asserts it."""

    lines: tuple[Template, ...]
    expects: tuple[int, ...]


def write(
    finding: Finding,
    style: Literal["function", "method", "unittest"],
    *,
    awaits: bool = False,
    apart: bool = False,
    most: int = MESSAGE,
) -> Body:
    """The statements for a finding; a test that is a coroutine `awaits`.

    If they stand `apart`, the assertion is about a variable and not about the call itself. At most `most`
    characters of a message are matched.
    """
    plain_body = _write(finding, style, awaits=awaits, apart=apart, most=most)
    return _with_environment(_with_folder(plain_body)) if style == "unittest" else plain_body


def _write(
    finding: Finding, style: Literal["function", "method", "unittest"], *, awaits: bool, apart: bool, most: int
) -> Body:
    scene, action = _scene(finding, awaits=awaits)
    state = in_unittest if style == "unittest" else in_pytest
    if finding.observations[0].subject in AROUND:
        around = _around_unittest if style == "unittest" else _around_pytest
        opening = around(finding.observations[0], most)
        if finding.consume == ENTERED:
            action = f"with {action}:\n        pass"
        return Body(lines=(*scene, f"{opening}\n    {action}"), expects=(len(scene),))
    if finding.consume == ENTERED:
        return _apart(finding, scene, action, state)
    if style == "unittest" and finding.observations[0].expression.endswith(PRINTED):
        return _printed([*scene, CAPTURING], action, finding.observations[0])
    # That two things are equal is asserted as such, on several lines if need be.
    if (not apart or compared(action) is not None) and _states_result(finding, action):
        observation = finding.observations[0]
        whole = action if observation.expression == "{result}" else owner(action)
        subject = observation.expression.replace("{result}", whole)
        return Body(lines=(*scene, state(observation, subject)), expects=(len(scene),))
    return _apart(finding, scene, action, state)


def _apart(finding: Finding, scene: Sequence[Template], action: Template, state: State) -> Body:
    """The call and then the assertions; a single one about the result of a context manager is inside of it."""
    checks = [state(seen, seen.expression.replace("{result}", "result")) for seen in finding.observations]
    about_result = any(seen.subject == "result" for seen in finding.observations)
    if finding.consume == ENTERED:
        is_inside = about_result and len(checks) == 1
        action = f"with {action}{' as result' if about_result else ''}:\n    {checks[0] if is_inside else 'pass'}"
        if is_inside:
            return Body(lines=(*scene, action), expects=(len(scene),))
    elif about_result:
        action = f"result = {action}"
    lines = (*scene, action)
    return Body(lines=(*lines, *checks), expects=tuple(range(len(lines), len(lines) + len(checks))))


def _with_folder(body: Body) -> Body:
    """The same body with a folder that the test itself makes and removes, for tests without fixtures."""
    if all(renamed(line, FOLDER, "") == line for line in body.lines):
        return body
    name = next(name for name in FOLDERS if all(renamed(line, name, "") == line for line in body.lines))
    lines = tuple(renamed(line, FOLDER, f"⟨pathlib:Path⟩({name}.name)") for line in body.lines)
    setup = f"{name} = ⟨tempfile:TemporaryDirectory⟩()", f"self.addCleanup({name}.cleanup)"
    return Body(lines=(*setup, *lines), expects=tuple(at + len(setup) for at in body.expects))


def _with_environment(body: Body) -> Body:
    """The same body with what it sets around it restored by the test, for tests without fixtures."""
    first, *others = body.lines
    if (setting := SETTING.fullmatch(first)) is None:
        return body
    kind, name, value = setting.groups()
    given = f"({name}, {value})" if kind == "attr" else f".dict(⟨os:environ⟩, {{{name}: {value}}})"
    patcher = f"patcher = ⟨unittest.mock:patch⟩{given}"
    patched = (patcher, "patcher.start()", "self.addCleanup(patcher.stop)")
    return Body(lines=(*patched, *others), expects=tuple(at + len(patched) - 1 for at in body.expects))


def renamed(line: Template, name: str, other: str) -> Template:
    """The line with a variable renamed to `other`; keyword arguments of the same name keep it."""

    def exchanged(match: re.Match[str]) -> str:
        is_keyword = line[match.end() : match.end() + 1] == "="
        return other if match[1] and not is_keyword else match[0]

    return _variable(name).sub(exchanged, line)


def in_pytest(seen: Observation, subject: Template) -> Template:
    """The statement that asserts an observation about `subject`, in the style of pytest."""
    if seen.form == "instance":
        return f"assert isinstance({subject}, {seen.value})"
    if seen.form == "is":
        return f"assert {relation(subject, 'is', seen.value)}"
    return f"assert {relation(subject, '==', _approximately(seen) if seen.form == 'approx' else seen.value)}"


def in_unittest(seen: Observation, subject: Template) -> Template:
    """The statement that asserts an observation about `subject`, in a method of a `TestCase`."""
    if seen.form == "instance":
        return f"self.assertIsInstance({subject}, {seen.value})"
    if seen.form == "is" and seen.value in ALONE:
        left, sign, right = compared(subject) or (subject, "", "")
        named = ASSERTS.get((seen.value, sign))
        return f"self.{named}({left}, {right})" if named else f"self.{ALONE[seen.value]}({subject})"
    if seen.form == "approx" and seen.value[:1] in "[({":
        return f"assert {relation(subject, '==', _approximately(seen))}"
    if seen.form == "approx":
        return f"self.assertAlmostEqual({subject}, {few_digits(seen.value, PLACES)})"
    return f"self.assertEqual({subject}, {seen.value})"


def _around_pytest(seen: Observation, most: int) -> Template:
    match = f", match={pattern(seen.message, most)}" if seen.message.strip() else ""
    return f"with ⟨pytest:{seen.subject}⟩({seen.value}{match}):"


def _around_unittest(seen: Observation, most: int) -> Template:
    name, match = f"assert{seen.subject.title()}", f", {pattern(seen.message, most)}" if seen.message else ""
    return f"with self.{name}{'Regex' if match else ''}({seen.value}{match}):"


def room(message: str, over: int) -> int:
    """How much of a message is matched in a line that is `over` characters too long; all if little would be left.

    To keep the line in one piece is worth losing the end of a long sentence.
    """
    text = _said(message)[:MESSAGE]
    left = len(text) - over
    return left if len(text[: max(left, 0)].rpartition(" ")[0]) >= FEWEST_SIGNS else MESSAGE


def _said(message: str) -> str:
    """The first line of a message that is not blank."""
    return next((line.strip() for line in message.splitlines() if line.strip()), message)


def pattern(message: str, most: int = MESSAGE) -> str:
    """A pattern for the first line of a message that is not blank, cut at a word if it is longer than `most`.

    A message of a few letters is matched as a whole: they also occur in many others.
    """
    # The repr of an object differs in the next run; the quotes around it mean nothing without it.
    first, *parts = words.OBJECT.split(_said(message))
    text = max((first, *(part.lstrip("'\"`") for part in parts)), key=len).strip() or _said(message)
    match literal_value(text):  # a `KeyError` shows its argument in quotes, errors of Django also in a list
        case (str(only),) | ([str(only)],) if " " in only.strip() and only in text:
            text = only.strip()
        case (tuple(),) if " " in (said := words.main_text(text)) and said in text:
            text = said
        case ({**messages},) if (only := _only(messages)) in text:  # errors of a schema, by place
            text = only or text
    if len(parts := FORGOTTEN.split(text)) > 1:
        legible = [stripped for part in parts if " " in (stripped := part.strip(" '\"`:;,.(["))]
        text = max(legible, key=len, default=text)
    if "'" in text and '"' in text:  # quotes of both kinds: what is between them is legible
        parts = [stripped for part in QUOTES.split(text) if (stripped := part.strip())]
        longest = max(parts, key=len, default="")
        text = longest if longest.count(" ") > 1 or [longest] == parts else text
    if len(text) > most:
        text = _cut(text[:most])
    escaped = SPECIAL.sub(r"\\\1", text)
    if text == message and text.isalnum() and len(text) <= FEW:
        escaped = f"^{text}$"
    quote = '"' if '"' not in escaped else "'"
    if escaped != text and quote not in escaped and escaped.isprintable():
        return f"r{quote}{escaped}{quote}"
    return repr(escaped) if not escaped.isprintable() or quote in escaped else f"{quote}{escaped}{quote}"


def _cut(text: str) -> str:
    """The beginning of a longer message: a whole sentence if there is one, else without words left hanging."""
    *sentences, rest = PAUSE.split(text)
    if sentences and len(said := text.removesuffix(rest).rstrip(" .;")) >= FEWEST_SIGNS:
        return said
    spoken = text.rpartition(" ")[0].split(" ")
    while len(spoken) > FEWEST_WORDS and not _is_closed(" ".join(spoken)):
        spoken.pop()
    while spoken and spoken[-1].lower().rstrip(",:") in words.JOINTS | words.OPEN | WANTING:
        spoken.pop()
    return " ".join(spoken).rstrip(",") or text


def _is_closed(text: str) -> bool:
    return all(text.count(begin) <= text.count(end) for begin, end in ("()", "[]", "{}"))


def _only(held: Mapping[object, object]) -> str:
    """The sentence that is a dictionary's only value; "" if it holds something else, or more."""
    sentence = next(iter(held.values())) if len(held) == 1 else ""
    return sentence.strip() if isinstance(sentence, str) and " " in sentence.strip() else ""


def bare(template: Template) -> str:
    """The last part of a name: `⟨shop.errors:OutOfStock⟩` gives `OutOfStock`."""
    return re.sub(r"⟨[\w.]+:(?:[\w]+\.)*(\w+)⟩", r"\1", template)


def shown(template: Template) -> str:
    """A value for people to read: short, with bare names."""
    text = bare(template)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def described(finding: Finding) -> str:
    """What the call did, in words."""
    first = finding.observations[0]
    if first.subject in AROUND:
        said = f' "{shown(first.message)}"' if first.message else ""
        return f"{first.subject} {bare(first.value)}{said}"
    line, _, output = first.expression.rpartition(" in ")
    if output in OUTPUTS:
        return f"{OUTPUTS[output]} {shown(line or first.value)}"
    if first.subject == "state":
        return f"leaves {relation(first.expression, _sign(first), shown(first.value))}"
    return f"gives {_given(first)}"


def _given(seen: Observation) -> str:
    if seen.form == "instance":
        return f"an instance of {bare(seen.value)}"
    if seen.expression == "{result}":
        return shown(seen.value)
    if seen.expression.endswith(IN_RESULT):
        return f"a text with {shown(seen.expression.removesuffix(IN_RESULT))}"
    return f"{seen.expression.replace('{result}', 'a result')} {_sign(seen)} {shown(seen.value)}"


def _sign(seen: Observation) -> str:
    return "is" if seen.form == "is" else "=="


def _printed(scene: list[Template], action: Template, seen: Observation) -> Body:
    """The body that asserts what was printed, for tests without fixtures."""
    lines = (
        *scene,
        f"with ⟨contextlib:redirect_stdout⟩(output):\n    {action}",
        in_unittest(seen, seen.expression.replace(PRINTED, "output.getvalue()")),
    )
    return Body(lines=lines, expects=(len(lines) - 1,))


def _scene(finding: Finding, *, awaits: bool) -> tuple[list[Template], Template]:
    """The statements before the action, and the action; a single short object is made where it is used."""
    lines, action = [_awaited(line) if awaits else line for line in finding.lines], finding.action
    if finding.consume == "await" and awaits:
        action = f"await {action}"
    elif finding.consume == "async list" and awaits:
        action = f"[item async for item in {action}]"
    elif finding.consume == "await":
        action = f"⟨asyncio:run⟩({action})"
    elif finding.consume == "list":
        action = f"list({action})"
    elif finding.consume == "async list":
        lines.append(f"async def {COLLECT}():\n    return [item async for item in {action}]\n")
        return lines, f"⟨asyncio:run⟩({COLLECT}())"
    if len(lines) != 1 or any(seen.subject == "state" for seen in finding.observations):
        return lines, action
    name, _, value = lines[0].partition(" = ")
    uses = [match for match in _variable(name).finditer(action) if match[1]]
    short = len(plain(value + action)) <= INLINE
    if len(uses) == 1 and short and finding.expression and " " not in name:
        place = uses[0]
        before, after = action[: place.start()], action[place.end() :]
        return [], before + within(value, before, after) + after
    return lines, action


def _awaited(line: Template) -> Template:
    """A step with `await` instead of `asyncio.run`, for a test that is a coroutine."""
    return RUN.sub(r"await \1", line)


def _variable(name: str) -> re.Pattern[str]:
    """The uses of a variable (group 1); names to be imported and literals also match, so that they are skipped."""
    return re.compile(rf"⟨[^⟩]*⟩|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|(?<![\w.])({re.escape(name)})\b")


def _states_result(finding: Finding, action: Template) -> bool:
    """Whether a single assertion about the call itself, or about part of its result, says it all."""
    observation = finding.observations[0]
    if len(finding.observations) > 1 or observation.subject != "result" or not finding.expression:
        return False
    is_part = PART.fullmatch(observation.expression) is not None or observation.expression.endswith(IN_RESULT)
    return observation.expression == "{result}" or (
        is_part and len(bare(action)) <= INLINE - len(bare(observation.value))
    )


def _approximately(seen: Observation) -> Template:
    return f"⟨pytest:approx⟩({few_digits(seen.value)})"


def few_digits(value: Template, places: int | None = None) -> Template:
    """The value with no more digits in its floats than a comparison takes into account.

    Args:
        value: A float, or a container of floats.
        places: The decimal places that `assertAlmostEqual` compares; None if `pytest.approx` compares.
    """

    def shown(match: re.Match[str]) -> str:
        number = float(match[0])
        short = float(f"{number:.{DIGITS}g}")
        if places is None or round(short - number, places + 1) == 0:
            return repr(short)
        return repr(round(number, places + 1))

    return FLOAT.sub(shown, value)
