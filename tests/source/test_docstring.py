from __future__ import annotations

import pytest

from pytest_enrich.source.function import docstring_types

GOOGLE = """Do it.

Args:
    a (int): A number.
    b (list[str], optional): Names.
    *args (dict(str, int)): More.
    plain: Nothing said.

Returns:
    c (bool): Not a parameter.
"""
NUMPY = """Do it.

Parameters
----------
a : int
    A number.
b, c : list of str, optional
    Names.
**kw : {'x', 'y'}, default 'x'
plain

Returns
-------
d : bool
"""
SPHINX = """Do it.

:param int a: A number.
:param b: Names.
:type b: list[str] or None
:returns: Nothing.
"""


SAID = """Do it.

Args:
  name: str, The name of what is done.
  days: A list, of the days.
  size: An int or None for all.
  count: The number of times.
  strict: Set to True to be strict.
  path: Where string is written.

Returns:
  value: str, What comes of it.
"""


@pytest.mark.parametrize(
    ("text", "types"),
    [
        (GOOGLE, {"a": "int", "b": "list[str]", "args": "dict(str, int)"}),
        (NUMPY, {"a": "int", "b": "list of str", "c": "list of str", "kw": "{'x', 'y'}"}),
        (SPHINX, {"a": "int", "b": "list[str] or None"}),
        (SAID, {"days": "list", "name": "str", "size": "int or none"}),
        (
            ":param days: List of days\n:param name: The name.\n:param text: text",
            {"days": "list", "text": "text"},
        ),
        ("Just words: (none) here.", {}),
        (None, {}),
    ],
)
def test_types_are_read_from_docstrings(text, types):
    assert docstring_types(text) == types


def test_many_words_that_are_added_to_a_type_are_read_in_no_time():
    added = ", default x" * 40
    assert docstring_types(f":param str{added}\n    or so name: foo")["name"].startswith("str")


def test_a_parameter_carries_its_documented_type(target):
    text = 'def f(a, b):\n    """Add.\n\n    :param int b: More.\n    """\n    return a + b\n'
    assert [one.documented for one in target(text, ("f", "return a + b")).parameters] == [None, "int"]
