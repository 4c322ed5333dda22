from __future__ import annotations

import pytest

from pytest_enrich.sandboxes import limits


@pytest.mark.parametrize("timeout", [0.2, 1.0, 10.0, 300.0])
def test_the_wall_clock_ends_a_job_before_the_processor_time_does(timeout):
    assert limits.within(timeout).cpu_seconds > timeout


def test_the_limits_hold_inside(sandbox, outcomes):
    from pytest_enrich.data import Prove

    text = """\
import resource
import pytest

@pytest.mark.parametrize(
    ("kind", "most"),
    [("CPU", 50), ("DATA", 4 * 1024**3), ("FSIZE", 64 * 1024**2), ("NOFILE", 1024), ("CORE", 0)],
)
def test_it(kind, most):
    for limit in resource.getrlimit(getattr(resource, "RLIMIT_" + kind)):
        assert 0 <= limit <= most
"""
    found = outcomes(sandbox.execute(Prove(path="tests/test_new.py", text=text), timeout=20))

    assert len(found) == 5
    assert {outcome.detail for outcome in found.values()} == {""}
