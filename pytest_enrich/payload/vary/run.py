"""What follows once the tests are collected: making each a subject, the search, and the answer."""

from __future__ import annotations

import inspect
import json
import sys
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from .. import guard
from ..engine.bounds import Limits, share
from ..engine.probe import Probes
from ..engine.search import Result, Search, cover
from ..engine.trace import Reached, Tracer
from ..objects import aliases
from ..project import module_of
from ..selection import function_of
from .instrument import INSTEAD, METHOD, Probe
from .pool import Added, Pool, is_literal
from .runner import Endings, ItemRunner, Record, Setting, TestRun
from .subject import ExistingTest
from .test import MOST_ROWS, Test, Variation, row_of

MOST_RUNNERS = 6
FEW_ROWS = 6
REDUCE_SECONDS = 5.0


def varied(work: Record, probe: Probe, items: list[pytest.Item]) -> Record:
    """The `Varied` answer, as JSON, for a test file that was collected with `probe` in it."""
    job, started = work["job"], time.monotonic()
    limits = Limits(job["executions"], started + job["seconds"], job["seed"])
    search: Search[ExistingTest] = Search(map(tuple, job["branches"]), job["lines"], limits, job["way"])
    tests = Tests(work, probe, items, limits.deadline)
    search.through([partial(tests.subject, number) for number in range(len(job["patterns"]))])
    until = max(time.monotonic() + min(REDUCE_SECONDS, job["seconds"]), limits.deadline)
    variants = _variants(search, until)
    return {
        "type": "varied",
        "variants": variants,
        "executions": search.executions,
        "aliases": aliases(json.dumps(variants, ensure_ascii=False), sys.modules),
        "dropped": dict(search.dropped),
        "ideas": dict(search.ideas),
        "unusable": tests.unusable,
    }


class Tests:
    """The tests of a job, each prepared when its turn comes; `unusable` says why some cannot be varied."""

    def __init__(self, work: Record, probe: Probe, items: Iterable[pytest.Item], deadline: float) -> None:
        job = work["job"]
        module = module_of(job["module"])
        filename = inspect.getsourcefile(module) or module.__file__ or ""
        endings = Endings(work["rootdir"], job["module"], Path(work["rootdir"], job["test_path"]))
        probe.accepts, probe.is_of_test = endings.is_meant, endings.is_of_test
        clear = partial(guard.clear, work["rootdir"], job["writes"])
        self._setting = Setting(Tracer(filename, dict(map(tuple, job["statements"]))), probe, endings, clear)
        self._work, self._deadline = work, deadline
        self._items = [item for item in items if isinstance(item, pytest.Function)]
        self._probes = Probes(module)
        self.unusable: dict[int, str] = {}

    def subject(self, number: int) -> ExistingTest | None:
        """The test as a subject of the search; None if it cannot be varied."""
        test = self._test(number)
        # If values are offered, the rows only have to hold them.
        most = FEW_ROWS if self._work["job"]["offered"] else MOST_ROWS
        runs = test.check(most, self._check_until(number)) if isinstance(test, Test) else test
        if isinstance(runs, str) or not isinstance(test, Test):
            self.unusable[number] = str(runs)
            return None
        return ExistingTest(test, tuple(self._pools(test)), runs, tuple(self._offers(test)))

    def _check_until(self, number: int) -> float:
        """Half of a test's share of the time: where its rows take long, few of them are better than no search."""
        return share(self._deadline, 2 * (len(self._work["job"]["patterns"]) - number))

    def _test(self, number: int) -> Test | str:
        """The test, or why it cannot be varied."""
        pattern = self._work["job"]["patterns"][number]
        collected = [item for item in self._items if function_of(item) == pattern["nodeid"]]
        chosen = _different(collected, set(pattern["argnames"]))
        runners = [ItemRunner(self._setting, item) for item in chosen]
        return Test(self._work, pattern, number, runners, self._probes) if runners else "was not collected"

    def _pools(self, test: Test) -> Iterator[Pool]:
        constants, holes = self._work["job"]["constants"], test.holes
        rows = [test.values(at) for at in range(len(holes))]
        others = (value for values in rows for value in values if is_literal(value))
        near = [*self._work["job"]["values"], *others]
        offers = [pair for offer in self._offers(test) for pair in offer]
        for at, (hole, values) in enumerate(zip(holes, rows, strict=True)):
            if hole["fixture"] or hole["adds"]:
                comes_first = hole["adds"] in {INSTEAD, METHOD}
                yield Added(values, hole["offers"], test.names, _rule(hole), comes_first=comes_first)
            else:
                offered = [*hole["offers"], *(value for place, value in offers if place == str(at))]
                yield Pool(values, test.names, constants, near, offered)

    def _offers(self, test: Test) -> Iterator[tuple[tuple[str, str], ...]]:
        """What calls pass, as values for holes: first all that have the same names, then each of them alone."""
        parameters = [(str(at), hole["name"]) for at, hole in enumerate(test.holes) if hole["name"]]
        for call in self._work["job"]["offered"]:
            values = {argument["name"]: argument["value"] for argument in call if argument["name"]}
            named = tuple((at, values[name]) for at, name in parameters if name in values)
            others = ((at, argument["value"]) for argument in call for at, _ in parameters)
            yield from [named] if len(named) > 1 else []
            yield from ((pair,) for pair in dict.fromkeys([*named, *others]))


