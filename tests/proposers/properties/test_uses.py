from __future__ import annotations

import pytest

from pytest_enrich.proposers.properties import uses_hypothesis


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("from hypothesis import given\n", True),
        ("import hypothesis.strategies as st\n", True),
        ("def test_it():\n    from hypothesis import find\n", True),
        ("import pytest\n", False),
        ("TEXT = '''\nfrom hypothesis import given\n'''\n", False),
        ("# from hypothesis import given\n", False),
        ("from .hypothesis import given\n", False),
        ("import hypothesis_of_ours\n", False),
        ("from hypothesis import (\n", False),
    ],
)
def test_a_team_uses_what_its_tests_import(tmp_path, text, used):
    (tmp_path / "test_a.py").write_text("import pytest\n")
    (tmp_path / "test_b.py").write_text(text)
    assert uses_hypothesis(tmp_path, ("test_a.py", "test_b.py", "test_gone.py")) is used
