"""What a person is asked to look at in the test of a finding, and where each expected value comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Finding, Oracle
from pytest_enrich.proposers.search import asserting, body

# Lines of one test that states several findings: with one assertion for each, and with all that may be needless.
MOST_LINES = 6
MOST_AT_FIRST = 12
EXAMPLE, EXAMPLES = "the docstring has this example", "the docstring has these examples"
PROMISED = "stands in the docstring, too: is it for this input?"
ALL_PROMISED = "these values stand in the docstring, too: are they for these inputs?"
# A value so short stands in any text.
SHORT = 3


def look(finding: Finding, documented: str) -> str:
    """The question of a test of one finding; `documented` is the docstring of the function."""
    first = finding.observations[0]
    shown = body.shown(first.message or first.value)
    if _names_exception(finding, documented):
        return f"the docstring names {body.bare(first.value)}; its message was read off the code"
    if first.subject in asserting.AROUND:
        return f"{body.bare(first.value)} was seen when the code ran; no docstring promises it"
    if _is_example(finding, documented):
        return EXAMPLE
    if _promised(finding, documented):
        return f"{shown} {PROMISED}"
    return f"{shown} was seen when the code ran; no docstring promises it"


def done(findings: Sequence[Finding]) -> str:
    """What several calls did, in words that hold for each of them."""
    first = findings[0]
    raises = first.observations[0].subject == "raises"
    return f"raises {body.bare(first.observations[0].value)}" if raises else "results"


def look_at_all(findings: Sequence[Finding]) -> str:
    """The question of a test of several findings, none of which a docstring promises."""
    first = findings[0].observations[0]
    if first.subject == "raises":
        return f"{body.bare(first.value)} was seen when the code ran, each time; no docstring promises it"
    return "these values were seen when the code ran; no docstring promises them"


def look_at_both(raised: Sequence[str], *, gives: bool) -> str:
    """The question of a test that was two, which expects these exceptions and, where it `gives`, anything else."""
    if not gives and len(raised) == 1:
        return f"{raised[0]} was seen when the code ran, each time; no docstring promises it"
    values = " and ".join(("these values", "exceptions")[: 1 + bool(raised)]) if gives else " and ".join(raised)
    return f"{values} were seen when the code ran; no docstring promises them"


def look_at_documented(first: str, second: str) -> str | None:
    """The question of two tests of whose values a docstring speaks; None where it does not in the same way."""
    for one, more in ((EXAMPLE, EXAMPLES), (PROMISED, ALL_PROMISED)):
        if all(look.endswith((one, more)) for look in (first, second)):
            return more
    return None


def oracle(
    finding: Finding, expects: Iterable[int], codes: Sequence[str], documented: str, above: int = 1
) -> tuple[Oracle, ...]:
    """What each expected value is, on which line of the test (its first is 1), and why it is believed.

    Args:
        finding: What was seen.
        expects: For each observation the index of its statement among `codes`.
        codes: The statements of the test.
        documented: The docstring of the function.
        above: Lines of the test above these.
    """
    promised = _is_documented(finding, documented)
    found = []
    for at, (which, seen) in enumerate(zip(expects, finding.observations, strict=True)):
        told = f"{seen.subject} " if seen.subject in asserting.AROUND else ""
        what = f"{told}{body.bare(seen.value)}" if told else body.shown(seen.value)
        origin = "docstring" if promised else "raises" if seen.subject == "raises" else "observed"
        line = 1 + above + sum(len(code.splitlines()) for code in codes[:which])
        found.append(Oracle(line=line, what=what, source=origin, look=at == 0))  # type: ignore[arg-type]
    return tuple(found)


def alike(
    findings: Iterable[Finding], documented: str, *, awaits: bool = False, methods: bool = False
) -> Iterator[tuple[Finding, ...]]:
    """The findings in their order, those together that one short test may state, which `awaits` or does not.

    These are calls of a function, or of several `methods` of a class, that give something, or that raise the same.
    What a docstring promises stands alone, and so do spares.
    """
    groups: list[list[Finding]] = []
    for finding in findings:
        same = (one for one in groups if _kind(one[0], methods=methods) == _kind(finding, methods=methods))
        group = next((one for one in same if _may_join(one, finding, documented, awaits=awaits)), None)
        if group is None:
            groups.append([finding])
        else:
            group.append(finding)
    yield from map(tuple, groups)


def _may_join(group: Sequence[Finding], finding: Finding, documented: str, *, awaits: bool) -> bool:
    lengths = [(_length(one, 1, awaits=awaits), _length(one, awaits=awaits)) for one in (*group, finding)]
    return (
        not any(one.spare or _is_documented(one, documented) for one in (*group, finding))
        and sum(least for least, _ in lengths) <= MOST_LINES
        and sum(most for _, most in lengths) <= MOST_AT_FIRST
    )


def _kind(finding: Finding, *, methods: bool) -> tuple[str, str]:
    first, name = finding.observations[0], finding.call.qualname
    return name.rpartition(".")[0] if methods else name, first.value if first.subject == "raises" else ""


def _length(finding: Finding, observations: int | None = None, *, awaits: bool) -> int:
    shown = replace(finding, observations=finding.observations[:observations])
    return len("\n".join(body.write(shown, "function", awaits=awaits).lines).splitlines())


def _is_documented(finding: Finding, documented: str) -> bool:
    return any(asked(finding, documented) for asked in (_promised, _is_example, _names_exception))


def _promised(finding: Finding, documented: str) -> bool:
    value = finding.observations[0].value
    return len(value) > SHORT and value in documented


def _names_exception(finding: Finding, documented: str) -> bool:
    """Whether it raises what the docstring says may be raised."""
    first = finding.observations[0]
    named = re.search(rf"\b{re.escape(body.bare(first.value))}\b", documented)
    return first.subject == "raises" and named is not None


def _is_example(finding: Finding, documented: str) -> bool:
    """Whether the call and its value stand in the docstring, one after the other, as a doctest."""
    first = finding.observations[0]
    is_whole = first.subject == "result" and first.expression == "{result}" and not finding.lines
    return is_whole and _plain(f">>> {body.bare(finding.action)}\n{first.value}") in _plain(documented)


def _plain(text: str) -> str:
    """Without what a person may write in another way: spaces, and one sort of quotes for the other."""
    return re.sub(r"\s", "", text).replace('"', "'")
