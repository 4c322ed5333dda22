"""What docstrings promise, and whether the code keeps it.

`find` reads the promises of a source file, `examine` asks the sandbox about them, `contradicted` tells which of
them the calls of a test are about, and of several examples of one docstring `together` leaves one. Only promises
that leave no room are read; of all others nothing is said: one false alarm costs more trust than ten bugs earn.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Sequence
from importlib import resources

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.contracts import examples, write
from pytest_enrich.contracts.function import Broken, Claim, Documented, read
from pytest_enrich.contracts.judge import MARK
from pytest_enrich.contracts.write import plain
from pytest_enrich.data import Answered, Prove, Proved, Suggestion, TestOutcome, World
from pytest_enrich.imports import parsed
from pytest_enrich.protocols import Sandbox
from pytest_enrich.validate.stable import ELSEWHERE
from pytest_enrich.writing.renderer import INDENT
from pytest_enrich.writing.syntax import expression, nodes_of

_START = 30.0


def together(found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """In their order, of the examples of one docstring the first alone, which says where the others are."""
    told: dict[tuple[str, str, str], Suggestion] = {}
    for bug in found:
        first = told.setdefault(_what(bug), bug)
        if first is not bug:
            also = (*first.contradiction.also, bug.contradiction.contract_line)
            told[_what(bug)] = replace(first, broken=replace(first.contradiction, also=also))
    return tuple(told.values())


def are_told(known: Iterable[Suggestion], bug: Suggestion) -> bool:
    """Whether it is among those, or an example of a docstring of which they have one."""
    return _what(bug) in set(map(_what, known))


def _what(bug: Suggestion) -> tuple[str, str, str]:
    return (bug.gap.path, bug.gap.qualname, "" if bug.contradiction.promise == "example" else bug.id)


class Way(Struct, frozen=True, kw_only=True):
    """One of the ways in which a contradiction has to show; `name` as people read it."""

    name: str
    world: World = World()
    fresh: bool = False


WAYS = (
    Way(name="in a fork"),
    Way(name="in a fork with another hash seed, time zone, locale, user and date", world=ELSEWHERE),
    Way(name="in a fresh process", fresh=True),
)


class Examined(Struct, frozen=True, kw_only=True):
    """What came of claims: those that are `broken`, and those of which nothing can be said (`unsure`)."""

    broken: tuple[Broken, ...] = ()
    unsure: tuple[Claim, ...] = ()


def examine(claims: Sequence[Claim], folder: str, sandbox: Sandbox, *, timeout: float) -> Examined:
    """Which of the claims the code does not keep, in their order, each kind of promise of a sentence once.

    Args:
        claims: Of one source file.
        folder: Where the tests are ("" is rootdir): theirs is the configuration that counts.
        sandbox: Where the code runs.
        timeout: Seconds for one call.
    """
    seen = _looked(claims, folder, sandbox, timeout)
    suspects = {claim: told for claim, told in seen.items() if told}
    unsure = [claim for claim, told in seen.items() if told is None]
    runs = [_run(list(suspects), folder, sandbox, timeout, way) for way in WAYS] if suspects else []
    found: dict[tuple[str, str, str], Broken] = {}
    for at, (claim, told) in enumerate(suspects.items()):
        if all(run is not None and _seen(run, at) == told and _fails(run, at) for run in runs):
            broken = Broken(claim=claim, observed=told, runs=tuple(way.name for way in WAYS))
            found.setdefault(claim.key, broken)
        else:
            unsure.append(claim)
    return Examined(broken=tuple(found.values()), unsure=tuple(unsure))


def _looked(claims: Sequence[Claim], folder: str, sandbox: Sandbox, timeout: float) -> dict[Claim, str | None]:
    """What was seen once of each, "" for nothing that contradicts; None of one that ends the process."""
    if not claims:
        return {}
    run = _run(claims, folder, sandbox, timeout, WAYS[0])
    if run is not None:
        return {claim: _seen(run, at) for at, claim in enumerate(claims)}
    if len(claims) == 1:
        return {claims[0]: None}
    middle = len(claims) // 2
    halves = (_looked(half, folder, sandbox, timeout) for half in (claims[:middle], claims[middle:]))
    return {claim: told for half in halves for claim, told in half.items()}


def _run(
    claims: Sequence[Claim], folder: str, sandbox: Sandbox, timeout: float, way: Way
) -> dict[str, TestOutcome] | None:
    """How each test ended, by its name; None where nothing can be said."""
    job = Prove(path=_path(folder), text=_module(claims), world=way.world, fresh=way.fresh)
    execution = sandbox.execute(job, timeout=_START + timeout)
    if not isinstance(execution, Answered) or not isinstance(execution.answer, Proved):
        return None
    return {outcome.nodeid.rpartition("::")[2]: outcome for outcome in execution.answer.outcomes}


def _path(folder: str) -> str:
    return f"{folder}/test_enrich_contracts.py" if folder else "test_enrich_contracts.py"


def _module(claims: Sequence[Claim]) -> str:
    """A test of each claim that says what was seen, and the one that a person would get."""
    judge = resources.files(__package__).joinpath("judge.py").read_text("utf-8")
    probes = [_probe(at, claim) for at, claim in enumerate(claims)]
    kept = [_function(f"test_kept_{at}", write.body(claim)) for at, claim in enumerate(claims)]
    return "\n\n".join([judge, *probes, *kept])


def _probe(at: int, claim: Claim) -> str:
    action = claim.action.replace("\n", f"\n{INDENT}")
    last = f"judge(lambda: ({action}), {claim.promise!r}, {claim.expected}, {claim.path!r})"
    return _function(f"test_probe_{at}", (*claim.setup, last))


def _function(name: str, body: tuple[str, ...]) -> str:
    """With its imports inside: what cannot be imported for one is no trouble for the others."""
    found = imports.resolve(body, imports.reserve(imports.Bindings(), {"judge"}))
    return write.function(name, (*found.imports, *found.codes))


def _seen(run: dict[str, TestOutcome], at: int) -> str:
    """What the probe saw, "" for nothing that contradicts."""
    probe = run.get(f"test_probe_{at}")
    detail = probe.detail if probe is not None and probe.result == "failed" else ""
    _, mark, rest = detail.partition(MARK)
    try:
        seen = json.JSONDecoder().raw_decode(rest)[0] if mark else ""
    except ValueError:
        return ""
    return seen if isinstance(seen, str) else ""


def _fails(run: dict[str, TestOutcome], at: int) -> bool:
    """Whether the test that a person would get fails."""
    kept = run.get(f"test_kept_{at}")
    return kept is not None and kept.result == "failed"


def find(path: str, module: str, text: str) -> tuple[tuple[Documented, ...], tuple[Claim, ...]]:
    """The documented functions of a source file, and what they promise.

    Args:
        path: Of the file, relative to rootdir.
        module: The name that it is imported by.
        text: What is in it.
    """
    functions = read(path, module, text)
    claims = (claim for function in functions for claim in examples.claims(function))
    return functions, tuple(dict.fromkeys(claims))


def contradicted(code: str, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The promises about calls that a test makes: where one is broken, the test states the opposite of it."""
    tree = parsed(code)
    made = {ast.unparse(call) for call in nodes_of(ast.Call, tree)} if tree is not None else set()
    return tuple(claim for claim in claims if not claim.setup and _call(claim) in made)


def _call(claim: Claim) -> str:
    """The call of an example as a test would have it, "" where that is no expression."""
    action = expression(plain(claim.action))
    return ast.unparse(action) if action is not None else ""
