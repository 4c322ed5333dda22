"""Reports made by hand: plain ones, large ones, and hostile ones."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Oracle, Report, ReportedSuggestion, RunSummary, SourceLine, Suggestion
from pytest_enrich.data.code import MutantsPart, Tried
from pytest_enrich.data.suggestion import (
    GapPart,
    MadePart,
    OriginPart,
    ProofPart,
    RunsPart,
    TargetPart,
    TestPart,
)

BEFORE = """\
from shop.cart import discount, parse_sku


def test_parts():
    assert parse_sku("ab-1") == ("AB", 1)


def test_pct():
    assert discount(10, "PCT10") == 9.0


def test_last():
    assert parse_sku("a-1")
"""
NEW = """\
def test_no_dash():
    with pytest.raises(ValueError):
        parse_sku("AB12")


"""
AFTER = "import pytest\n\n" + BEFORE.replace("def test_last", NEW + "def test_last")
DIFFERENCE = patch.diff("tests/test_cart.py", BEFORE, AFTER)
SOURCE = (
    SourceLine(number=24, text="def parse_sku(text):"),
    SourceLine(number=25, text='    head, sep, tail = text.partition("-")'),
    SourceLine(number=26, text="    if not sep:"),
    SourceLine(number=27, text='        raise ValueError("missing dash")', missing=True),
    SourceLine(number=28, text="        # never", missing=True),
)
HOSTILE = (
    "::add-mask::secret\n::error::x\r\n##[add-mask]y </script><img src=x onerror=alert(1)> ]]> & \"' % %0A "
    "[click](http://evil.example) ```\n````\n</details> {0} \x1b[31m\u202e\x00\ud800\ufffe | <!-- , : ; /../"
)


def suggestion(identity="cart-6e2m3fea", *, qualname="parse_sku", text="", path="src/shop/cart.py"):
    """A suggestion with `text` in every field that may hold any."""
    return Suggestion(
        id=identity,
        grade="strong",
        title=f"{qualname}: text without a dash is refused{text}",
        look=f'the text "missing dash" was read off the code{text}',
        gap=GapPart(
            path=path + text,
            qualname=qualname + text,
            line=26,
            outcome="true",
            text=f"if not sep:{text}",
            lines=(27, 28),
            branches=((26, 27),),
            function_sha256="f" * 64,
        ),
        target=TargetPart(path="tests/test_cart.py" + text, where="after", anchor="test_pct" + text),
        test=TestPart(
            names=("test_no_dash" + text,),
            code='def test_no_dash():\n    with pytest.raises(ValueError):\n        parse_sku("AB12")\n' + text,
            imports=("import pytest", "import os" + text),
            body_sha256="9" * 64,
        ),
        oracle=(Oracle(line=2, what="raises" + text, source="raises"),),
        proof=ProofPart(
            lines_gained=2,
            branches_gained=1,
            runs=RunsPart(passed=3, of=3, modes=("alone", "suite" + text)),
            duration_ms=0.4,
            isolation="rlimits-only" + text,
            mutants=MutantsPart(
                killed=2, of=2, list=(Tried(line=26, change="not sep -> sep" + text, killed=True),)
            ),
        ),
        origin=OriginPart(proposer="search" + text),
        made=MadePart(at="2026-11-24T22:41:07Z", pytest_enrich="0.1.0", python="3.11.7"),
    )


def reported(one=None, **changes):
    made = ReportedSuggestion(suggestion=one or suggestion(), source=SOURCE, difference=DIFFERENCE, stale=False)
    return replace(made, **changes)


@pytest.fixture
def reported_one():
    return reported


@pytest.fixture
def make_suggestion():
    return suggestion


@pytest.fixture
def report():
    """One suggestion."""
    return Report(run=RunSummary(at="2026-11-24T22:41:07Z"), project="shop", suggestions=(reported(),))


@pytest.fixture
def large():
    """So many suggestions, each for a function of its own, with long texts."""

    def large(count):
        letters = "abcdefghijklmnopqrstuvwxyz234567"
        many = [
            suggestion(f"cart-aaaaaa{letters[number // 32]}{letters[number % 32]}", qualname=f"function_{number}")
            for number in range(count)
        ]
        return Report(suggestions=tuple(reported(one) for one in many))

    return large


@pytest.fixture
def hostile():
    """Every text of every part is hostile."""
    bad = suggestion(text=HOSTILE)
    source = tuple(replace(line, text=line.text + HOSTILE.replace("\n", "")) for line in SOURCE)
    difference = DIFFERENCE.replace("parse_sku", "parse_sku" + HOSTILE.replace("\n", ""))
    one = reported(bad, source=source, difference=difference)
    run = RunSummary(at=HOSTILE, notes=(HOSTILE,), commit=HOSTILE, versions={HOSTILE: HOSTILE})
    return Report(run=run, project=HOSTILE, base=HOSTILE + "/", suggestions=(one,))
