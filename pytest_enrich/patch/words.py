"""Facts about a suggestion as people read them: one line each, whatever was put into them."""

from __future__ import annotations

import re
import textwrap

from pytest_enrich.data import Suggestion

_COOKIE = re.compile(r"coding(?=[:=])", re.IGNORECASE)
_TAME = re.compile(r"(?!diff\b|index\b|prereq\b)[A-Za-z(]", re.IGNORECASE)
WIDTH = 80


def one_line(text: str) -> str:
    """`text` without anything that breaks a line, hides or reorders it."""
    flat = " ".join(text.split())
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in flat)


def without_cookie(comment: str) -> str:
    """A comment changed so that it declares no encoding when it is in the first lines of a file."""
    return _COOKIE.sub(lambda match: f"{match.group()} ", comment)


def wrapped(label: str, text: str) -> str:
    """`Label:  text` over as many lines as it takes.

    `patch` also finds diffs that are indented: a text whose later lines could look like one stays on one line.
    """
    line = f"{label + ':':<7} {one_line(text)}"
    lines = textwrap.wrap(line, WIDTH, subsequent_indent=" " * 8, break_long_words=False, break_on_hyphens=False)
    tame = ": " in lines[0] and all(_TAME.match(later.strip()) for later in lines[1:])
    return "\n".join(lines if tame else [line])


def span(suggestion: Suggestion) -> str:
    """`src/shop/cart.py:25-28 parse_sku`."""
    gap = suggestion.gap
    first, last = min(gap.lines, default=gap.line), max(gap.lines, default=gap.line)
    lines = str(first) if first == last else f"{first}-{last}"
    return f"{gap.path}:{lines} {gap.qualname or '(module)'}"


def missing(suggestion: Suggestion) -> str:
    """`4 lines and 2 branches no test runs`."""
    lines, branches = len(suggestion.gap.lines), len(suggestion.gap.branches)
    parts = [_count(lines, "line", "lines"), _count(branches, "branch", "branches")]
    return f"{' and '.join(filter(None, parts)) or 'a case'} no test runs"


def checks(suggestion: Suggestion) -> str:
    """The title without the function's name, which stands beside it already."""
    name = suggestion.gap.qualname
    return suggestion.title.removeprefix(f"{name}: ").removeprefix(f"{name.rpartition('.')[2]}: ")


def proof(suggestion: Suggestion) -> str:
    """What was proven: nothing that was measured with a clock, so that equal runs give equal texts.

    `fails on 2 of 2 mutants of the gap; passes in 10 of 10 ways`.
    """
    runs, mutants = suggestion.proof.runs, suggestion.proof.mutants
    passed = f"passes in {runs.passed} of {runs.of} ways"
    gaps = "gaps" if suggestion.gap.also_closes else "gap"
    return f"fails on {mutants.told(of=f' of the {gaps}')}; {passed}" if mutants.of else passed


def origin(suggestion: Suggestion) -> str:
    """Who proposed it, and in how many executions."""
    made = suggestion.origin
    spent = f", {made.executions} executions" if made.executions else ""
    return f"{made.told}{spent}"


def where(suggestion: Suggestion) -> str:
    """`tests/test_cart.py, after test_pct`, or of a row `tests/test_cart.py, one more row in test_pct`."""
    target = suggestion.target
    if suggestion.kind == "row":
        return f"{target.path}, {suggestion.more}"
    owner = f" in {target.owner}" if target.owner else ""
    end = f"in a new class {target.owner}" if target.base else f"at the {target.where}{owner}"
    place = f"after {target.anchor}{owner}" if target.anchor else end
    return f"{target.path}, {'a new file' if target.new_file else place}"


def _count(number: int, noun: str, many: str) -> str:
    return f"{number} {noun if number == 1 else many}" if number else ""
