from __future__ import annotations

import importlib
import sys

import pytest
from hypothesis import strategies as st

from pytest_enrich.payload.rules.values import PROVIDERS, drawn

NUMBERS = st.integers().map(repr)


def test_what_is_drawn_is_the_same_for_the_same_number():
    assert drawn(NUMBERS, 1) == drawn(NUMBERS, 1) != drawn(NUMBERS, 2)


def test_what_is_drawn_does_not_depend_on_what_is_loaded(tmp_path, monkeypatch):
    before = drawn(NUMBERS, 1)
    (tmp_path / "full_of_numbers.py").write_text(f"NUMBERS = {[*range(70_000, 90_000)]}", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        importlib.import_module("full_of_numbers")
        assert drawn(NUMBERS, 1) == before
    finally:
        sys.modules.pop("full_of_numbers", None)


@pytest.mark.skipif(PROVIDERS not in sys.modules, reason="this release of Hypothesis draws elsewhere")
def test_hypothesis_is_left_as_it_was():
    before = dict(vars(sys.modules[PROVIDERS]))
    drawn(NUMBERS, 3)
    assert vars(sys.modules[PROVIDERS]).keys() == before.keys()
    assert vars(sys.modules[PROVIDERS])["_get_local_constants"] is before["_get_local_constants"]
