"""The laws of a whole project, tried in a sandbox: those that hold are found, the others are not."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from pytest_enrich.data import Entry, NearTest, Placement
from pytest_enrich.proposers.properties import PropertiesProposer
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

CODEC = Path(__file__).parents[3] / "fixtures" / "codec"
GAPS = {gap["qualname"]: gap for gap in json.loads((CODEC / "gaps.json").read_text("utf-8"))}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def codec(tmp_path_factory):
    """A copy of the project, and a sandbox for it."""
    root = tmp_path_factory.mktemp("codec") / "codec"
    shutil.copytree(CODEC, root, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    # What is as young as the process that loads it counts as changed meanwhile.
    for path in root.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    with closing(ForkserverSandbox(ProcessSandbox(root))) as sandbox:
        yield root, sandbox


@pytest.fixture
def propose(codec, fakes):
    """The candidates for the gap of this function."""
    root, sandbox = codec

    def propose(qualname):
        known = GAPS[qualname]
        source, stem = (root / known["path"]).read_text("utf-8"), Path(known["path"]).stem
        line = source[: source.index(known["text"])].count("\n") + 1
        # Each of these branches has a body of one line after it, or is the line after that.
        gap = fakes.gap(
            path=known["path"],
            qualname=qualname,
            line=line,
            lines=(),
            branches=((line, line + (1 if known["outcome"] == "true" else 2)),),
        )
        tests = f"tests/test_{stem}.py"
        target = fakes.target(
            gap,
            module=f"codec.{stem}",
            placement=Placement(path=tests),
            entries=(Entry(qualname=qualname, kind="function"),),
            nearest=(NearTest(nodeid=f"{tests}::test_{qualname}", shared=1),),
        )
        task = fakes.task(target=target, text=(root / tests).read_text("utf-8"), source_text=source, seconds=60.0)
        return [one.code.splitlines() for one in PropertiesProposer(sandbox).propose(task)]

    return propose


@pytest.mark.parametrize(
    ("qualname", "code"),
    [
        (
            "unpack",
            [
                "@given(st.binary())",
                "def test_unpack_undoes_pack(payload):",
                "    assert unpack(pack(payload)) == payload",
            ],
        ),
        (
            "normalize",
            [
                "@given(st.lists(st.tuples(st.integers(), st.integers())))",
                "def test_normalize_is_idempotent(spans):",
                "    result = normalize(spans)",
                "    assert normalize(result) == result",
            ],
        ),
    ],
)
def test_a_law_that_holds_is_found(propose, qualname, code):
    assert propose(qualname) == [code]


def test_a_pair_that_is_none_is_left_alone(propose):
    assert propose("loads") == []


def test_a_law_that_the_suite_has_is_not_repeated(propose):
    assert propose("quote") == []
