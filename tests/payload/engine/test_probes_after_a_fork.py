from __future__ import annotations

import gc
import importlib

import pytest

from pytest_enrich.payload.engine.probe import Probes


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "probed_sample.py").write_text(
        "def level(number):\n    if number > 7:\n        return 1\n    return 0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return importlib.import_module("probed_sample")


def test_functions_that_were_set_aside_before_a_fork_are_found(module):
    gc.freeze()
    try:
        probes = Probes(module)
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
    with probes.watching() as notes:
        module.level(3)
    assert [(note.line, note.how, note.left, note.right) for note in notes] == [(2, "<", 3, 7)]
