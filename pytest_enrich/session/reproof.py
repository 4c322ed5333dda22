"""Outside a run: prove a suggestion again, judge a whole run again, or try existing tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby, islice

from msgspec.structs import replace

from pytest_enrich import gaps, patch, pipeline
from pytest_enrich.config import Settings
from pytest_enrich.data import (
    Aim,
    Attempt,
    Collect,
    Collected,
    Dropped,
    Failed,
    Gap,
    Judged,
    NewRow,
    Placement,
    Prove,
    Proved,
    Question,
    Rehearsal,
    Replay,
    Replayed,
    Reproof,
    Suggestion,
    Target,
    Verdict,
)
from pytest_enrich.data.code import function
from pytest_enrich.data.suggestion import RunsPart
from pytest_enrich.errors import RefusedError
from pytest_enrich.pipeline import REJECTED, REPEATED
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.session import executors, scope, summary, work
from pytest_enrich.session.ground import COLLECT_SECONDS
from pytest_enrich.session.noting import Slots, Writing
from pytest_enrich.validate import check, gain, kills, stable
from pytest_enrich.validate.proof import (
    PLAIN,
    SHOWN,
    Proof,
    Trial,
    allowed,
    asked,
    failures,
    first_line,
    last_line,
    proved,
)

MOST_FILES = 3
MOST_TESTS = 3
_KNOWN = "expected to fail:"


def answer(settings: Settings, asked: Question | Replay | None) -> Reproof | Replayed | Rehearsal:
    """The result of what was asked; where nothing was asked, existing tests are tried.

    Raises:
        OSError, SyntaxError, ValueError, RefusedError: See `prove`.
    """
    if asked is None:
        return rehearse(settings)
    return replay(settings, asked) if isinstance(asked, Replay) else prove(settings, asked)


def prove(settings: Settings, question: Question) -> Reproof:
    """How the suggestion's test fares in the sandbox that a run would use.

    Raises:
        OSError, SyntaxError, ValueError, RefusedError: Its source or its test file cannot be read.
    """
    suggestion = question.one
    text = scope.read(settings.rootdir / suggestion.gap.path)
    line = suggestion.gap.line if suggestion.kind == "bug" else _line(suggestion, text)
    if line is None:
        return Reproof(trouble="the code changed since the suggestion was made")
    task = _task(settings, suggestion, text, line)
    if question.foreign and (fault := _unread(question, task)) is not None:
        return Reproof(trouble=fault.reason, detail=fault.detail)
    with closing(Writing(work.sandbox_here(settings)[0])) as sandbox:
        reproof = _examined(settings, question, task, sandbox)
        if not reproof.passed and task.test_text and suggestion.kind != "bug":
            sandbox.learn((suggestion.target.path,), COLLECT_SECONDS)
            reproof = _examined(settings, question, task, sandbox)
        return replace(reproof, isolation=sandbox.isolation)


def replay(settings: Settings, asked: Replay) -> Replayed:
    """Today's verdicts on everything that a run judged; no proposer is asked.

    Each candidate is judged as it was then: for the gaps that were open, after the attempts that were known. What
    people had turned down was not judged then, and is not judged now.
    """
    gaps.branches("")  # what that imports must not be imported by two threads at once
    began = asked.began
    inside, layers = work.sandbox_here(settings)
    sandbox = Writing(Slots(inside, max(settings.workers, 1)))
    context = work.context(settings, sandbox)
    paths = {attempt.candidate.placement.path for judged in asked.judged for attempt in judged.attempts}
    with closing(sandbox), executors.parsing_in_turn(), executors.choose(settings.workers) as executor:
        sandbox.learn((path for path in sorted(paths) if (settings.rootdir / path).exists()), COLLECT_SECONDS)
        verdicts = executor.map(lambda arguments: _judged(context, *arguments), _asked(asked.judged))
        return Replayed(
            verdicts=tuple(verdicts),
            bugs=tuple(_bug(settings, bug, sandbox) for bug in asked.bugs),
            now=summary.environment(settings, layers, sources=began.sources, tests=tuple(began.tests)),
        )


def _asked(judged: Sequence[Judged]) -> Iterator[tuple[Aim, tuple[Attempt, ...], Attempt]]:
    """Each attempt, with the gaps that were open for it and the attempts known before it."""
    tried: list[Attempt] = []
    closed: set[str] = set()
    for record in judged:
        aim, open_gaps = record.aim, record.aim.gaps
        known = tuple(one for one in tried if one.path == aim.path and one.qualname in aim.functions)
        for attempt in record.attempts:
            # A test for another function had closed some in the meantime.
            is_repeated = attempt.verdict == REPEATED
            still_open = tuple(gap for gap in open_gaps if not (is_repeated and gap.id in closed))
            yield replace(aim, gaps=still_open), known, attempt
            known = (*known, attempt)
            open_gaps = tuple(gap for gap in open_gaps if gap.id not in attempt.closes)
        tried += record.attempts
        closed |= {gap for attempt in record.attempts for gap in attempt.closes}


def _judged(context: pipeline.RunContext, aim: Aim, known: tuple[Attempt, ...], attempt: Attempt) -> Verdict:
    """Today's verdict."""
    if attempt.verdict == REJECTED:
        return REJECTED
    try:
        place = attempt.candidate.placement
        task = Task(
            target=_target(aim, place, attempt.digest),
            attempts=known,
            test_text=context.test_text(place.path),
            seed=context.seed,
            source_text=context.source_text(aim.path),
        )
        verdict = pipeline.judge(task, attempt.candidate, context)
    except Exception as error:  # noqa: BLE001 - one that cannot be judged on this tree must not end the replay
        return Dropped(rung="parses", reason="could not be judged", detail=repr(error))
    is_repeated = attempt.verdict == REPEATED and isinstance(verdict, Dropped) and verdict.rung == REPEATED.rung
    return REPEATED if is_repeated else verdict


