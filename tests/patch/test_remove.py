import pytest

from pytest_enrich import patch
from pytest_enrich.errors import RefusedError


@pytest.mark.parametrize(
    "place",
    [{}, {"anchor": "test_pct"}, {"owner": "TestCart"}, {"owner": "TestCart", "anchor": "test_empty"}],
)
def test_removing_undoes_inserting(cart, new_test, place):
    test = new_test(imports=["import pytest", "from shop.cart import parse"], **place)

    assert patch.remove(patch.insert(cart, test), test) == cart


@pytest.mark.parametrize(
    "before",
    [
        "",
        "x = 1",
        "\ufeffimport os\r\n",
        'if __name__ == "__main__":\n    main()\n',
        "# licence\n",
        "def test_new(): ...\n",
    ],
)
def test_removing_undoes_inserting_in_any_file(new_test, before):
    test = new_test(imports=["import pytest"], anchor="test_pct")

    assert patch.remove(patch.insert(before, test), test) == before


@pytest.mark.parametrize("came", ["01234", "43210", "20314"])
@pytest.mark.parametrize("gone", ["01234", "43210", "31402"])
def test_tests_can_be_removed_in_another_order_than_they_came(cart, new_test, came, gone):
    places = [{}, {"anchor": "test_pct"}, {"anchor": "test_pct"}, {"owner": "TestCart"}, {"anchor": "test_last"}]
    imports = [[], ["import pytest"], ["import pytest", "from shop.cart import parse"], ["import os"], []]
    order = [new_test(f"test_{number}", imports=imports[number], **place) for number, place in enumerate(places)]
    after = cart
    for number in came:
        after = patch.insert(after, order[int(number)], order)
    for number in gone:
        after = patch.remove(after, order[int(number)])

    assert after == cart


def test_what_was_set_apart_stays_apart(new_test):
    test = new_test(anchor="test_a")
    after = patch.insert("def test_a(): ...\nx = 1\n", test)

    assert patch.remove(after, test) == "def test_a(): ...\n\n\nx = 1\n"


def test_what_others_changed_since_stays(cart, new_test):
    test = new_test(anchor="test_pct", imports=["import pytest"])
    later = patch.insert(cart, test).replace("10", "20") + "\n\ndef test_more():\n    pytest.fail()\n"

    after = patch.remove(later, test)

    assert "test_new" not in after
    assert after.replace("import pytest\n\n", "").startswith(cart.replace("10", "20"))
    assert "import pytest\n" in after


def test_a_comment_above_what_follows_stays(new_test):
    test = new_test(anchor="test_a")
    before = "def test_a(): ...\n\n\n# about b\ndef test_b(): ...\n"

    assert patch.remove(patch.insert(before, test), test) == before


def test_another_layout_is_still_the_same_test(cart, new_test):
    test = new_test(code="def test_new():\n    assert f(1, 2) == 'a'\n")
    after = patch.insert(cart, test).replace('f(1, 2) == "a"', "f(\n        1, 2\n    ) == 'a'")

    assert patch.remove(after, test) == cart


def test_a_test_that_was_changed_since_is_refused(cart, new_test):
    test = new_test()

    with pytest.raises(RefusedError) as caught:
        patch.remove(patch.insert(cart, test).replace("!= 1", "!= 2"), test)

    assert str(caught.value).splitlines() == [
        "test_new is not in tests/test_cart.py as it was put in",
        "Nothing was changed in it.",
        "See what it holds now:  git diff tests/test_cart.py",
    ]
