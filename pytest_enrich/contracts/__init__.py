"""What docstrings promise, and whether the code keeps it.

`find` reads the promises in a source file, `examine` checks them in the sandbox, `contradicted` tells which of
them the calls of a test are about, and `together` keeps one of several examples of the same docstring. Only
unambiguous promises are read, others are ignored: one false alarm costs more trust than ten bugs earn.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.contracts import examples, write
from pytest_enrich.contracts.function import Broken, Claim, Documented, read
from pytest_enrich.contracts.judge import MARK
from pytest_enrich.contracts.write import plain
from pytest_enrich.data import Answered, Prove, Proved, Suggestion, TestOutcome
from pytest_enrich.data.jobs import Way
from pytest_enrich.imports import parsed
from pytest_enrich.protocols import Sandbox
from pytest_enrich.validate.stable import ELSEWHERE
from pytest_enrich.writing.renderer import INDENT
from pytest_enrich.writing.syntax import expression, nodes_of

_START = 30.0
WAYS: Mapping[str, Way] = {
    "in a fork": Way(),
    "in a fork with another hash seed, time zone, locale, user and date": Way(world=ELSEWHERE),
    "in a fresh process": Way(fresh=True),
}
"""The ways of running in which a contradiction has to show, by the names that people read."""


def together(found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """The bugs in their order, with only the first example of each docstring, which says where the others are."""
    kept: dict[tuple[str, str, str], Suggestion] = {}
    for bug in found:
        first = kept.setdefault(_what(bug), bug)
        if first is not bug:
            also = (*first.contradiction.also, bug.contradiction.contract_line)
            kept[_what(bug)] = replace(first, broken=replace(first.contradiction, also=also))
    return tuple(kept.values())


def are_told(known: Iterable[Suggestion], bug: Suggestion) -> bool:
    """Whether the bug is among those known, or is an example of a docstring that they have one of."""
    return _what(bug) in set(map(_what, known))


def _what(bug: Suggestion) -> tuple[str, str, str]:
    return (bug.gap.path, bug.gap.qualname, "" if bug.contradiction.promise == "example" else bug.id)


class Examined(Struct, frozen=True, kw_only=True):
    """The result for claims: those that are `broken`, and those that nothing can be said about (`unsure`)."""

    broken: tuple[Broken, ...] = ()
    unsure: tuple[Claim, ...] = ()


def examine(claims: Sequence[Claim], folder: str, sandbox: Sandbox, *, timeout: float) -> Examined:
    """Which of the claims the code does not keep, in their order, each kind of promise in a sentence once.

    Args:
        claims: The claims of one source file.
        folder: Where the tests are ("" is rootdir): their configuration counts.
        sandbox: Where the code runs.
        timeout: Seconds for one call.
    """
    observations = _looked(claims, folder, sandbox, timeout)
    suspects = {claim: observation for claim, observation in observations.items() if observation}
    unsure = [claim for claim, observation in observations.items() if observation is None]
    runs = [_run(list(suspects), folder, sandbox, timeout, way) for way in WAYS.values()] if suspects else []
    broken_by_key: dict[tuple[str, str, str], Broken] = {}
    for index, (claim, observation) in enumerate(suspects.items()):
        if all(run is not None and _seen(run, index) == observation and _fails(run, index) for run in runs):
            broken = Broken(claim=claim, observed=observation, runs=tuple(WAYS))
            broken_by_key.setdefault(claim.key, broken)
        else:
            unsure.append(claim)
    return Examined(broken=tuple(broken_by_key.values()), unsure=tuple(unsure))


def _looked(claims: Sequence[Claim], folder: str, sandbox: Sandbox, timeout: float) -> dict[Claim, str | None]:
    """What one run showed for each claim, "" for no contradiction; None if the claim ends the process."""
    if not claims:
        return {}
    run = _run(claims, folder, sandbox, timeout, Way())
    if run is not None:
        return {claim: _seen(run, index) for index, claim in enumerate(claims)}
    if len(claims) == 1:
        return {claims[0]: None}
    middle = len(claims) // 2
    halves = (_looked(half, folder, sandbox, timeout) for half in (claims[:middle], claims[middle:]))
    return {claim: observation for half in halves for claim, observation in half.items()}


def _run(
    claims: Sequence[Claim], folder: str, sandbox: Sandbox, timeout: float, way: Way
) -> dict[str, TestOutcome] | None:
    """How each test ended, by its name; None if there is no usable answer."""
    path = f"{folder}/test_enrich_contracts.py".lstrip("/")
    job = Prove(path=path, text=_module(claims), world=way.world, fresh=way.fresh)
    execution = sandbox.execute(job, timeout=_START + timeout)
    if not isinstance(execution, Answered) or not isinstance(execution.answer, Proved):
        return None
    return {outcome.nodeid.rpartition("::")[2]: outcome for outcome in execution.answer.outcomes}


def _module(claims: Sequence[Claim]) -> str:
    """For each claim a test that reports what was seen, and the test that a person would get."""
    judge = resources.files(__package__).joinpath("judge.py").read_text("utf-8")
    probes = [_probe(index, claim) for index, claim in enumerate(claims)]
    kept = [_function(f"test_kept_{index}", write.body(claim)) for index, claim in enumerate(claims)]
    return "\n\n".join([judge, *probes, *kept])


def _probe(at: int, claim: Claim) -> str:
    action = claim.action.replace("\n", f"\n{INDENT}")
    last = f"judge(lambda: ({action}), {claim.promise!r}, {claim.expected}, {claim.path!r})"
    return _function(f"test_probe_{at}", (*claim.setup, last))


def _function(name: str, body: tuple[str, ...]) -> str:
    """A function with its imports inside: if they fail for one claim, the others are not affected."""
    resolved = imports.resolve(body, imports.reserve(imports.Bindings(), {"judge"}))
    return write.function(name, (*resolved.imports, *resolved.codes))


def _seen(run: dict[str, TestOutcome], at: int) -> str:
    """What the probe saw, "" for no contradiction."""
    probe = run.get(f"test_probe_{at}")
    detail = probe.detail if probe is not None and probe.result == "failed" else ""
    _, mark, rest = detail.partition(MARK)
    try:
        observation = json.JSONDecoder().raw_decode(rest)[0] if mark else ""
    except ValueError:
        return ""
    return observation if isinstance(observation, str) else ""


def _fails(run: dict[str, TestOutcome], at: int) -> bool:
    """Whether the test that a person would get fails."""
    outcome = run.get(f"test_kept_{at}")
    return outcome is not None and outcome.result == "failed"


def find(path: str, module: str, text: str) -> tuple[tuple[Documented, ...], tuple[Claim, ...]]:
    """The documented functions of a source file, and what they promise.

    Args:
        path: The file's, relative to rootdir.
        module: The name that it is imported by.
        text: Its contents.
    """
    functions = read(path, module, text)
    claims = (claim for function in functions for claim in examples.claims(function))
    return functions, tuple(dict.fromkeys(claims))


def contradicted(code: str, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The promises about calls that a test makes: if one is broken, the test asserts the opposite of it."""
    tree = parsed(code)
    calls = {ast.unparse(call) for call in nodes_of(ast.Call, tree)} if tree is not None else set()
    return tuple(claim for claim in claims if not claim.setup and _call(claim) in calls)


def _call(claim: Claim) -> str:
    """The call of an example as a test would write it, "" if it is not an expression."""
    action = expression(plain(claim.action))
    return ast.unparse(action) if action is not None else ""
