"""A test with and without a model's words: what a reader gets to see, and what becomes of the answers."""

from __future__ import annotations

import json
import random

import msgspec
import pairs
import pytest
from msgspec.structs import replace

SOURCE = "def discount(total):\n    # free\n    if total < 0:\n        return 0\n    return total\n"


@pytest.fixture
def pair(fakes):
    """A suggestion, and the same under a model's name."""
    suggestion = fakes.suggestion()
    ours = fakes.candidate()
    model = replace(ours, code=ours.code.replace(ours.name, "test_debt"), name="test_debt")
    return pairs.Pair(
        project="shop",
        suggestion=suggestion,
        ours=ours,
        model=replace(model, origin=replace(ours.origin, model="m:1", worded=("name",))),
    )


@pytest.fixture
def sheet(pair, tmp_path):
    """The folder of a sheet of one pair."""
    pairs.write(tmp_path, [pair], random.Random(1))
    return tmp_path


def test_the_key_says_which_one_is_the_models_and_the_sheet_does_not(sheet):
    (key,) = json.loads((sheet / "key.json").read_text()).values()
    shown = (sheet / "reader" / "read.md").read_text()
    assert f"{key['model']}:\n```python\ndef test_debt" in shown
    assert key["changed"] == ["name"]
    assert "m:1" not in shown


def test_what_readers_prefer_is_counted_by_whose_it_is(sheet, capsys):
    (key,) = json.loads((sheet / "key.json").read_text()).values()
    for number, better in enumerate((key["model"], "same"), 1):
        answer = [{"n": 1, "better": better, "fine": [key["model"]]}]
        (sheet / "reader" / f"result-{number}.json").write_text(json.dumps(answer))
    pairs.main(["fold", str(sheet)])
    told = capsys.readouterr().out
    assert "| the model's | 1 (50%) | 2 |" in told
    assert "| same | 1 (50%) |  |" in told


def test_what_readers_answered_is_not_thrown_away(sheet, pair):
    (sheet / "reader" / "result.json").write_text("[]")
    with pytest.raises(SystemExit, match="this sheet was read"):
        pairs.write(sheet, [pair], random.Random(1))


def test_without_answers_there_is_nothing_to_count(sheet):
    with pytest.raises(SystemExit, match=r"has no result\.json"):
        pairs.main(["fold", str(sheet)])


def test_the_model_sees_the_function_that_the_suggestion_is_for(fakes):
    suggestion = fakes.suggestion()
    target = pairs._target(suggestion, SOURCE)
    assert (target.first_line, target.parameters[0].name) == (1, "total")
    assert target.gaps[0].line == suggestion.gap.line


def test_a_function_that_is_gone_is_not_asked_about(fakes):
    assert pairs._target(fakes.suggestion(), "x = 1\n") is None


def test_a_reply_is_kept_nowhere():
    replies = pairs.Replies()
    replies.put("name", b"text")
    assert replies.get("name") is None


def test_a_reader_s_answer_has_one_of_three_forms():
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'[{"n": 1, "better": "C"}]', type=list[pairs.Read])
