"""A run judged again from its evidence: the same verdicts, and each difference with what is behind it."""

from __future__ import annotations

import shutil

import pytest
from msgspec.structs import replace

from pytest_enrich.commands import replay
from pytest_enrich.data import (
    Aim,
    Attempt,
    Begun,
    Dropped,
    Judged,
    Kept,
    NewTest,
    Oracle,
    Origin,
    Placement,
    Replay,
)
from pytest_enrich.data import Replayed as Answer
from pytest_enrich.store import disk

NO_DASH = (
    'def test_no_dash():\n    with pytest.raises(ValueError, match="missing dash"):\n        parse_sku("AB12")\n'
)
BEGUN = Begun(
    versions={"python": "3.8.0"},
    options={"timeout": "10s", "grade": "good", "budget": "20000x"},
    arguments=(),
    isolation="somewhere",
    commit=None,
    coverage="",
    sources={},
    tests={},
    configuration={},
)
KEPT = Kept(gaps=(), lines=(4,), branches=((3, 4),), runs=("measured",), seconds=0.1, grade="strong")


def test_of(gap, code, verdict):
    """The record of a candidate."""
    name = code.partition("def ")[2].partition("(")[0]
    candidate = NewTest(
        name=name,
        code=code,
        imports=("import pytest",),
        placement=Placement(path="tests/test_cart.py"),
        title=name,
        look="",
        oracle=(Oracle(line=2, what="a value", source="observed"),),
        origin=Origin(proposer="search"),
        gaps=(gap.id,),
    )
    return Attempt(path=gap.path, qualname=gap.qualname, digest="d", candidate=candidate, verdict=verdict)


test_of.__test__ = False


@pytest.fixture
def run(project):
    """What a run with a kept and three dropped candidates leaves; the kept one was accepted and taken back."""
    gap = project._gap("parse_sku", 3)
    digests = {path: disk.sha256((project.root / path).read_bytes()) for path in (gap.path, "tests/test_cart.py")}
    aim = Aim(path=gap.path, qualname="parse_sku", module="shop.cart", gaps=(gap,), nearest=())
    attempts = (
        test_of(
            gap, "def test_os():\n    assert os.system('x')\n", Dropped(rung="allowed", reason="uses os.system")
        ),
        test_of(
            gap, "def test_wrong():\n    assert parse_sku('a-1') == 2\n", Dropped(rung="passes", reason="failed")
        ),
        test_of(
            gap,
            "def test_other():\n    assert parse_sku('a-1') == ('A', 1)\n",
            Dropped(rung="gains", reason="closes no gap"),
        ),
        test_of(gap, NO_DASH, replace(KEPT, gaps=(gap.id,))),
    )
    evidence = project.store.evidence
    project.store.prepare()
    sources, tests = {gap.path: digests[gap.path]}, {"tests/test_cart.py": digests["tests/test_cart.py"]}
    evidence.begin(replace(BEGUN, sources=sources, tests=tests))
    evidence.add("target", aim)
    evidence.add("attempt", *attempts)
    return attempts


@pytest.mark.usefixtures("run")
def test_all_that_a_run_judged_is_judged_the_same_in_another_folder(project, tmp_path):
    shutil.copytree(project.root, tmp_path / "elsewhere")
    answer = project.run("verify", "--replay", "1", cwd=tmp_path / "elsewhere")
    assert answer.status == 0, answer.out + answer.err
    assert "kept      1 again" in answer.out
    assert "dropped   3 again" in answer.out
    assert "isolation somewhere, now" in answer.out
    assert "python 3.8.0, now 3." in answer.out
    assert "was changed" not in answer.out


@pytest.mark.usefixtures("run")
def test_a_test_that_was_accepted_since_is_told_as_one_that_repeats_it(project):
    tests = project.root / "tests/test_cart.py"
    tests.write_text(f"{tests.read_text()}\n\n{NO_DASH}")
    answer = project.run("verify", "--replay", "1", "--json")
    assert answer.status == 1, answer.err
    assert [one["now"] for one in answer.json["differences"]] == ["dropped: repeats an existing test"]


