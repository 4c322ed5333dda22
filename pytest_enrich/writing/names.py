"""What a test is called, and the one line that says what it is about.

`words` knows how a condition or a value is said; here it is decided which of them a name is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from pytest_enrich.data import Finding, Gap, Kept, NewTest
from pytest_enrich.imports import parsed
from pytest_enrich.protocols import Task
from pytest_enrich.writing import body, words
from pytest_enrich.writing.syntax import functions_in

# Beyond it a name fills most of a line of code.
LONGEST = 70
LONGEST_BESIDE = 72
"""The same of a test that is made of another one, whose name begins it."""


def of_finding(finding: Finding, gap: Gap, taken: frozenset[str]) -> str:
    """A name for the test of a finding which closes `gap` before others; none of `taken`."""
    subject = words.snake(_subject(finding).replace(".__init__", ""))
    ends = _raised(finding, gap) if finding.observations[0].subject in body.AROUND else _returned(finding, gap)
    options = [f"test_{subject}_{end}".rstrip("_") for end in ends]
    return free([option for option in options if len(option) <= LONGEST] or [f"test_{subject}"], taken)


def of_findings(findings: Sequence[Finding]) -> str:
    """The name of a test that states more than one thing of a function, or of methods of a class."""
    first = findings[0].observations[0]
    subject, others = _subjects(findings)
    shown = subject.rpartition(".")[0] if others else subject
    return stem(shown, (body.bare(first.value),) if first.subject == "raises" else ())


def stem(subject: str, raised: Sequence[str]) -> str:
    """A name that tells of no condition, but of the exceptions where nothing but those is expected."""
    done = "_raises" if raised else ""
    which = f"_{words.snake(raised[0])}" if len(raised) == 1 else ""
    return f"test_{words.snake(subject.replace('.__init__', ''))}{done}{which}"


def beside(anchor: str, qualname: str, ends: Iterable[str], taken: frozenset[str]) -> str:
    """A name for a test of `qualname` beside that named `anchor`, with the first of `ends` that fits."""
    start = _start(anchor, qualname)
    options = [f"{start}_{end}" for end in ends if end and not start.endswith(end)]
    return free([option for option in options if len(option) <= LONGEST_BESIDE] or [anchor], taken)


def free(options: Sequence[str], taken: frozenset[str]) -> str:
    """The first that is not taken; where all are, the first with a number."""
    for option in options:
        if option not in taken:
            return option
    number = 2
    while f"{options[0]}_{number}" in taken:
        number += 1
    return f"{options[0]}_{number}"


def title(finding: Finding, gap: Gap, done: str) -> str:
    """One line for what a call does, described as `done`."""
    return words.title(_subject(finding), done, gap.text, gap.outcome)


def title_of_all(findings: Sequence[Finding], gap: Gap) -> str:
    """One line for what several calls do, of a function or of methods of a class; the first closes `gap`."""
    first = findings[0].observations[0]
    done = f"raises {body.bare(first.value)}" if first.subject == "raises" else "results"
    subject, others = _subjects(findings)
    if not others:
        return f"{title(findings[0], gap, done)}, and {len(findings) - 1} more"
    owner, _, name = subject.rpartition(".")
    return f"{owner}: {done} of {', '.join((name, *others[:-1]))} and {others[-1]}"


def kept(task: Task) -> frozenset[str]:
    """The names of the tests that were kept for a target."""
    candidates = (attempt.candidate for attempt in task.attempts if isinstance(attempt.verdict, Kept))
    return frozenset(test.name for test in candidates if isinstance(test, NewTest))


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def functions(text: str) -> frozenset[str]:
    """The names of all functions of a file; none of one that cannot be parsed, which is as good as a new one."""
    tree = parsed(text)
    return frozenset(function.name for function in functions_in(tree)) if tree is not None else frozenset()


def _raised(finding: Finding, gap: Gap) -> list[str]:
    """What a name may say of an exception behind what is called, best first."""
    first, when = finding.observations[0], words.slug(gap.text, gap.outcome)
    done = f"{first.subject}_{words.snake(body.bare(first.value))}"
    return [*([f"{done}_{when}", when] if when else []), done, ""]


def _returned(finding: Finding, gap: Gap) -> list[str]:
    """The same of a result: when it is given, what is passed by name, nothing, and what it is."""
    first = finding.observations[0]
    value = words.value_slug(first.value) if first.expression == "{result}" else ""
    when, passed = words.slug(gap.text, gap.outcome), words.passed(body.bare(finding.action))
    return [*filter(None, (when, passed)), "", *([f"returns_{value}"] if value else [])]


def _subjects(findings: Sequence[Finding]) -> tuple[str, list[str]]:
    """What is called first, and the names of the other methods; classes may have the same from one above them."""
    first, *others = map(_subject, findings)
    methods = dict.fromkeys(other.rpartition(".")[2] for other in others)
    return first, [method for method in methods if method != first.rpartition(".")[2]]


def _subject(finding: Finding) -> str:
    call = finding.call
    qualname = call.qualname.rpartition(":")[2].rstrip("=")
    return words.subject(qualname, None if "__init__" in qualname else call.receiver)


def _start(anchor: str, qualname: str) -> str:
    """What a test's name says of the function, without what it says of the case: that is another one now."""
    parts, (owner, _, own) = anchor.split("_"), qualname.rpartition(".")
    known = words.snake(qualname).split("_")
    about = [at for at, part in enumerate(parts) if part and part in known]
    if about or (own[:1] == "_" and not own.endswith("__")):
        return "_".join(parts[: about[-1] + 1] if about else parts)
    # What Python calls by itself is known by its class.
    known_by = owner.rpartition(".")[2] if own.endswith("__") else own
    return f"test_{words.snake(known_by or own)}"
