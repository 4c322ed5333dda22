from __future__ import annotations

import pytest

from pytest_enrich.errors import StoreError
from pytest_enrich.store.evidence import Answers

NAME = "a" * 64


@pytest.fixture
def answers(tmp_path):
    (tmp_path / "project").mkdir()
    return Answers(tmp_path / "project" / "enrich-suggestions", tmp_path / "project")


def test_what_was_put_is_got(answers):
    assert answers.get(NAME) is None
    answers.put(NAME, b'"yes"')
    assert answers.get(NAME) == b'"yes"'
    answers.put(NAME, b'"no"')
    assert answers.get(NAME) == b'"no"'


def test_it_lies_in_the_hidden_part_of_a_folder_that_ignores_itself(answers):
    answers.put(NAME, b'"yes"')
    assert (answers.directory / ".cache" / "answers" / f"{NAME}.json").read_bytes() == b'"yes"'
    assert (answers.directory / ".gitignore").exists()


def test_a_link_in_its_place_is_not_followed(answers, tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"secret")
    answers.put("b" * 64, b'"yes"')
    (answers.directory / ".cache" / "answers" / f"{NAME}.json").symlink_to(tmp_path / "elsewhere")
    assert answers.get(NAME) is None


def test_a_folder_of_somebody_else_is_left_alone(answers):
    answers.directory.mkdir()
    (answers.directory / "mine.txt").write_text("x")
    with pytest.raises(StoreError, match="not ours"):
        answers.put(NAME, b'"yes"')