@pytest.mark.usefixtures("run")
def test_a_verdict_that_is_another_one_is_named_with_what_was_changed(project):
    project.source.write_text(project.source.read_text().replace("missing dash", "no dash"))
    answer = project.run("verify", "--replay", "last", "--json")
    assert answer.status == 1
    (one,) = answer.json["differences"]
    assert one["about"] == "src/shop/cart.py::parse_sku, test_no_dash"
    assert (one["rung"], one["recorded"]) == ("passes", "kept, strong")
    assert "no dash" in one["now"]
    assert "src/shop/cart.py was changed" in answer.json["environment"]
    assert answer.json["dropped"] == 3


@pytest.mark.usefixtures("run")
def test_a_possible_bug_that_was_found_is_looked_for_again(project):
    bug = project.possible_bug()
    assert "bugs      1 again" in project.run("verify", "--replay", "1").out
    project.source.write_text(project.source.read_text().replace('raise ValueError("negative")', "return 0"))
    (one,) = project.run("verify", "--replay", "1", "--json").json["differences"]
    assert (one["about"], one["now"]) == (bug, "its test does not fail as it should")


@pytest.mark.usefixtures("run")
def test_evidence_that_was_changed_is_not_judged(project):
    path = project.store.evidence.files()[0]
    path.write_text(path.read_text().replace("closes no gap", "closes it all"))
    answer = project.run("verify", "--replay", "1")
    assert answer.status == 2
    assert "the evidence is broken" in answer.err


def test_a_candidate_for_a_file_outside_the_project_is_not_judged(project, run):
    gap = project._gap("parse_sku", 3)
    out = replace(run[0], candidate=replace(run[0].candidate, placement=Placement(path="../tests/test_cart.py")))
    project.store.evidence.add("target", Aim(path=gap.path, qualname="", module="", gaps=(gap,), nearest=()))
    project.store.evidence.add("attempt", out)
    answer = project.run("verify", "--replay", "1")
    assert answer.status == 3
    assert "no Python file of this project" in answer.err


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("words", [("--replay", "7"), ("--replay", "1", "--all"), ("--replay", "x")])
def test_a_run_that_is_not_there_is_refused(project, words):
    assert project.run("verify", *words).status == 2


def test_the_text_that_people_were_shown_is_what_is_judged_again(project, no_dash):
    one = project.store.find(no_dash)
    shown = replace(one, test=replace(one.test, names=("test_a_text_without_a_dash_is_refused",)))
    attempt = test_of(project._gap("parse_sku", 3), NO_DASH, replace(KEPT, gaps=(no_dash,)))
    again, title = replay._as_written(attempt, {(one.id, one.test.body_sha256): shown})
    assert again.candidate.name == "test_a_text_without_a_dash_is_refused"
    assert again.candidate.gaps == attempt.candidate.gaps
    assert title == no_dash


def test_what_differs_below_the_same_verdict_is_told_and_no_difference(project):
    gap = project._gap("parse_sku", 3)
    attempt = test_of(gap, NO_DASH, replace(KEPT, gaps=(gap.id,)))
    aim = Aim(path=gap.path, qualname="q", module="m", gaps=(gap,), nearest=())
    asked = Replay(began=BEGUN, judged=(Judged(aim=aim, attempts=(attempt,)),))
    now = replace(attempt.verdict, left_out=("on a worker of pytest-xdist: pytest-xdist is not installed",))
    run = replay.Recorded(number=1, at="", asked=asked, titles=("it",))
    found = replay._compared(run, Answer(now=BEGUN, verdicts=(now,)))
    assert (found.kept, found.differences, found.environment) == (1, (), ())
    assert [one.rung for one in found.figures] == ["stable"]
