import pytest

from pytest_enrich import imports


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import os\nfrom m import b\n", "import os\n"),
        ("from m import a, b, c\n", "from m import a, c\n"),
        ("from m import (\n    a,\n    b,\n)\n", "from m import (\n    a,\n)\n"),
        ("from m import (\n    a,  # why\n    b,\n)\n", "from m import (\n    a,  # why\n)\n"),
        ("from m import a, b  # noqa\n", "from m import a  # noqa\n"),
        ("import os; from m import a, b; x = 1\n", "import os; from m import a; x = 1\n"),
        ("import os; from m import b; x = 1\n", "import os; from m import b; x = 1\n"),
        ("from m import b  # why\n", "from m import b  # why\n"),
        ("from m import (a,\n    b, c)\n", "from m import (a,\n    c)\n"),
        ("from m import (a, b,\n    c)\n", "from m import (a,\n    c)\n"),
        ("from m import a, \\\n    b\n", "from m import a, \\\n    b\n"),
        ("from m import b, \\\n    c\n", "from m import b, \\\n    c\n"),
        ("from m import b\n\nx = 1\n", "x = 1\n"),
        ("from m import c\n", "from m import c\n"),
    ],
)
def test_an_unused_name_goes(before, after):
    assert imports.drop(before, ["from m import b"]) == after


@pytest.mark.parametrize("use", ["b()", "def f():\n    return b.x", "@b\ndef f(): ...", "x = f'{b}'"])
def test_a_name_that_something_uses_stays(use):
    text = f"from m import a, b\n\n{use}\n"

    assert imports.drop(text, ["from m import b"]) == text


def test_a_statement_of_the_same_name_from_elsewhere_stays():
    assert imports.drop("from n import b\n", ["from m import b"]) == "from n import b\n"
