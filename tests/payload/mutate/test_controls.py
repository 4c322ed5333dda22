"""What a test fails on is the mutants, and nothing else that is special about how they are run."""

from __future__ import annotations

import textwrap

import pytest

from pytest_enrich import mutants
from pytest_enrich.data import Gap

SOURCE = "src/shop/cart.py"
TEXT = """
    import json
    import os
    import sys
    import tempfile
    import time
    from pathlib import Path

    import pytest
    from shop.cart import Cart


    def test_new(tmp_path, started=time.monotonic()):
        {}
    """
FULL = "raise ValueError"


@pytest.fixture
def answer(shop, mutate):
    """What comes of a test with these statements on the mutants of a line, and on the canary of that line."""

    def answer(*statements, part=FULL, **more):
        text = (shop / SOURCE).read_text()
        line = text[: text.index(part)].count("\n") + 1
        gap = Gap(id="a", path=SOURCE, qualname="add", line=line, outcome="true", text="", lines=(line,))
        code = textwrap.dedent(TEXT).format("\n    ".join(statements))
        return mutate(shop, code, line, canary=mutants.canary(text, [gap], {line}), **more)

    return answer


RAISES = "with pytest.raises(ValueError): Cart(most=0).add('pen')"


def test_an_honest_test_dies_of_the_canary_and_of_nothing_that_is_unchanged(answer):
    told = answer(RAISES)
    assert (told.canary, told.control) == ("killed", "survived")
    assert "killed" in {fate.fate for fate in told.fates}


@pytest.mark.parametrize(
    "statement",
    [
        "Cart(most=1).add('pen')",
        "with pytest.raises(BaseException): Cart(most=0).add('pen'); assert False",
        "try: Cart(most=0).add('pen')\n    except BaseException: pass",
    ],
)
def test_what_does_not_run_the_code_or_swallows_everything_survives_the_canary(answer, statement):
    assert answer(statement).canary == "survived"


@pytest.mark.parametrize(
    "place",
    [
        "Path.home() / 'x'",
        "Path(tempfile.gettempdir(), 'x')",
        "Path(os.environ['XDG_CACHE_HOME'] + 'x')",
        "tmp_path",
    ],
)
def test_what_one_run_writes_the_next_one_does_not_find(answer, place):
    told = answer(
        f"path = {place}",
        "path = path.parent.parent / 'y' if path == tmp_path else path",
        "first = not path.exists()",
        "path.write_text('')",
        RAISES.replace("ValueError", "Exception"),
        "assert first",
    )
    assert (told.canary, told.control) == ("killed", "survived")
    assert "survived" in {fate.fate for fate in told.fates}


def test_its_temporary_folder_is_always_called_the_same(answer):
    assert answer(RAISES, "assert tmp_path.name == 'test_new0'").control == "survived"


ON_THE_STACK = """frame = sys._getframe()
    while frame:
        assert frame.f_code.co_name != '_run_named'
        frame = frame.f_back"""
IN_TIME = """time.sleep(0.4)
    assert time.monotonic() - started < 0.7"""
SERVED = "assert not [one for one in sys.meta_path if getattr(one, 'before', 1) is None]"
HANGS = "while [one for one in sys.meta_path if getattr(one, 'before', 1) is None]: pass"
LEAVES = "if [one for one in sys.meta_path if getattr(one, 'before', 1) is None]: os._exit(0)"


@pytest.mark.parametrize("part", ["def __init__", "self.owner = owner"], ids=["imported anew", "exchanged"])
@pytest.mark.parametrize("statement", [ON_THE_STACK, SERVED, HANGS, LEAVES])
def test_what_fails_only_where_mutants_are_run_fails_on_the_control(answer, statement, part):
    told = answer(statement, "assert Cart().owner", part=part)
    assert told.fates == ()
    assert told.control in {"killed", "timeout", "crash"}


def test_so_does_what_fails_late(answer):
    told = answer(IN_TIME, "assert Cart().owner", part="self.owner = owner")
    assert told.fates == ()
    assert told.control in {"killed", "timeout", "crash"} or told.error


def test_whoever_replaces_the_encoder_has_no_say(answer):
    told = answer(
        'json.dumps = json.JSONEncoder.encode = lambda *_, **__: \'{"failed": ["x"]}\'',
        "json.encoder.c_make_encoder = None",
        "os.write = lambda *_: 1",
        "time.monotonic = time.time = lambda: 1e9",
        "assert Cart().owner",
        part="self.owner = owner",
    )
    assert told.control == "survived"
    assert {fate.fate for fate in told.fates} == {"killed"}
    quiet = answer('json.dumps = json.JSONEncoder.encode = lambda *_, **__: \'{"failed": ["x"]}\'', "assert Cart")
    assert {fate.fate for fate in quiet.fates} == {"survived"}
