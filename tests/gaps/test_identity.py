from __future__ import annotations

import textwrap

import pytest

from pytest_enrich import gaps

SAMPLE = textwrap.dedent('''\
    def parse(text, sep="-"):
        if not sep:
            raise ValueError(f"no {{sep}} in {text!r:>{10}}")
        if f"{text}{'a' + sep}" == f"{{}}{ text }":
            return 1
        for part in text.split(sep):
            print(rf"""{part}
            two""")
        return 2
''')


def ids(text: str, path: str = "src/shop/cart.py") -> dict[str, tuple[str, int]]:
    return gaps.identify(path, text)


def test_ids_are_the_same_on_every_python():
    known = ids(SAMPLE)
    recorded = [
        "cart-mhnq4aq5",
        "cart-75uc5s7p",
        "cart-ty2i5eus",
        "cart-uuchyi47",
        "cart-egdt5co3",
        "cart-5ccvgbsy",
    ]
    assert [known.get(one) for one in recorded] == [("parse", line) for line in (2, 3, 4, 6, 7, 1)]


def test_comments_spacing_and_moved_lines_leave_an_id_alone():
    after = "import os\n\n\n" + SAMPLE.replace("if not sep:", "if   not sep:  # nothing to split at")
    assert set(ids(SAMPLE)) <= set(ids(after))


def test_line_endings_leave_an_id_alone():
    assert set(ids(SAMPLE)) == set(ids(SAMPLE.replace("\n", "\r\n")))


def test_a_byte_order_mark_leaves_an_id_alone():
    assert set(ids(SAMPLE)) == set(ids("\ufeff" + SAMPLE))


def test_another_condition_is_another_gap_and_leaves_its_neighbours_alone():
    before, after = ids(SAMPLE), ids(SAMPLE.replace("if not sep:", "if sep is None:"))
    assert sorted(line for one, (_, line) in before.items() if one not in after) == [2, 2, 2]


def test_equal_decisions_in_one_function_are_told_apart():
    text = "def f(x):\n    if x:\n        a()\n    if x:\n        b()\n"
    lines = [line for _, line in ids(text).values()]
    assert lines.count(2) == lines.count(4) == 3


def test_closing_one_gap_leaves_the_ids_of_its_neighbours_alone(cover):
    source = "def f(x):\n    if x:{0}\n        return 1{0}\n    return 2{0}\n"
    text, never_called = cover(source.format("  # miss"))
    _, called = cover(source.format("").replace("return 2", "return 2  # miss"))
    before = {gap.id for gap in gaps.find("m.py", text, never_called)}
    after = {gap.id for gap in gaps.find("m.py", text, called)}
    assert len(after) == 1
    assert after < before


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("src/shop/cart.py", "cart"),
        ("src/shop/__init__.py", "shop"),
        ("__init__.py", "__init__"),
        ("odd name-é.py", "odd_name__"),
        (f"{'x' * 200}.py", "x" * 60),
    ],
)
def test_an_id_begins_with_the_modules_name(path, stem):
    assert {one.rpartition("-")[0] for one in ids("x = 1\n", path)} == {stem}


def test_the_path_is_part_of_an_id():
    assert not set(ids(SAMPLE, "a/cart.py")) & set(ids(SAMPLE, "b/cart.py"))


def test_every_gap_found_is_among_the_ids_of_its_text(cover):
    text, file = cover(SAMPLE.replace("return 1", "return 1  # miss").replace("return 2", "return 2  # miss"))
    known = gaps.identify("m.py", text)
    assert [known[gap.id] for gap in gaps.find("m.py", text, file)] == [("parse", 4), ("parse", 6)]
