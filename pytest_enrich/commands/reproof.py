"""What a sandbox is asked outside of a run: in a pytest of the project's own, which knows its configuration."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from pytest_enrich.commands import pytest_run
from pytest_enrich.data import Rehearsal, Reproof, Suggestion
from pytest_enrich.store import Store


def prove(store: Store, one: Suggestion) -> Reproof:
    """What the test of `one`, which need not be saved, is worth today."""
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        file = Path(scratch) / "suggestion.json"
        file.write_bytes(msgspec.json.encode(one))
        outcome = pytest_run.reproof(store, file)
        try:
            return msgspec.json.decode(file.with_suffix(".answer").read_bytes(), type=Reproof)
        except (OSError, msgspec.MsgspecError):
            return Reproof(trouble="it could not be proven: pytest did not start", detail=outcome.end)


def rehearse(store: Store) -> Rehearsal:
    """How a few existing tests fare where candidates run."""
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        file = Path(scratch) / "rehearsal.json"
        outcome = pytest_run.rehearsal(store, file)
        try:
            return msgspec.json.decode(file.read_bytes(), type=Rehearsal)
        except (OSError, msgspec.MsgspecError):
            return Rehearsal(trouble=f"pytest did not start: {outcome.last_line}")
