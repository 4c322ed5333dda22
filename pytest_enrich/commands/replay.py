"""A whole run, judged again in the sandbox from its evidence alone: no model and no proposer is asked.

The evidence is trusted no more than any folder that came from elsewhere.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.commands import audit, pytest_run
from pytest_enrich.commands.project import tell
from pytest_enrich.data import Aim, Attempt, Begun, Dropped, Judged, Kept, Replay, Replayed, Suggestion, Verdict
from pytest_enrich.data.run import Written
from pytest_enrich.errors import RefusedError, UsageError
from pytest_enrich.pipeline import REJECTED
from pytest_enrich.reporters.words import counted, visible
from pytest_enrich.store import Store, misplaced
from pytest_enrich.store.evidence import Line
from pytest_enrich.store.seal import Options, harmless


class Difference(Struct, frozen=True, kw_only=True):
    """Something that came out differently: the suggestion or candidate, the rung, what it was, and what it is."""

    about: str
    rung: str
    recorded: str
    now: str


class Compared(Struct, frozen=True, kw_only=True):
    """What a replay showed.

    Attributes:
        run: Its number in the evidence.
        at: When it began.
        kept, dropped, bugs: How many got the same verdict again.
        untried: How many people had turned down before: these were not judged in the run either.
        environment: What has changed: Python, libraries, files, isolation.
        differences: Verdicts that have changed.
        figures: What has changed beneath a verdict that is the same.
    """

    run: int
    at: str
    kept: int = 0
    dropped: int = 0
    bugs: int = 0
    untried: int = 0
    environment: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    figures: tuple[Difference, ...] = ()


class Recorded(Struct, frozen=True, kw_only=True):
    """A run as recorded in its evidence; `titles` are what its attempts are called, in their order."""

    number: int
    at: str
    asked: Replay
    titles: tuple[str, ...]


def replayed(store: Store, name: str) -> Compared:
    """Judge the candidates of a run again.

    Raises:
        UsageError: There is no such run, or its evidence is broken.
        RefusedError: It could not be judged here.
    """
    checked = audit.whole(store, "Nothing was run.")
    run = _recorded(store, name)
    options = Options(run.asked.began.said) if not checked.foreign else harmless(run.asked.began.said)
    tell(f"judging {counted(len(run.titles), 'candidate')} of run {run.number} again ...")
    for left in options.left_out:
        tell(f"left out of its options: {visible(left)}")
    return _compared(run, _judged_again(store, run.asked, options.words))


def _recorded(store: Store, name: str) -> Recorded:
    files = {str(int(path.stem)): path for path in store.evidence.files()}
    number = next(reversed(files), "") if name == "last" else name.lstrip("0")
    if number not in files:
        there = f"there are 1 to {next(reversed(files))}" if files else "there is none yet"
        raise UsageError(
            f"the evidence has no run {name!r}: {there}\nNothing was run.\nSee:  pytest-enrich audit verify"
        )
    lines = tuple(store.evidence.lines(files[number]))
    began = next((begun for line in lines if (begun := line.told("run", Begun))), None)
    if began is None:
        raise UsageError(
            f"file {files[number].name} begins with no run that this version can read\nNothing was run."
        )
    records = [record.suggestion for line in lines if (record := line.told("suggestion", Written))]
    written = {(suggestion.id, suggestion.test.body_sha256): suggestion for suggestion in records}
    judged: list[Judged] = []
    titles: list[str] = []
    for group in _grouped(lines):
        named = [_as_written(attempt, written) for attempt in group.attempts]
        judged.append(replace(group, attempts=tuple(attempt for attempt, _ in named)))
        titles += [title for _, title in named]
    bugs = tuple(suggestion for suggestion in written.values() if suggestion.kind == "bug")
    asked = Replay(began=began, judged=tuple(judged), bugs=bugs)
    return Recorded(number=int(number), at=lines[0].at, asked=asked, titles=tuple(titles))


def _grouped(lines: Iterable[Line]) -> list[Judged]:
    """The attempts, each group with its aim, which stands before it."""
    groups: list[tuple[Aim | None, list[Attempt]]] = [(None, [])]
    for line in lines:
        if line.kind == "target":
            groups.append((line.told("target", Aim), []))
        elif (attempt := line.told("attempt", Attempt)) is not None:
            groups[-1][1].append(attempt)
    return [Judged(aim=aim, attempts=tuple(attempts)) for aim, attempts in groups if aim and attempts]


def _as_written(attempt: Attempt, written: Mapping[tuple[str, str], Suggestion]) -> tuple[Attempt, str]:
    """An attempt with the text that people were shown, whose name and form may differ, and what it is called.

    `written` is what the run wrote, by id and body.
    """
    from pytest_enrich import patch

    gaps = attempt.verdict.gaps if isinstance(attempt.verdict, Kept) else ()
    body = patch.body_of(attempt.candidate) if gaps else ""
    suggestion = next((written[gap, body] for gap in gaps if (gap, body) in written), None)
    if suggestion is None:
        return attempt, f"{attempt.path}::{attempt.qualname}, {attempt.candidate.title}"
    test = patch.as_candidate(suggestion)
    shown = {"name": test.name, "code": test.code, "imports": test.imports, "placement": test.placement}
    return replace(attempt, candidate=replace(attempt.candidate, **shown)), suggestion.id


def _judged_again(store: Store, asked: Replay, words: Sequence[str]) -> Replayed:
    """Judge again, in the project's own pytest, with the options of the run that affect verdicts.

    Raises:
        RefusedError: Something that was judged is misplaced in this project, or pytest gave no answer.
    """
    places = {(bug.target.path, bug.gap.path) for bug in asked.bugs}
    for judged in asked.judged:
        places |= {(attempt.candidate.placement.path, judged.aim.path) for attempt in judged.attempts}
    for target, source in sorted(places):
        if why := misplaced(store.rootdir, target, source, tuple(words)):
            raise RefusedError(f"a candidate {why}\nNothing was run.\nRun it in the project that it is of:  cd")
    options = (f"--enrich-{name}={asked.began.options.get(name, '')}" for name in ("timeout", "grade", "budget"))
    replay, outcome = pytest_run.asked(store, asked, Replayed, (*words, *options), math.inf)
    if replay is None:
        raise RefusedError(f"nothing could be judged: pytest did not come to an end\n{outcome.end}")
    return replay


def _compared(run: Recorded, found: Replayed) -> Compared:
    attempts = [(attempt, judged.aim) for judged in run.asked.judged for attempt in judged.attempts]
    differences: list[Difference] = []
    figures: list[Difference] = []
    same: Counter[str] = Counter()
    for title, (attempt, aim), now in zip(run.titles, attempts, found.verdicts, strict=True):
        was = attempt.verdict
        if _verdict(was) != _verdict(now):
            rung = now.rung if isinstance(now, Dropped) else was.rung if isinstance(was, Dropped) else "kills"
            differences.append(Difference(about=title, rung=rung, recorded=_said(was), now=_said(now)))
            continue
        same["untried" if was == REJECTED else "kept" if isinstance(was, Kept) else "dropped"] += 1
        if isinstance(was, Kept) and isinstance(now, Kept):
            figures += _figures(title, was, now, {gap.id for gap in aim.gaps})
    for bug, trouble in zip(run.asked.bugs, found.bugs, strict=True):
        same["bugs"] += not trouble
        if trouble:
            differences.append(Difference(about=bug.id, rung="passes", recorded="fails as it should", now=trouble))
    return Compared(
        run=run.number,
        at=run.at,
        environment=tuple(_changed(run.asked.began, found.now)),
        differences=tuple(differences),
        figures=tuple(figures),
        **same,
    )


def _verdict(verdict: Verdict) -> tuple[str, str]:
    """The part of a verdict that has to be the same."""
    return ("kept", verdict.grade) if isinstance(verdict, Kept) else (verdict.rung, verdict.reason)


def _said(verdict: Verdict) -> str:
    if isinstance(verdict, Kept):
        return f"kept, {verdict.grade}"
    detail = verdict.detail.strip().splitlines()
    return f"dropped: {verdict.reason}" + (f" ({detail[-1].strip()})" if detail else "")


def _figures(title: str, was: Kept, now: Kept, own: set[str]) -> Iterator[Difference]:
    """The differences on the rungs that both climbed: what only one of the two has."""
    before, today = _rungs(was, own), _rungs(now, own)
    for rung, parts in before.items():
        gone = "; ".join(part for part in parts if part not in today[rung])
        new = "; ".join(part for part in today[rung] if part not in parts)
        if gone or new:
            yield Difference(about=title, rung=rung, recorded=gone or "nothing", now=new or "nothing")


def _rungs(kept: Kept, own: set[str]) -> dict[str, tuple[str, ...]]:
    # Not compared: which mutants may be equivalent, as that was known from calls that only the search made.
    fates = {True: "killed", False: "alive"}
    tried = (f"line {mutant.line}, {mutant.change}: {fates[mutant.killed]}" for mutant in kept.mutants.list)
    left_out = (f"left out {way}" for way in kept.left_out)
    return {"gains": tuple(sorted(own & {*kept.gaps})), "kills": tuple(tried), "stable": (*kept.runs, *left_out)}


def _changed(was: Begun, now: Begun) -> Iterator[str]:
    """What has changed since the run."""
    for label, before, today in (("system", was.system, now.system), ("isolation", was.isolation, now.isolation)):
        if before != today:
            yield f"{label} {before}, now {today}"
    old, new = {**was.libraries, **was.versions}, {**now.libraries, **now.versions}
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"{name} {old.get(name, 'not installed')}, now {new.get(name, 'not installed')}"
    for kind in ("sources", "tests", "configuration"):
        files, today_files = getattr(was, kind), getattr(now, kind)
        for path in sorted(files.keys() | today_files.keys()):
            if files.get(path) != today_files.get(path):
                how = "is new" if path not in files else "is gone" if path not in today_files else "was changed"
                yield f"{path} {how}"


def told(found: Compared) -> Iterator[str]:
    """The result, as lines for people."""
    yield f"run {found.run} of {found.at}"
    yield f"kept      {found.kept} again"
    yield f"dropped   {found.dropped} again, on the same rung for the same reason"
    yield from [f"bugs      {found.bugs} again"] if found.bugs else []
    yield from [f"unjudged  {found.untried}, turned down before by people"] if found.untried else []
    yield from (f"changed   {line}" for line in found.environment)
    for word, differences in (("differs", found.differences), ("figures", found.figures)):
        for difference in differences:
            yield f"{word}   {difference.about}: on the rung `{difference.rung}`"
            yield f"            recorded: {difference.recorded}"
            yield f"            now:      {difference.now}"
    yield "These verdicts are others." if found.differences else "All verdicts are the same."
