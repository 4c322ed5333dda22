"""What a reviewer is asked to check in a test, and where each expected value comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pytest_enrich.data import Finding, Oracle, Template
from pytest_enrich.writing import body

EXAMPLE = "the docstring has this example"
PROMISED = "stands in the docstring, too: is it for this input?"
# A shorter value occurs in any text.
SHORT = 3


def about(finding: Finding, documented: str) -> str:
    """The question about a test of one finding; `documented` is the docstring of the function."""
    first = finding.observations[0]
    if _is_example(finding, documented):
        return EXAMPLE
    if first.subject == "warns":
        return f"{body.bare(first.value)} was seen when the code ran; no docstring promises it"
    return about_value(first.value, documented, raised=first.subject == "raises")


def about_value(value: Template, documented: str, *, raised: bool = False) -> str:
    """The question about a test that expects a value, or an exception of this class if `raised`."""
    shown = body.shown(value)
    if raised and _names_class(value, documented):
        return f"the docstring names {shown}; its message was read off the code"
    if not raised and _has_value(value, documented):
        return f"{shown} {PROMISED}"
    return f"{shown} was seen when the code ran; no docstring promises it"


def about_change(done: str, value: Template) -> str:
    """The question about a test with unchanged assertions, "with" another value or "without" a step."""
    return f"what the test asserts holds {'for' if done == 'with' else done} {body.shown(value)}: should it?"


def about_case(values: Template) -> str:
    """The question about one more case of a test, for which the test asserts the same as for the others."""
    return f"what the test asserts holds for {body.shown(values)}, too: should it?"


def oracles(
    finding: Finding, expects: Iterable[int], codes: Sequence[str], documented: str, above: int = 1
) -> tuple[Oracle, ...]:
    """What each expected value is, on which line of the test (from 1), and why it is believed.

    Args:
        finding: What was seen.
        expects: For each observation, the index of its statement in `codes`.
        codes: The statements of the test.
        documented: The docstring of the function.
        above: The number of lines of the test above these statements.
    """
    promised = is_documented(finding, documented)
    expected = []
    for at, (statement, seen) in enumerate(zip(expects, finding.observations, strict=True)):
        is_around = seen.subject in body.AROUND
        what = f"{seen.subject} {body.bare(seen.value)}" if is_around else body.shown(seen.value)
        origin = "docstring" if promised else "raises" if seen.subject == "raises" else "observed"
        line = 1 + above + sum(len(code.splitlines()) for code in codes[:statement])
        expected.append(Oracle(line=line, what=what, source=origin, look=at == 0))  # type: ignore[arg-type]
    return tuple(expected)


def oracle_of_test(line: int = 1) -> tuple[Oracle, ...]:
    """The oracle of a test that expects only what a test written by a person asserts."""
    return (Oracle(line=line, what="what the test asserts", source="property", look=True),)


def is_documented(finding: Finding, documented: str) -> bool:
    """Whether the docstring promises what was seen."""
    first = finding.observations[0]
    raised = first.subject == "raises" and _names_class(first.value, documented)
    return raised or _has_value(first.value, documented) or _is_example(finding, documented)


def _names_class(value: Template, documented: str) -> bool:
    return re.search(rf"\b{re.escape(body.bare(value))}\b", documented) is not None


def _has_value(value: Template, documented: str) -> bool:
    return len(value) > SHORT and value in documented


def _is_example(finding: Finding, documented: str) -> bool:
    """Whether the call and its value are in the docstring, one after the other, as in a doctest."""
    first = finding.observations[0]
    is_whole = first.subject == "result" and first.expression == "{result}" and not finding.lines
    return is_whole and _squeezed(f">>> {body.bare(finding.action)}\n{first.value}") in _squeezed(documented)


def _squeezed(text: str) -> str:
    """The text without differences in style: without spaces, and with one kind of quotes."""
    return re.sub(r"\s", "", text).replace('"', "'")