def _target(aim: Aim, place: Placement, digest: str) -> Target:
    """As much of a target as the ladder looks at."""
    return Target(
        path=aim.path,
        qualname=aim.qualname,
        module=aim.module,
        kind="function",
        first_line=1,
        source="",
        gaps=aim.gaps,
        placement=place,
        digest=digest,
        nearest=aim.nearest,
    )


def _bug(settings: Settings, bug: Suggestion, sandbox: Sandbox) -> str:
    """Why the test of a possible bug does not fail as it should; "" when it does."""
    question = Question(one=bug, foreign=True)
    try:
        task = _task(settings, bug, scope.read(settings.rootdir / bug.gap.path), bug.gap.line)
        fault = _unread(question, task)
        return fault.reason if fault is not None else _examined(settings, question, task, sandbox).trouble
    except (OSError, SyntaxError, ValueError, RefusedError) as error:
        return str(error)


def _line(suggestion: Suggestion, text: str) -> int | None:
    """Where its gap is today."""
    place = gaps.identify(suggestion.gap.path, text).get(suggestion.id)
    return place[1] if place is not None and place[0] == suggestion.gap.qualname else None


def _unread(question: Question, task: Task) -> Dropped | None:
    """Why the rungs that only read refuse it; a person's version need not be a single test, nor a new one."""
    candidate = patch.as_candidate(question.one)
    return check.refusal(task, candidate) if question.edited else check.text(task, candidate)


def _examined(settings: Settings, question: Question, task: Task, sandbox: Sandbox) -> Reproof:
    suggestion = question.one
    proof = _placed(task, suggestion, sandbox, settings.timeout)
    if isinstance(proof, Dropped):
        return _missed(Reproof(), proof)
    if suggestion.kind == "bug":
        return _fails(proof)
    reproof = _measured(proof)
    if not question.foreign:
        return _beside(suggestion, reproof)
    if reproof.grade != "strong":
        return reproof
    is_new = _is_new(task, reproof) and not _is_closed(task, sandbox, settings.timeout)
    return reproof if is_new else replace(reproof, grade="good")


