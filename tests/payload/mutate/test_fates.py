import sys
import textwrap
from pathlib import Path

import pytest

from pytest_enrich import mutants
from pytest_enrich.data import Answered, Mutated, Prove, Proved
from pytest_enrich.sandboxes.isolation import available
from pytest_enrich.sandboxes.process import ProcessSandbox

SOURCE = "src/shop/cart.py"


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def fates(root: Path, answer: Mutated, *lines: int, source=SOURCE) -> dict[str, str]:
    """By the change of each mutant what became of it."""
    assert not answer.error
    text = (root / source).read_text()
    made = [one for line in lines for one in mutants.make(text, [line])]
    by_id = {fate.id: fate.fate for fate in answer.fates}
    return {one.change: by_id[one.id] for one in made}


TEST = """
    import pytest
    from shop.cart import Cart, PRICES, spelled


    def test_new():
        {}
    """


def test_a_test_kills_what_it_fails_on_and_nothing_else(shop, mutate):
    code = TEST.format("assert Cart(most=1).add('pen').items == ['pen']")
    line = line_of((shop / SOURCE).read_text(), "if len(")
    assert fates(shop, mutate(shop, code, line), line) == {
        "len(self.items) >= self.most -> len(self.items) > self.most": "survived",
        "len(self.items) >= self.most -> len(self.items) < self.most": "killed",
    }


@pytest.mark.parametrize(
    ("part", "statement", "change"),
    [
        ("def __init__", "assert Cart().owner == 'ann'", '"ann" -> ""'),
        ("limit = 3", "assert Cart.limit == 3", "3 -> 4"),
        ("return x * 2", "assert PRICES['pen'] == 2", "2 -> 3"),
        ("return word.upper()", "assert spelled(['a']) == ['A']", "return word.upper() -> return None"),
    ],
)
def test_what_happens_at_import_and_inside_of_functions_is_changed_too(shop, mutate, part, statement, change):
    line = line_of((shop / SOURCE).read_text(), part)
    assert fates(shop, mutate(shop, TEST.format(statement), line), line)[change] == "killed"
    assert fates(shop, mutate(shop, TEST.format("assert Cart"), line), line)[change] == "survived"


LATE = """
    def test_new():
        from shop.cart import Cart

        assert Cart().add("pen").most == 2
    """
AGAIN = """
    import importlib
    import shop.cart


    def test_new():
        importlib.reload(shop.cart)
        assert shop.cart.Cart().add("pen").most == 2
    """
UNITTEST = """
    import unittest
    from shop.cart import Cart


    class TestNew(unittest.TestCase):
        def test_new(self):
            self.assertEqual(Cart().add("pen").most, 2)
    """


@pytest.mark.parametrize(
    ("code", "name"), [(LATE, "test_new"), (AGAIN, "test_new"), (UNITTEST, "TestNew::test_new")]
)
def test_it_is_the_same_for_every_kind_of_test(shop, mutate, code, name):
    text = (shop / SOURCE).read_text()
    lines = (line_of(text, "def __init__"), line_of(text, "self.items.append"), line_of(text, "if len("))
    answer = mutate(shop, code, *lines, tests=(f"tests/test_new.py::{name}",))
    assert fates(shop, answer, *lines) == {
        '"ann" -> ""': "survived",
        "2 -> 3": "killed",
        "self.items.append(name) -> pass": "survived",
        "len(self.items) >= self.most -> len(self.items) > self.most": "survived",
        "len(self.items) >= self.most -> len(self.items) < self.most": "killed",
    }


def test_it_is_the_same_when_a_conftest_has_imported_the_source(shop, mutate):
    (shop / "conftest.py").write_text("import sys\nsys.path.insert(0, 'src')\nimport shop.cart\n")
    line = line_of((shop / SOURCE).read_text(), "def __init__")
    code = TEST.format("assert Cart().most == 2")
    assert fates(shop, mutate(shop, code, line), line) == {'"ann" -> ""': "survived", "2 -> 3": "killed"}


