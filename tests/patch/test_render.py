import ast
import random
import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import MutantsPart

HOSTILE = (
    "x\n--- a/evil\n+++ b/evil\n@@ -1 +1 @@\n\r\x0c\u2028diff --git a/x b/x\n"
    '"""\n# coding: rot13\x00\u202e\x1b[31m'
)


def tree(folder, texts):
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(patch.encode(text))
    return folder


def run(folder, *command, text=None):
    return subprocess.run(command, cwd=folder, input=text and text.encode(), capture_output=True, check=True)


def test_the_patch_begins_with_what_a_person_wants_to_know(cart, new_test, suggestion):
    made = suggestion(new_test(anchor="test_pct", imports=["import pytest"]), cart)

    head, _, rest = patch.render_patch(made, cart).partition("\ndiff --git")

    assert head == (
        "pytest-enrich suggestion cart-00000000          NOT REVIEWED, not part of the suite\n"
        "\n"
        "Gap:    src/shop/cart.py:26-28 parse, 2 lines and 1 branch no test runs\n"
        "Checks: it works\n"
        "Proof:  passes in 2 of 2 ways (alone, in file)\n"
        "Look:   is it 1?\n"
        "From:   search, seed 7, 120 executions\n"
        "Base:   a1b2c3d tests/test_cart.py\n"
    )
    assert rest.startswith(" a/tests/test_cart.py b/tests/test_cart.py\nindex ")


def test_the_proof_names_the_mutants(cart, new_test, suggestion):
    made = suggestion(new_test(), cart)
    proof = replace(made.proof, mutants=MutantsPart(killed=3, of=4))

    assert "\nProof:  fails on 3 of 4 mutants of the gap; passes in 2 of 2 ways (" in patch.render_patch(
        replace(made, proof=proof), cart
    )
    others = replace(made, proof=proof, gap=replace(made.gap, also_closes=("cart-1",)))
    assert "# proof   fails on 3 of 4 mutants of the gaps; passes in 2 of 2 ways\n" in patch.render_module(others)


def test_long_facts_are_wrapped_under_their_label(cart, new_test, suggestion):
    made = suggestion(new_test(look="word " * 30), cart)

    look = patch.render_patch(made, cart).partition("Look:")[2].partition("From:")[0]

    assert all(len(line) <= 80 for line in look.splitlines())
    assert all(line.startswith("        word") for line in look.splitlines()[1:])


def test_a_patch_puts_a_name_into_the_import_that_is_there(new_test, suggestion):
    text = "from shop.cart import add, total\n\n\ndef test_pct():\n    assert total(add(1)) == 1\n"
    made = suggestion(new_test(imports=["from shop.cart import parse"], anchor="test_pct"), text)

    lines = patch.render_patch(made, text).partition("+++ ")[2].splitlines()

    assert "-from shop.cart import add, total" in lines
    assert "+from shop.cart import add, parse, total" in lines


@pytest.mark.parametrize("command", [["git", "apply", "--check"], ["git", "apply"], ["patch", "-p1"]])
@pytest.mark.parametrize("title", ["it works", HOSTILE, "a " * 60 + HOSTILE])
def test_a_patch_applies_whatever_stands_above_it(tmp_path, cart, made_of, command, title):
    made = made_of(title=title, look=title, anchor="test_pct", imports=["import os"])

    run(tree(tmp_path, {"tests/test_cart.py": cart}), *command, text=patch.render_patch(made, cart))

    expected = cart if "--check" in command else patch.insert(cart, patch.as_candidate(made))
    assert (tmp_path / "tests/test_cart.py").read_text() == expected
    assert sorted(one.name for one in tmp_path.iterdir()) == [".git", "tests"]


def test_a_patch_makes_a_new_file(tmp_path, new_test, suggestion):
    made = suggestion(new_test(path="tests/new/test_a.py", imports=["import os"]), None)

    run(tree(tmp_path, {}), "git", "apply", text=patch.render_patch(made, None))

    assert (tmp_path / "tests/new/test_a.py").read_text() == patch.insert("", patch.as_candidate(made))


def test_functions_between_functions_apply_in_one_command(tmp_path, cart, new_test, suggestion):
    cart = cart.partition("\n\n")[2]
    tree(tmp_path, {"tests/test_cart.py": cart})
    for number in range(4):
        test = new_test(f"test_{number}", imports=["import pytest"], anchor="test_pct")
        made = suggestion(test, cart, number=number)
        (tmp_path / f"{number}.patch").write_text(patch.render_patch(made, cart))

    run(tmp_path, "git", "apply", "-C2", *(f"{number}.patch" for number in range(4)))

    text = (tmp_path / "tests/test_cart.py").read_text()
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert sorted(names) == ["test_0", "test_1", "test_2", "test_3", "test_last", "test_pct"]


def test_equal_suggestions_give_equal_texts_at_any_time(cart, new_test, suggestion):
    one = suggestion(new_test(), cart)
    made = replace(one.made, at="2030-01-01T00:00:00Z")
    later = replace(one, made=made, proof=replace(one.proof, duration_ms=99.0))

    assert patch.render_patch(later, cart) == patch.render_patch(one, cart)
    assert patch.render_module(later) == patch.render_module(one)