def _is_closed(task: Task, sandbox: Sandbox, timeout: float) -> bool:
    """Whether the tests in its file today already cover its whole gap: then it is not open here."""
    target = task.target
    if not task.test_text:
        return False
    job = Prove(path=target.placement.path, text=task.test_text, measure=(target.path,))
    answer = sandbox.execute(job, timeout=timeout).answer
    if not isinstance(answer, Proved):
        return False
    (gap,) = target.gaps
    _, lines, branches = gain.gained(answer, target.path, target.gaps)
    return {*gap.lines} <= {*lines} and {*gap.branches} <= {*branches}


def _is_new(task: Task, found: Reproof) -> bool:
    """Whether it kills what no other test can: existing tests were not asked, but do not run these lines."""
    missing = {line for gap in task.target.gaps for line in gap.lines}
    return any(mutant.killed and mutant.line in missing for mutant in found.mutants.list)


def _placed(task: Task, suggestion: Suggestion, sandbox: Sandbox, timeout: float) -> Proof | Dropped:
    """Its test in the file; a person may have split it into several, or parametrized it."""
    candidate = patch.as_candidate(suggestion)
    proof = gain.placed(task, candidate, sandbox, timeout=timeout)
    if isinstance(proof, Dropped) or isinstance(candidate, NewRow):
        return proof
    stem = proof.nodeid.removesuffix(candidate.name)
    wanted = {f"{stem}{name}" for name in suggestion.test.names}
    answer = proved(sandbox.execute(Prove(path=candidate.placement.path, text=proof.text), timeout=timeout))
    if isinstance(answer, Dropped):
        return replace(answer, reason="its file did not run")
    cases = tuple(outcome.nodeid for outcome in answer.outcomes if function(outcome.nodeid) in wanted)
    if cases:
        return replace(proof, cases=cases)
    detail = "; ".join(outcome.detail for outcome in answer.outcomes if outcome.detail)
    return Dropped(rung="runs", reason="pytest collects no test of it", detail=detail[-SHOWN:])


def _measured(proof: Proof) -> Reproof:
    """How the version fares: does it reach the gap, what does it notice, does it pass however it is run?"""
    gained = gain.measure(proof)
    if isinstance(gained, Dropped):
        return _missed(Reproof(passed=gained.rung == "gains"), gained)
    counted = kills.count(proof, gained)
    reproof = Reproof(
        passed=True,
        seconds=gained.seconds,
        covers=True,
        lines=len(gained.lines),
        branches=len(gained.branches),
        grade=counted.grade,
        mutants=counted.facts,
    )
    ways = stable.check(proof, gained)
    if isinstance(ways, Dropped):
        return _missed(replace(reproof, runs=RunsPart(passed=1, of=2, modes=("measured",))), ways)
    modes = ("measured", *ways.passed)
    return replace(reproof, runs=RunsPart(passed=len(modes), of=len(modes), modes=modes, left_out=ways.left_out))


def _fails(proof: Proof) -> Reproof:
    """Whether the test of a possible bug, which is marked as known to fail, does fail."""
    outcome = proof.outcome(proof.prove())
    if isinstance(outcome, Dropped):
        return _missed(Reproof(), outcome)
    if outcome.result == "skipped" and outcome.detail.startswith(_KNOWN):
        return Reproof(passed=True, seconds=outcome.seconds)
    return Reproof(trouble="its test does not fail as it should", detail=outcome.detail[-SHOWN:])


def _missed(known: Reproof, fault: Dropped) -> Reproof:
    return replace(known, trouble=fault.reason, detail=fault.detail)


def rehearse(settings: Settings) -> Rehearsal:
    """Whether a few existing tests pass where candidates would run, in each way in which candidates are run."""
    with closing(Writing(work.sandbox_here(settings)[0])) as sandbox:
        rehearsal = _rehearsed(settings, sandbox)
        return replace(rehearsal, isolation=sandbox.isolation)


