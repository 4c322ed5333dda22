"""Whatever the layout of a list of cases, a row goes in and comes out without a trace."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_enrich import patch
from pytest_enrich.data import NewRow, Origin, Placement

GOES_ON = '"""a\nb"""'
VALUES = st.sampled_from(
    ['"a"', "'it'", "-1", "None", "[1, 2]", '{"k": (1, 2)}', "f(1, x=2)", GOES_ON, "lambda: 0"]
)
NAMES = st.sampled_from(['"a, b"', "'a,b'", '("a", "b")', '["a", "b"]', 'argnames="a, b"'])
LONG = f'"{"long" * 18}"'


def row(code, *, name="test_it", argnames=("a", "b"), owner=None, imports=()):
    return NewRow(
        name=name,
        code=code,
        argnames=argnames,
        imports=imports,
        placement=Placement(path="tests/test_it.py", anchor=name, owner=owner),
        title="it: two words",
        look="",
        oracle=(),
        origin=Origin(proposer="rows"),
        gaps=("it-aaaaaaaa",),
    )


@dataclass
class File:
    """A generated test file; `owner` is the class its test is in."""

    text: str
    owner: str | None


@st.composite
def elements(draw, number):
    """Cases as sources, in one of the usual shapes."""
    pairs = [(f'"{number}-{index}"', draw(VALUES)) for index in range(number)]
    shape = draw(
        st.sampled_from(["({}, {})", "[{}, {}]", "pytest.param({}, {})", "pytest.param({}, {}, id='i{n}')"])
    )
    return [shape.format(*pair, n=index) for index, pair in enumerate(pairs)]


@st.composite
def lists(draw, cases, step):
    """The source of a list of `cases` in one of the usual layouts; its other lines begin with `step`."""
    comma = draw(st.sampled_from(["", ","]))
    opening, closing = draw(st.sampled_from(["[]", "()"]))
    layouts = ["line", "lines", "aligned", "filled", "leading", "spaced"]
    if opening == "(" and len(cases) == 1:  # without a comma it is no tuple
        comma = ","
        layouts.remove("leading")
    layout = draw(st.sampled_from(layouts))
    notes = [draw(st.sampled_from(["", "  # note", "  # [ ( ,"])) for _ in cases]
    if layout == "line":
        return f"{opening}{', '.join(cases)}{comma}{closing}"
    if layout == "spaced":
        return f"{opening} {' , '.join(cases)} {comma} {closing}"
    if layout == "aligned":
        lines = [f"{case},{note}" for case, note in zip(cases[:-1], notes, strict=False)]
        return opening + f"\n{step}{step} ".join([*lines, cases[-1] + comma]) + closing
    if layout == "leading":
        return f"{opening}\n{step}{step}" + f"\n{step}{step}, ".join(cases) + f"\n{step}{closing}"
    if layout == "filled":
        middle = (len(cases) + 1) // 2
        parts = [", ".join(cases[:middle]), ", ".join(cases[middle:])]
        inside = f",{notes[0]}\n{step}{step}".join(part for part in parts if part)
        return f"{opening}\n{step}{step}{inside}{comma}{notes[-1]}\n{step}{closing}"
    above = draw(st.sampled_from(["", "# first\n", "\n"]))
    below = draw(st.sampled_from(["", "# the last of them\n", "\n# apart\n"]))
    lines = [f"{case},{note}\n" for case, note in zip(cases[:-1], notes, strict=False)]
    lines += [f"{cases[-1]}{comma}{notes[-1]}\n"]
    body = "".join(f"{step}{step}{line}" for line in (f"{above}{''.join(lines)}{below}").splitlines(keepends=True))
    return f"{opening}\n{body}{step}{closing}"


@st.composite
def files(draw):
    """A whole test file."""
    step = draw(st.sampled_from(["    ", "  ", "\t"]))
    cases = draw(elements(draw(st.integers(1, 4))))
    values = draw(lists(cases, step))
    names = draw(NAMES)
    constant = draw(st.booleans())
    ids = draw(st.sampled_from(["", "list", "function"])) if "id=" not in cases[0] else ""
    given_ids = {"": "", "list": f", ids={[f'word-{n}' for n in range(len(cases))]}", "function": ", ids=repr"}[
        ids
    ]
    given_values = "CASES" if constant else values
    keyword = "argvalues=" if "argnames" in names else ""
    outer = draw(st.sampled_from(["({}, {}{})", "(\n@{},\n@{}{},\n)", "({},\n    {}{})", "({}, {}{}, )"]))
    call = outer.format(names, keyword + given_values, given_ids).replace("@", step)
    above = draw(
        st.sampled_from(["", "@pytest.mark.slow\n", '@pytest.mark.parametrize("c", [(1, 2), 3])  # other\n'])
    )
    test = f"{above}@pytest.mark.parametrize{call}\ndef test_it(a, b, c=0):\n{step}assert a != b\n"
    owner = draw(st.sampled_from([None, "TestIt"]))
    if owner:
        test = f"class TestIt:\n{step}x = 1\n\n" + "".join(
            step + line if line.strip() else line for line in test.splitlines(keepends=True)
        )
    head = f"import pytest\n\nf = '{{}}'.format\n{f'CASES = {values}' if constant else ''}\n\n\n"
    text = head + test + draw(st.sampled_from(["", "\n\ndef test_z():\n    assert 1\n"]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = text if draw(st.booleans()) else text.rstrip("\n")
    return File(text.replace("\n", end), owner)


def cases_of(file, text):
    """The cases and ids that pytest gets, as texts."""
    space: dict[str, object] = {}
    exec(compile(text, "test_it.py", "exec"), space)
    function = space[file.owner].test_it if file.owner else space["test_it"]
    marks = [mark for mark in function.pytestmark if mark.name == "parametrize"]
    mark = next(mark for mark in marks if "c" not in mark.args[:1])
    values = mark.kwargs.get("argvalues", mark.args[-1] if mark.args else ())
    ids = mark.kwargs.get("ids")
    plain = [list(getattr(one, "values", one)) for one in values]
    return [[str(value).partition(" at 0x")[0] for value in one] for one in plain], ids


def changed(old, new):
    """How many lines of the old text are gone."""
    difference = difflib.ndiff(old.splitlines(keepends=True), new.splitlines(keepends=True))
    return sum(line.startswith("- ") for line in difference)


IN_ONE_LINE = f"""\
import pytest

