"""What the tests nearest to a target pass to its functions: asked for by every proposer that starts from there."""

from __future__ import annotations

from collections.abc import Callable

from pytest_enrich.data import Answered, Record, Recorded, Target
from pytest_enrich.protocols import Sandbox

NOTHING = Recorded(calls=(), constructors=(), outcomes=())


def record(
    target: Target, sandbox: Sandbox, *, most: int, seconds: float, may_run: Callable[[str], bool] = lambda _: True
) -> Recorded:
    """The calls seen of the target's entries and of the other functions of its module; nothing when that failed.

    Args:
        target: Its nearest tests are run.
        sandbox: Where they run.
        most: How many of them.
        seconds: The most time to take.
        may_run: Whether the tests of this file may.
    """
    # Without their parameters: ids of parameters may differ from run to run (a set gives them).
    named = (near.nodeid.partition("[")[0] for near in target.nearest)
    tests = tuple(dict.fromkeys(name for name in named if may_run(name.partition("::")[0])))[:most]
    if not tests:
        return NOTHING
    qualnames = {*(entry.qualname for entry in target.entries), *target.neighbours}
    # In one order for all targets: the same tests are not watched again for the next function of a file.
    job = Record(
        tests=tuple(sorted(tests)), path=target.path, module=target.module, qualnames=tuple(sorted(qualnames))
    )
    execution = sandbox.execute(job, timeout=seconds)
    answer = execution.answer if isinstance(execution, Answered) else None
    return answer if isinstance(answer, Recorded) else NOTHING
