"""Properties for a team that uses Hypothesis, from the run to the suite afterwards."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-with=properties", "--enrich-max=0", "--enrich-budget=4000x")
ONLY = tuple(f"--enrich-only=src/codec/{name}.py" for name in ("frames", "fields"))
QUIET = ("-q", "-p", "no:cacheprovider")


@pytest.fixture(scope="module")
def enriched(codec, tmp_path_factory):
    """The wire format after a run on what looks like two round trips."""
    project = codec(tmp_path_factory.mktemp("properties") / "codec")
    return project, project.run(*ENRICH, *ONLY, *QUIET)


def test_a_round_trip_that_holds_is_suggested_and_no_other(enriched):
    project, ended = enriched
    assert ended.status == 0, ended.text
    (folder,) = project.pending().values()
    suggestion = json.loads((folder / "suggestion.json").read_text("utf-8"))
    assert suggestion["test"]["code"].splitlines() == [
        "@given(st.binary())",
        "def test_unpack_undoes_pack(payload):",
        "    assert unpack(pack(payload)) == payload",
    ]
    assert (suggestion["origin"]["proposer"], suggestion["grade"]) == ("properties", "good")
    assert suggestion["gap"]["also_closes"]


def test_the_accepted_property_passes_with_whatever_is_drawn(enriched):
    project, ended = enriched
    assert ended.status == 0, ended.text
    accepted = project.run("pytest_enrich", "accept", *project.pending())
    assert accepted.status == 0, accepted.text
    seed = ("-p", "_hypothesis_pytestplugin", "--hypothesis-seed=20")
    suite = project.run("pytest", *QUIET, *seed, "tests/test_frames.py")
    assert "5 passed" in suite.text