def test_the_module_is_the_test_between_two_marks(cart, new_test, suggestion):
    made = suggestion(new_test(anchor="test_pct", imports=["import pytest"]), cart)

    assert patch.render_module(made) == (
        "# pytest-enrich suggestion cart-00000000. NOT REVIEWED, not part of the suite.\n"
        "# gap     src/shop/cart.py:26-28 parse\n"
        "# target  tests/test_cart.py, after test_pct\n"
        "# proof   passes in 2 of 2 ways\n"
        "# look    line 14: is it 1?\n"
        "# from    search, seed 7, 120 executions         licence: yours, no rights claimed\n"
        "# run     pytest-enrich run cart-00000000\n"
        "# accept  pytest-enrich accept cart-00000000     (puts line 13-14 into the target)\n"
        "import pytest\n"
        "\n"
        "\n"
        "# --- enrich: begin ---\n"
        "def test_new():\n"
        '    assert "new" != 1\n'
        "# --- enrich: end ---\n"
    )


@pytest.mark.parametrize("style", ["function", "method", "unittest"])
def test_the_module_runs_and_its_lines_are_where_it_says(tmp_path, new_test, suggestion, style):
    owner = {"function": {}, "method": {"owner": "TestA"}, "unittest": {"owner": "TestA"}}[style]
    text = "import unittest\n\n\nclass TestA(unittest.TestCase):\n    x = 1\n"
    code = f'def test_new({"self" if owner else ""}):\n    x = """a\nb"""\n    assert x\n'
    made = suggestion(new_test(code=code, style=style, **owner), text)
    file = tmp_path / "suggestion_a.py"
    file.write_text(patch.render_module(made))

    result = run(tmp_path, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", file)

    assert b"1 passed" in result.stdout
    first, last = map(int, file.read_text().partition("puts line ")[2].partition(" ")[0].split("-"))
    lines = file.read_text().splitlines()
    assert lines[first - 2].strip() == "# --- enrich: begin ---"
    assert lines[last].strip() == "# --- enrich: end ---"


TEXTS = st.text() | st.sampled_from([HOSTILE, " ", "coding: utf-7", "3d", "diff --git a/x b/x " * 5])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS, st.sampled_from([HOSTILE, "src/coding: utf-7/a.py", "a.py"]))
def test_no_text_gets_out_of_its_line(new_test, suggestion, title, look, path):
    made = suggestion(new_test(title=title, look=look), None, path=path)

    module = patch.render_module(made)
    head = patch.render_patch(made, None).partition("\ndiff --git")[0]

    assert [type(node).__name__ for node in ast.parse(module.encode()).body] == ["FunctionDef"]
    assert module.splitlines()[7 if look.split() else 6].startswith("# accept")
    assert all(char.isprintable() or char == "\n" for char in module + head)
    assert all(re.match(r"[A-Z][a-z]+: |        \S", line) for line in head.splitlines()[2:])


def applied(folder, texts, change):
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(patch.encode(text))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "apply"], cwd=folder, input=change.encode(), check=True)
    return folder


def many(cart, new_test, suggestion):
    places = [{"anchor": "test_pct"}, {"owner": "TestCart"}, {}, {"path": "tests/new/test_b.py"}]
    imports = [
        ["import pytest"],
        ["from shop.cart import parse"],
        ["import pytest", "from shop.cart import add"],
        [],
    ]
    for number in range(12):
        test = new_test(f"test_n{number}", imports=imports[number % 4], **places[number % 4])
        text = None if "path" in places[number % 4] else cart
        yield suggestion(test, text, number=number)


def test_one_apply_is_the_same_as_accepting_all_in_any_order(tmp_path, cart, new_test, suggestion):
    suggestions = list(many(cart, new_test, suggestion))
    change = patch.combine(suggestions, {"tests/test_cart.py": cart})
    folder = applied(tmp_path, {"tests/test_cart.py": cart}, change)

    for seed in range(5):
        texts = {"tests/test_cart.py": cart, "tests/new/test_b.py": ""}
        for one in random.Random(seed).sample(suggestions, len(suggestions)):
            path = one.target.path
            known = [patch.as_candidate(other) for other in patch.in_gap_order(suggestions)]
            texts[path] = patch.insert(
                texts[path], patch.as_candidate(one), [t for t in known if t.placement.path == path]
            )
        assert {path: (folder / path).read_text() for path in texts} == texts


def test_it_does_not_depend_on_the_order_of_what_it_is_given(cart, new_test, suggestion):
    suggestions = list(many(cart, new_test, suggestion))
    texts = {"tests/test_cart.py": cart}

    assert patch.combine(suggestions[::-1], texts) == patch.combine(suggestions, texts)


def test_imports_are_merged(cart, new_test, suggestion):
    change = patch.combine(list(many(cart, new_test, suggestion)), {"tests/test_cart.py": cart})

    assert change.count("+import pytest\n") == 1
    assert "+from shop.cart import add, discount, parse\n" in change


def test_what_its_file_cannot_take_is_named_and_left_out(tmp_path, cart, new_test, suggestion):
    good = suggestion(new_test(anchor="test_pct"), cart, number=1)
    bad = suggestion(new_test(path="tests/test_bad.py"), "x = 1\n", number=2)
    texts = {"tests/test_cart.py": cart, "tests/test_bad.py": "def broken(:\n"}

    change = patch.combine([bad, good], texts)

    assert change.partition("\ndiff")[0] == (
        "pytest-enrich: 1 suggestion                     NOT REVIEWED, not part of the suite\n"
        "\n"
        "Adds:   cart-00000001  parse: it works\n"
        "Not in: cart-00000002  its file cannot take it as it is now\n"
    )
    assert applied(tmp_path, texts, change).joinpath("tests/test_bad.py").read_text() == texts["tests/test_bad.py"]


def test_nothing_pending_is_no_change():
    assert "diff" not in patch.combine([], {})
