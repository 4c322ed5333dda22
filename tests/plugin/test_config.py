import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich import config
from pytest_enrich.config import Budget
from pytest_enrich.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("1h", 3600), ("1.5m", 90), (" 10s ", 10)]
)
def test_a_time_is_a_number_and_a_unit(text, seconds):
    assert config.seconds(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "m", "-5m", "0s", "0.0h", "1e3s", "5 m", "5m5s", "nan", "infs", "5M", "٣s"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(UsageError, match="accepted is a time"):
        config.seconds(text)


@given(st.integers(min_value=1, max_value=10**6), st.sampled_from("smhx"))
def test_a_budget_reads_back_as_it_is_spelled(number, unit):
    budget = config.budget(f"{number}{unit}")
    assert config.budget(str(budget)) == budget


def test_a_budget_is_spelled_as_it_would_be_typed():
    assert [str(config.budget(text)) for text in ("300s", "90s", "2h", "90m", "1.5s", "20000x")] == [
        "5m", "90s", "2h", "90m", "1.5s", "20000x",
    ]  # fmt: skip
    assert config.budget("20000x") == Budget(executions=20000)


def test_auto_workers_are_as_many_as_cores_and_at_most_four(monkeypatch):
    for cores, workers in ((1, 1), (2, 2), (3, 3), (64, 4)):
        monkeypatch.setattr(config, "_cores", lambda cores=cores: cores)
        assert config.workers("auto") == workers
    assert config.workers("8") == 8


def test_auto_is_the_best_model_as_if_none_was_named():
    assert [config.model(text) for text in ("auto", "", "qwen2.5-coder:7b")] == ["", "", "qwen2.5-coder:7b"]


def test_proposers_are_named_once_each():
    assert config.proposers("search, search") == ("search",)
    assert config.proposers("search,auto") == ("auto",)
