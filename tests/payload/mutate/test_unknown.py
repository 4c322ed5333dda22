"""What nobody knows is not told as if it were known, and what does not matter nobody is asked."""

import pytest

from pytest_enrich.payload import mutate as mutating
from pytest_enrich.payload.mutate import mutate
from pytest_enrich.payload.mutate.trial import CONTROLS

NAME = "tests/test_new.py::test_new"


@pytest.fixture
def fates(project, monkeypatch):
    """The fates of two contested mutants: both are killed by the candidate, and existing tests answer so."""

    def fates(by_others, mine=({"failed": [NAME]}, {"failed": [NAME]})):
        root = project(tests__test_old="", src__a="")
        answers = iter(
            [
                {
                    "fates": {**dict(zip("12", mine, strict=True)), CONTROLS[1]: {"failed": []}},
                    "names": [NAME],
                    "error": "",
                },
                by_others,
            ]
        )
        monkeypatch.setattr(mutating, "try_all", lambda _trial: next(answers))
        job = {
            "budget": 9, "canary": None, "mutants": [{"id": "1"}, {"id": "2"}], "corpus": [], "parts": [],
            "tests": [NAME], "path": "tests/test_new.py", "text": "", "contested": ["1", "2"],
            "others": ["tests/test_old.py::test_old"],
        }  # fmt: skip
        answer = mutate({"job": job, "rootdir": str(root)})
        return {one["id"]: (one["fate"], one.get("killed_before", [])) for one in answer["fates"]}

    return fates


def test_a_mutant_that_existing_tests_had_no_time_for_leaves_the_count(fates):
    found = fates({"fates": {"1": {"failed": []}}, "names": ["x"], "error": ""})
    assert found == {"1": ("killed", []), "2": ("untried", [])}


def test_so_do_all_when_existing_tests_could_not_be_run_at_all(fates):
    found = fates({"fates": {}, "error": "no test passes on the original: timeout"})
    assert found == {"1": ("untried", []), "2": ("untried", [])}


def test_what_they_fail_on_they_kill(fates):
    found = fates({"fates": {"1": {"failed": ["x"]}, "2": {"ended": "timeout"}}, "names": ["x"], "error": ""})
    assert found == {"1": ("killed", ["x"]), "2": ("killed", ["timeout"])}


def test_where_nothing_is_noticed_existing_tests_are_not_run(fates):
    alive = {"failed": [], "told": []}
    found = fates({"fates": {"1": {"failed": ["x"]}}, "error": ""}, (alive, alive))
    assert found == {"1": ("survived", None), "2": ("survived", None)}


def test_where_a_call_notices_something_they_are(fates):
    alive = {"failed": [], "told": []}
    found = fates(
        {"fates": {"1": {"failed": ["x"]}, "2": {"failed": []}}, "error": ""}, (alive, {**alive, "told": [3]})
    )
    assert found == {"1": ("survived", ["x"]), "2": ("survived", [])}
