from __future__ import annotations

import time

import pytest

from pytest_enrich.payload.engine.bounds import Limits


@pytest.mark.parametrize(("spent", "parts", "most"), [(0, 1, 100), (0, 2, 50), (50, 2, 75), (200, 2, 200)])
def test_a_share_is_one_part_of_what_is_left(spent, parts, most):
    limits = Limits(100, time.monotonic() + 60, 0).share(spent, parts)
    assert limits.executions == most
    assert limits.over(most)
    assert limits.deadline - time.monotonic() == pytest.approx(60 / parts, abs=5)
