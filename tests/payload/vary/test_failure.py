from __future__ import annotations

from pytest_enrich.data import Failed, Pattern, Vary
from pytest_enrich.sandboxes.process import ProcessSandbox


def test_a_session_that_does_not_start_is_a_failure_and_no_empty_answer(tmp_path):
    (tmp_path / "conftest.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "sample.py").write_text("x = 1\n")
    text = "def test_x():\n    assert 1\n"
    (tmp_path / "test_sample.py").write_text(text)
    pattern = Pattern(nodeid="test_sample.py::test_x", line=1, holes=())
    job = Vary(
        path="sample.py",
        module="sample",
        test_path="test_sample.py",
        text=text,
        patterns=(pattern,),
        branches=(),
        lines=(1,),
    )
    execution = ProcessSandbox(tmp_path).execute(job, timeout=60)
    assert isinstance(execution, Failed)
    assert "SystemExit" in execution.detail
