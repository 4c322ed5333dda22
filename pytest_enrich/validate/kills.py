"""The last rung: which small changes of the gap's code does the candidate notice?"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_enrich import mutants
from pytest_enrich.data import Answered, Execution, Gap, Grade, Mutant, MutantFate, MutantsPart, Mutate, Mutated
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate.grade import grade, part, tried

BUDGET = 20.0
"""Seconds for all mutants of one candidate."""
MOST_OTHERS = 100


def count(
    task: Task, closed: Sequence[Gap], test: tuple[str, str, str], sandbox: Sandbox
) -> tuple[Grade, MutantsPart]:
    """Run a candidate against the mutants of the code of the gaps that it closes.

    Args:
        task: With the text of the source.
        closed: The gaps.
        test: The test file's path, its text with the candidate in it, the candidate's node id.
        sandbox: Where it runs.

    Returns:
        The grade and the facts; `ungraded` with a note when nothing can be said.
    """
    made = mutants.of_gaps(task.source_text, closed)
    if not made:
        return "ungraded", part((), "no mutant could be made of the gap's code")
    execution = sandbox.execute(_job(task, closed, test, made), timeout=BUDGET * 2)
    fates, error = _fates(execution)
    found = tried(made, fates)
    note = error if found or error else "no mutant could be tried in time"
    return grade(found), part(found, note)


def _job(task: Task, closed: Sequence[Gap], test: tuple[str, str, str], made: tuple[Mutant, ...]) -> Mutate:
    path, text, nodeid = test
    near = [one.nodeid for one in task.target.nearest if one.shared][:MOST_OTHERS]
    # What no test runs, no test that exists can fail on.
    missing = {line for gap in closed for line in gap.lines}
    contested = [one.id for one in made if one.statement not in missing] if near else []
    return Mutate(
        path=path,
        text=text,
        tests=(nodeid,),
        others=tuple(near),
        source=task.target.path,
        source_text=task.source_text,
        mutants=made,
        contested=tuple(contested),
        budget=BUDGET,
    )


def _fates(execution: Execution) -> tuple[tuple[MutantFate, ...], str]:
    if not isinstance(execution, Answered):
        return (), f"the mutants could not be tried: {execution.reason}"
    answer = execution.answer
    if not isinstance(answer, Mutated):
        return (), "the mutants could not be tried: bad answer"
    return answer.fates, f"the mutants could not be tried: {answer.error}"[:200] if answer.error else ""