ADDING = {
    "**": "rows: keys added",
    "!": "rows: attributes set",
    "=": "rows: expressions exchanged",
    ":": "rows: methods exchanged",
    "-": "rows: statements left out",
}
"""The rules that add to a test, by how `adds` of a hole begins."""


def _rule(hole: Record) -> str:
    if hole["fixture"]:
        return "rows: fixtures"
    return next((name for sign, name in ADDING.items() if hole["adds"].startswith(sign)), "rows: keywords added")


def _different(items: list[pytest.Function], varying: set[str]) -> list[pytest.Function]:
    """One item for each combination of the other parameters, without `skip` and `xfail` marks where possible."""
    chosen: dict[str, pytest.Function] = {}
    marks = {item: {mark.name for mark in item.iter_markers()} for item in items}
    for item in sorted(items, key=lambda item: not marks[item].isdisjoint({"skip", "xfail"})):
        indices = getattr(getattr(item, "callspec", None), "indices", {})
        others = {name: at for name, at in indices.items() if name not in varying}
        chosen.setdefault(json.dumps(others, sort_keys=True), item)
    return list(chosen.values())[:MOST_RUNNERS]


def _variants(search: Search[ExistingTest], until: float) -> list[Record]:
    """The chosen results, reduced and looked at again, as JSON of `Variant`, each followed by its spares."""
    variants, results = [], cover(search.results)
    for at, result in enumerate(results):
        test, soon = result.subject.test, share(until, len(results) - at)
        in_time = time.monotonic() < soon
        variation = result.subject.reduced(result, search, soon) if in_time else result.call
        run = test.look(variation)
        if isinstance(run, str):
            search.dropped[run] += 1
        elif reached := search.reached(run):
            variants.append(_variant(result, variation, run, reached))
            variants += _spares(search, result, run)
    return variants


def _spares(search: Search[ExistingTest], result: Result[ExistingTest], first: TestRun) -> list[Record]:
    """Spares that reach the same and may notice more: of another test, and of the same with another outcome."""
    if first.raised:
        return []
    candidates = [result, *(other for item in sorted(result.reached, key=repr) for other in search.results[item])]
    fitting = [other for other in candidates if not other.cost.exceptional and result.reached <= other.reached]
    of_same_test = [other for other in fitting if other.subject is result.subject]
    others = [other for other in fitting if other.subject is not result.subject]
    return [*_spare(search, others, None), *_spare(search, of_same_test, first.seen)]


def _spare(search: Search[ExistingTest], results: Iterable[Result[ExistingTest]], known: object) -> list[Record]:
    """The first of the results, as it was found, that passes and sees something else than what is known."""
    looked: set[tuple[Test, Variation]] = set()
    for result in results:
        test, variation = known_as = result.subject.test, result.call
        run = test.look(variation) if known_as not in looked else ""
        looked.add(known_as)
        if isinstance(run, TestRun) and not run.raised and run.seen != known:
            return [{**_variant(result, variation, run, search.reached(run)), "spare": True}]
    return []


def _variant(result: Result[ExistingTest], variation: Variation, run: TestRun, reached: Reached) -> Record:
    test = result.subject.test
    ended = {"raised": run.raised, "message": run.message, "place": run.place} if run.raised else {}
    return {
        "pattern": test.number,
        "row": test.rows[row_of(variation)],
        "values": sorted((int(hole), value) for hole, value in variation.arguments),
        "rules": sorted(result.subject.rules(result.call)),
        "doubt": result.subject.doubt(variation),
        "branches": sorted(item for item in reached if isinstance(item, tuple)),
        "reached": sorted(item for item in reached if isinstance(item, int)),
        "seen": [] if run.raised else run.seen,
        **ended,
    }