def _rehearsed(settings: Settings, sandbox: Writing) -> Rehearsal:
    execution = sandbox.execute(Collect(tests=()), timeout=COLLECT_SECONDS)
    collected = execution.answer
    if not isinstance(collected, Collected):
        why = last_line(getattr(execution, "detail", ""))
        return Rehearsal(trouble=f"the tests could not be collected: {why}")
    trouble = "; ".join(last_line(error) for error in collected.errors[:1])
    for path, items in islice(groupby(collected.items, lambda item: item.path), MOST_FILES):
        names = tuple(item.nodeid for item in islice(items, MOST_TESTS))
        sandbox.learn(names, COLLECT_SECONDS)
        plain = _fallen(settings, sandbox, path, names, PLAIN)
        sound = tuple(name for name in names if name not in plain)
        if sound and "" not in plain:
            return _in_all_ways(settings, sandbox, path, sound)
        name, why = next(iter(plain.items()))
        trouble = f"{name or names[0]} does not pass: {last_line(why)}"
    return Rehearsal(trouble=trouble)


def _in_all_ways(settings: Settings, sandbox: Sandbox, path: str, names: tuple[str, ...]) -> Rehearsal:
    passed, fallen = [], []
    for trial in stable.TRIALS:
        failed = _fallen(settings, sandbox, path, names, trial)
        reasons = [
            f"{name} does not pass {trial.name}: {last_line(why)}" if name else why for name, why in failed.items()
        ]
        fallen += reasons[:1]
        passed += [] if reasons else [trial.name]
    return Rehearsal(tests=names, passed=tuple(passed), fallen=tuple(fallen))


def _fallen(
    settings: Settings, sandbox: Sandbox, path: str, names: tuple[str, ...], trial: Trial
) -> dict[str, str]:
    """The tests that fail in this way, with the reason; "" when it is refused. Alone, only the first is run."""
    try:
        text = patch.decode((settings.rootdir / path).read_bytes(), path)
    except (OSError, RefusedError) as error:
        return dict.fromkeys(names, str(error))
    wanted = names[:1] if trial.alone else names
    execution = sandbox.execute(asked(trial, path, text, wanted, path), timeout=allowed(trial, settings.timeout))
    if isinstance(execution, Failed) and execution.reason == "refused":
        return {"": f"{trial.name}: {first_line(execution.detail)}"}
    return failures(execution, wanted)


def _beside(suggestion: Suggestion, found: Reproof) -> Reproof:
    """Add what existing tests notice: the suggestion's proof knows it, and they have not changed."""
    noticed_before = {mutant.change for mutant in suggestion.proof.mutants.list if mutant.killed_before}
    tried = tuple(replace(mutant, killed_before=mutant.change in noticed_before) for mutant in found.mutants.list)
    return replace(found, mutants=replace(found.mutants, list=tried), grade=kills.grade_of(tried))


def _task(settings: Settings, suggestion: Suggestion, text: str, line: int) -> Task:
    test_file = settings.rootdir / suggestion.target.path
    test_text = patch.decode(test_file.read_bytes(), suggestion.target.path) if test_file.exists() else ""
    gap = _gap(suggestion, line - suggestion.gap.line)
    aim = Aim(path=gap.path, qualname=gap.qualname, module="", gaps=(gap,), nearest=())
    place = replace(patch.as_candidate(suggestion).placement, new_file=not test_file.exists())
    target = _target(aim, place, suggestion.gap.function_sha256)
    return Task(target=target, test_text=test_text, source_text=text)


def _gap(suggestion: Suggestion, moved: int) -> Gap:
    """The suggestion's gap where it is today."""
    return Gap(
        id=suggestion.id,
        path=suggestion.gap.path,
        qualname=suggestion.gap.qualname,
        line=suggestion.gap.line + moved,
        outcome=suggestion.gap.outcome,  # type: ignore[arg-type]
        text=suggestion.gap.text,
        lines=tuple(line + moved for line in suggestion.gap.lines),
        branches=tuple((_moved(start, moved), _moved(end, moved)) for start, end in suggestion.gap.branches),
    )


def _moved(line: int, by: int) -> int:
    """A branch that leaves the code ends at a negative line."""
    return line + by if line > 0 else line - by