def test_a_test_that_no_longer_ends_has_noticed(shop, mutate):
    line = line_of((shop / SOURCE).read_text(), "self.items.pop()")
    code = TEST.format("assert Cart().add('pen').drain() == []")
    answer = mutate(shop, code, line, seconds=0.5)
    assert fates(shop, answer, line) == {"self.items.pop() -> pass": "timeout"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has kernel layers")
def test_it_is_the_same_within_each_of_the_kernels_layers(shop, mutate):
    text = (shop / SOURCE).read_text()
    lines = (line_of(text, "def __init__"), line_of(text, "self.items.pop()"))
    code = TEST.format("assert Cart().add('pen').drain() == []")
    for layers in available(shop):
        assert fates(shop, mutate(shop, code, *lines, layers=layers, seconds=0.5), *lines) == {
            '"ann" -> ""': "survived",
            "2 -> 3": "survived",
            "self.items.pop() -> pass": "timeout",
        }


def test_a_mutant_that_ends_the_process_is_noticed(project, mutate):
    root = project(src__a="import os\n\n\ndef f(x=1):\n    if x > 1:\n        os._exit(3)\n    return x\n")
    code = "from a import f\n\n\ndef test_new():\n    assert f() == 1\n"
    answer = mutate(root, code, 4, 5, source="src/a.py")
    assert fates(root, answer, 4, 5, source="src/a.py")["x > 1 -> x <= 1"] == "crash"


def test_existing_tests_are_tried_on_what_is_contested(shop, mutate):
    line = line_of((shop / SOURCE).read_text(), "self.items.append")
    name = "tests/test_cart.py::test_add"
    made = mutants.make((shop / SOURCE).read_text(), [line, line + 1])
    answer = mutate(
        shop,
        TEST.format("assert Cart().add('pen').items"),
        made=made,
        others=(
            name,
            "tests/test_cart.py::test_broken",
            "tests/test_cart.py::test_gone",
            "tests/test_gone.py::test_a",
        ),
        contested=(made[0].id,),
    )
    assert [fate.killed_before for fate in answer.fates] == [(name,), None]


def test_a_candidate_that_fails_on_the_original_says_nothing(shop, mutate):
    answer = mutate(shop, TEST.format("assert Cart().most == 5"), 12)
    assert answer.fates == ()
    assert "no test passes on the original" in answer.error
    assert "assert 2 == 5" in answer.error


def test_a_candidate_that_does_not_import_the_source_says_nothing(shop, mutate):
    answer = mutate(shop, "def test_new():\n    pass\n", 12)
    assert answer.unable == "the tests do not import the source file"


def test_a_loop_that_does_not_end_takes_no_time_from_the_others(shop, mutate):
    text = (shop / SOURCE).read_text()
    lines = (line_of(text, "self.items.pop()"), line_of(text, "return self.items\n"))
    code = TEST.format("assert Cart().add('pen').drain() == []")
    answer = mutate(shop, code, *lines, seconds=1000.0)
    assert fates(shop, answer, *lines) == {
        "self.items.pop() -> pass": "timeout",
        "return self.items -> return None": "killed",
    }


def test_what_there_is_no_time_for_is_not_tried(shop, mutate):
    text = (shop / SOURCE).read_text()
    lines = (
        line_of(text, "self.items.append"),
        line_of(text, "self.items.pop()"),
        line_of(text, "return self.items"),
    )
    answer = mutate(
        shop,
        TEST.format("Cart().add('pen').drain().pop"),
        *lines,
        budget=4.0,
        seconds=30.0,
        processor_seconds=30.0,
    )
    assert [fate.fate for fate in answer.fates] == ["survived", "untried", "untried"]


def test_the_module_of_a_package_is_changed_too(project, mutate):
    root = project(src__pack__a="")
    (root / "src/pack/__init__.py").write_text("def f(x):\n    return x + 1\n")
    code = "from pack import f\n\n\ndef test_new():\n    assert f(1) == 2\n"
    answer = mutate(root, code, 2, source="src/pack/__init__.py")
    assert set(fates(root, answer, 2, source="src/pack/__init__.py").values()) == {"killed"}


def test_nothing_of_the_project_is_changed(shop, mutate):
    before = {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()}
    mutate(shop, TEST.format("assert Cart().most == 2"), *range(1, 30))
    assert {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()} == before


def test_verdicts_are_those_of_fresh_runs_on_a_changed_file(shop, mutate):
    source = shop / SOURCE
    text = source.read_text()
    code = textwrap.dedent(
        TEST.format(
            "cart = Cart().add('a').add('b')\n"
            "        with pytest.raises(ValueError):\n            cart.add('c')\n"
            "        assert (cart.items, spelled(cart.items), PRICES) == (['a', 'b'], ['A', 'B'], {'pen': 2})"
        )
    )
    made = mutants.make(text, range(1, 21), 9)
    answer = mutate(shop, code, made=made)
    fresh = {}
    for one in made:
        source.write_text(one.apply(text))
        job = Prove(path="tests/test_new.py", text=code, tests=("tests/test_new.py::test_new",))
        execution = ProcessSandbox(shop).execute(job, timeout=60)
        assert isinstance(execution, Answered)
        assert isinstance(execution.answer, Proved)
        fresh[one.id] = "survived" if execution.answer.outcomes[0].result == "passed" else "killed"
    assert {fate.id: fate.fate for fate in answer.fates} == fresh
    assert {*fresh.values()} == {"survived", "killed"}
