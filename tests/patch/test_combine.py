import random
import subprocess

from pytest_enrich import patch
from pytest_enrich.patch import draft, scope


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


def test_a_file_is_not_parsed_again_for_each_test(monkeypatch, cart, new_test, suggestion):
    parsed = []
    monkeypatch.setattr(draft, "parse", lambda *given: parsed.append(given) or scope.parse(*given))
    tests = [new_test(f"test_n{number}", imports=["import pytest"], anchor="test_pct") for number in range(20)]

    patch.combine([suggestion(one, cart, number=at) for at, one in enumerate(tests)], {"tests/test_cart.py": cart})

    assert len(parsed) == 1
