"""One docstring that is not true, from the run to the day on which it is."""

import json

import pytest

pytestmark = pytest.mark.slow

SHOP = '''\
def double(n):
    """Twice as much.

    >>> double(2)
    5
    """
    return n * 2


def more(n):
    """One more.

    >>> more(2)
    3

    Raises:
        ValueError: If n is negative.

    Returns:
        int: One more.
    """
    if n < 0:
        raise ValueError("negative")
    return n + 1


def name(code):
    """The name of a code.

    >>> name(7)
    'seven'
    """
    if code == 7:
        return None
    return "one"
'''
TESTS = """\
import pytest

from shop import double, more, name


def test_double():
    assert double(1) == 2


def test_more():
    assert more(1) == 2
    with pytest.raises(ValueError, match="negative"):
        more(-1)


def test_name():
    assert name(1) == "one"
    assert name(7) is None
"""
ENRICH = ("pytest", "--enrich", "-p", "no:cacheprovider")


def test_a_contradiction_is_told_until_it_is_mended(small):
    project = small({"shop.py": SHOP, "tests/test_shop.py": TESTS, "pytest.ini": "[pytest]\npythonpath = .\n"})
    first = project.run(*ENRICH).text
    told = first.partition("2 possible bugs:  pytest-enrich list --bugs")[2]
    assert "double: 4, not 5" in told, first
    assert "name: None, not 'seven'" in told
    assert "more" not in told
    (folder, _) = sorted((project.root / "enrich-suggestions" / "pending").glob("shop-*"))
    ended = project.run("pytest", "-q", "-p", "no:cacheprovider", str(next(folder.glob("*.py"))))
    assert "1 failed" in ended.text

    (project.root / "shop.py").write_text(SHOP.replace("    5\n", "    4\n"))
    second = project.run(*ENRICH).text
    assert "1 possible bug:  " in second
    assert "No possible bug any more: shop-" in second
    run = json.loads((project.root / "enrich-suggestions" / "run.json").read_text())
    assert (len(run["bugs"]), len(run["mended"])) == (1, 1)