CASES = [("4-0", "a"), ("4-1", "a"), ("4-2", "a"), ("4-3", {GOES_ON})]


@pytest.mark.parametrize("a, b", CASES, ids=["word-0", "word-1", "word-2", "word-3"])
def test_it(a, b):
    assert a != b
"""
NEW = st.sampled_from(
    [
        '("new", 7)',
        '("new", 7)',
        '["new", 7]',
        'pytest.param("new", 7, id="new-id")',
        f"({LONG}, 7)",
        "('new',\n 7)",
    ]
)


@settings(max_examples=100, deadline=None)
@given(files(), NEW)
def test_a_row_goes_in_at_the_end(file, code):
    new = row(code, owner=file.owner)
    before, ids = cases_of(file, file.text)

    text = patch.insert(file.text, new)

    after, ids_after = cases_of(file, text)
    assert after[:-1] == before
    assert after[-1][1] == "7"
    assert ids_after == ids or (ids_after[:-1] == ids and ids_after[-1] in {"new-id", "two-words"})
    assert patch.insert(text, new) == text


@settings(max_examples=50, deadline=None)
@given(files())
@example(File(IN_ONE_LINE, None))
def test_a_line_for_each_case_changes_no_other_line_but_for_a_comma(file):
    text = patch.insert(file.text, row('("new", 7)', owner=file.owner))

    # A text that goes on in the next line is no line of its own.
    old, new = (one.replace(GOES_ON, GOES_ON.replace("\n", " ")) for one in (file.text, text))
    assert changed(old, new) <= 2
