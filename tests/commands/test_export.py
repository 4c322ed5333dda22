from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Attempted, Dropped, Kept, NewTest, Origin, Placement

CHECK = Path(__file__).parents[1] / "benchmarks" / "exported.py"
KEPT = Kept(gaps=(), lines=(4,), branches=(), runs=("alone",), seconds=0.001)
DROPPED = Dropped(rung="gains", reason="reaches nothing new")
GOOD = (
    'def test_no_dash():\n    with pytest.raises(ValueError, match="missing dash"):\n        parse_sku("AB12")\n'
)


@pytest.fixture
def tried(project):
    """Note that a test was tried for the gap of a function."""

    def tried(code, verdict=DROPPED, *, qualname="parse_sku", line=3, path="src/shop/cart.py"):
        test = NewTest(
            name=code.partition("def ")[2].partition("(")[0],
            code=code,
            imports=("import pytest",) if "pytest" in code else (),
            placement=Placement(path="tests/test_cart.py"),
            title="a test",
            look="",
            oracle=(),
            origin=Origin(proposer="search"),
            gaps=(project.identity(qualname, line),),
        )
        attempt = Attempt(path=path, qualname=qualname, digest="d", candidate=test, verdict=verdict)
        project.store.journal(Attempted(attempt=attempt))

    return tried


def exported(project, *words):
    """The rows of each set, and all that was said."""
    answer = project.run("export", "out", *words)
    assert answer.status == 0, answer.err
    found = {}
    for name in ("sft", "kto", "dpo"):
        parts = [path.read_text() for path in sorted((project.root / "out" / name).glob("*.jsonl"), reverse=True)]
        found[name] = [json.loads(line) for line in "".join(parts).splitlines()]
    return found


def test_the_question_is_the_function_with_its_missing_line_marked(project, tried):
    tried(GOOD, KEPT)
    (row,) = exported(project)["sft"]
    (question,), (reply,) = row["prompt"], row["completion"]
    assert question["role"] == "user"
    assert question["content"].startswith("# target: src/shop/cart.py::parse_sku\ndef parse_sku(text):\n")
    assert "    if not sep:  # <==\n" in question["content"]
    assert reply == {"role": "assistant", "content": f"import pytest\n\n\n{GOOD}"}


def test_what_was_proven_is_chosen_before_what_was_dropped(project, tried):
    tried("def test_one():\n    assert parse_sku\n")
    tried(GOOD, KEPT)
    tried("def test_two():\n    assert 1\n", qualname="discount", line=9)
    found = exported(project)
    assert [row["label"] for row in found["kto"]] == [False, True, False]
    (pair,) = found["dpo"]
    assert "test_no_dash" in pair["chosen"][0]["content"]
    assert "test_one" in pair["rejected"][0]["content"]


def test_the_word_of_people_counts_more_than_the_proof(project, no_dash, tried):
    tried(GOOD, KEPT)
    assert project.run("reject", no_dash, "--reason", "trivial").status == 0
    found = exported(project)
    assert [row["label"] for row in found["kto"]] == [False]
    assert found["sft"] == []
    assert "| trivial | 1 |" in (project.root / "out" / "README.md").read_text()


def test_a_decision_that_was_taken_back_does_not_count(project, no_dash, tried):
    tried(GOOD, KEPT)
    project.run("reject", no_dash, "--reason", "trivial")
    project.run("undo")
    assert [row["label"] for row in exported(project)["kto"]] == [True]


def test_a_function_that_changed_is_left_out_and_that_is_said(project, tried):
    tried(GOOD, KEPT)
    tried("def test_two():\n    assert 1\n", qualname="discount", line=9)
    project.source.write_text(project.source.read_text().replace("if not sep:", "if sep == '':"))
    assert len(exported(project)["kto"]) == 1
    assert (
        "left out: its function is another by now, or kept back | 1"
        in (project.root / "out/README.md").read_text()
    )


def test_files_that_are_kept_back_and_secrets_are_not_exported(project, tried):
    tried(GOOD.replace('"AB12"', '"AKIAIOSFODNN7EXAMPL0"'), KEPT)
    pytest.importorskip("detect_secrets", reason="the extra `secrets` is not installed")
    assert "AKIA" not in json.dumps(exported(project))
    answer = project.run("export", "more", "--exclude", "cart.py")
    assert answer.status == 2
    assert "nothing was tried and decided that could be exported" in answer.err


@pytest.mark.parametrize("path", ["../secret.py", "src/shop/c\0rt.py", "linked.py"])
def test_a_path_that_leads_out_or_is_none_is_not_followed(project, tried, path):
    source = (project.root / "src/shop/cart.py").read_text()
    (project.root.parent / "secret.py").write_text(source)
    (project.root / "linked.py").symlink_to(project.root.parent / "secret.py")
    tried(GOOD, KEPT)
    tried("def test_two():\n    assert 1\n", KEPT, path=path)
    assert len(exported(project)["sft"]) == 1


def test_all_of_one_function_is_in_one_split(project, tried):
    for number in range(12):
        tried(f"def test_{number}():\n    assert {number}\n")
        tried(f"def test_{number}():\n    assert {number}\n", qualname="discount", line=9)
    exported(project)
    for path in (project.root / "out" / "kto").glob("*.jsonl"):
        lines = path.read_text().splitlines()
        heads = [json.loads(line)["prompt"][0]["content"].splitlines()[0] for line in lines]
        assert all(heads.count(head) == 12 for head in heads)


def test_the_card_names_the_splits_that_have_a_row_and_no_other(project, tried):
    tried(GOOD, KEPT)
    exported(project)
    card = (project.root / "out" / "README.md").read_text()
    named = {
        line.strip().removeprefix("path: ") for line in card.splitlines() if line.strip().startswith("path: ")
    }
    assert named == {
        path.relative_to(project.root / "out").as_posix() for path in project.root.glob("out/*/*.jsonl")
    }
    assert len(named) == 2


def test_a_folder_with_something_in_it_is_left_alone(project, tried):
    tried(GOOD, KEPT)
    (project.root / "out").mkdir()
    (project.root / "out" / "mine").write_text("x")
    answer = project.run("export", "out")
    assert answer.status == 2
    assert "out is not empty" in answer.err


def test_the_same_test_twice_is_one_example(project, tried):
    tried(GOOD)
    tried(GOOD, replace(KEPT, seconds=1.0))
    assert [row["label"] for row in exported(project)["kto"]] == [True]


def test_other_rows_are_another_version_of_the_dataset(project, tried):
    def version(folder):
        project.run("export", folder)
        card = (project.root / folder / "README.md").read_text()
        return re.findall(r"config_name: sft\n  version: (\d+\.\d+\.\d+)\n", card)

    tried(GOOD, KEPT)
    one, same = version("one"), version("same")
    tried(GOOD.replace("AB12", "AB"), KEPT)
    assert len(one) == 1
    assert one == same != version("other")


@pytest.mark.skipif(importlib.util.find_spec("trl") is None, reason="TRL is not installed; .ci/run installs it")
def test_trl_takes_every_row_and_datasets_loads_them(project, tried):
    tried(GOOD, KEPT)
    tried(GOOD.replace("AB12", "AB"), DROPPED)
    tried(GOOD, KEPT, qualname="discount", line=9)
    rows = exported(project)
    command = [sys.executable, str(CHECK), str(project.root / "out")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == ", ".join(f"{name} {len(found)}" for name, found in rows.items()) + "\n"
