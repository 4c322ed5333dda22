"""What is done once the tests are collected: each made into a subject, the search, and what is shown of it."""

from __future__ import annotations

import inspect
import json
import sys
import time
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pytest

from .. import guard
from ..engine.bounds import Limits
from ..engine.probe import Probes
from ..engine.reduce import share
from ..engine.search import Result, Search, cover
from ..engine.trace import Reached, Tracer
from ..express import express
from ..objects import aliases
from ..project import module_of
from ..selection import function_of
from .instrument import INSTEAD, METHOD, Probe
from .names import Names
from .pool import EDGES, Added, Exchanged, Pool, is_literal
from .runner import Endings, ItemRunner, Record, Setting, TestRun
from .subject import ExistingTest
from .test import Test, Variation, row_of

MOST_RUNNERS = 6
EXAMPLES = 200
FEW = EXAMPLES // 5
"""So few different values are all that there are."""
FEW_ROWS = 6
REDUCE_SECONDS = 5.0


def varied(work: Record, probe: Probe, items: list[pytest.Item]) -> Record:
    """The `Varied`, as JSON, for a file that was collected with `probe` in it."""
    job, started = work["job"], time.monotonic()
    limits = Limits(job["executions"], started + job["seconds"], job["seed"])
    search: Search[ExistingTest] = Search(map(tuple, job["branches"]), job["lines"], limits, job["way"])
    tests = Tests(work, probe, items)
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
    """The tests of a job, each made ready when its turn comes; `unusable` says why some cannot be."""

    def __init__(self, work: Record, probe: Probe, items: Iterable[pytest.Item]) -> None:
        job = work["job"]
        module = module_of(job["module"])
        filename = inspect.getsourcefile(module) or module.__file__ or ""
        endings = Endings(work["rootdir"], job["module"], Path(work["rootdir"], job["test_path"]))
        probe.accepts, probe.is_of_test = endings.is_meant, endings.is_of_test
        clear = partial(guard.clear, work["rootdir"], job["writes"])
        self._setting = Setting(Tracer(filename, dict(map(tuple, job["statements"]))), probe, endings, clear)
        self._work = work
        self._items = [item for item in items if isinstance(item, pytest.Function)]
        self._probes = Probes(module)
        self.unusable: dict[int, str] = {}

    def subject(self, number: int) -> ExistingTest | None:
        """What the search works with; None for a test that cannot be varied."""
        test = self._test(number)
        # Where values are offered, the rows are only what they are put into.
        most = (FEW_ROWS,) if self._work["job"]["offered"] else ()
        known = test.check(*most) if isinstance(test, Test) else test
        if isinstance(known, str) or not isinstance(test, Test):
            self.unusable[number] = str(known)
            return None
        return ExistingTest(test, tuple(self._pools(test)), known, tuple(self._offers(test)))

    def _test(self, number: int) -> Test | str:
        """The test, or why it cannot be varied."""
        pattern = self._work["job"]["patterns"][number]
        own = [item for item in self._items if function_of(item) == pattern["nodeid"]]
        chosen = _different(own, set(pattern["argnames"]))
        runners = [ItemRunner(self._setting, item, given=pattern["given"]) for item in chosen]
        if not runners:
            return "was not collected"
        if pattern["given"]:
            pattern = {**pattern, "holes": draw(runners[0].item.obj, pattern["holes"], self._work["job"]["seed"])}
        return Test(self._work, pattern, number, runners, self._probes)

    def _pools(self, test: Test) -> Iterator[Pool]:
        constants, holes = self._work["job"]["constants"], test.holes
        rows = [test.values(at) for at in range(len(holes))]
        if test.is_drawn:
            drawn = zip(rows, (hole["values"] for hole in holes), strict=True)
            yield from (Drawn(values, every, test.names, constants) for values, every in drawn)
            return
        others = (value for values in rows for value in values if is_literal(value))
        near = [*self._work["job"]["values"], *others]
        offers = [pair for offer in self._offers(test) for pair in offer]
        for hole, values in enumerate(rows):
            if holes[hole]["fixture"]:
                yield Exchanged(values, holes[hole]["offers"], test.names, "rows: fixtures")
                continue
            if adds := holes[hole]["adds"]:
                is_exchanged = adds in {INSTEAD, METHOD}
                yield Added(values, holes[hole]["offers"], test.names, _rule(adds), comes_first=is_exchanged)
                continue
            offered = [*holes[hole]["offers"], *(value for at, value in offers if at == str(hole))]
            yield Pool(values, test.names, constants, near, offered)

    def _offers(self, test: Test) -> Iterator[tuple[tuple[str, str], ...]]:
        """What calls pass, in the place of parameters: all of the same names, then each of them alone."""
        parameters = [(str(at), hole["name"]) for at, hole in enumerate(test.holes) if hole["name"]]
        for call in self._work["job"]["offered"]:
            given = {argument["name"]: argument["value"] for argument in call if argument["name"]}
            named = tuple((at, given[name]) for at, name in parameters if name in given)
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
"""The rules that add to a test, by what the kind of a hole begins with."""


def _rule(adds: str) -> str:
    return next((name for sign, name in ADDING.items() if adds.startswith(sign)), "rows: keywords added")


def _different(items: list[pytest.Function], varying: set[str]) -> list[pytest.Function]:
    """One item for each combination of the other parameters; without marks of their own rows where possible."""
    found: dict[str, pytest.Function] = {}
    for item in sorted(
        items, key=lambda item: bool({"skip", "xfail"} & {mark.name for mark in item.iter_markers()})
    ):
        indices = getattr(getattr(item, "callspec", None), "indices", {})
        others = {name: at for name, at in indices.items() if name not in varying}
        found.setdefault(json.dumps(others, sort_keys=True), item)
    return list(found.values())[:MOST_RUNNERS]


def _variants(search: Search[ExistingTest], until: float) -> list[Record]:
    """The chosen results, made small and looked at again, as JSON of `Variant`, and spares behind them."""
    found, results = [], cover(search.results)
    for at, result in enumerate(results):
        test, soon = result.subject.test, share(until, len(results) - at)
        in_time = time.monotonic() < soon
        variation = result.subject.reduced(result, search, soon) if in_time else test.shown(result.call)
        run = test.look(variation)
        if isinstance(run, str):
            search.dropped[run] += 1
        elif reached := search.reached(run):
            found.append(_variant(result, variation, run, reached))
            found += _spares(search, result, run)
    return found


def _spares(search: Search[ExistingTest], result: Result[ExistingTest], first: TestRun) -> list[Record]:
    """What reaches the same and may notice more: of another test, and of the same that comes to something else."""
    if first.raised:
        return []
    held = [result, *(other for item in sorted(result.reached, key=repr) for other in search.results[item])]
    fitting = [other for other in held if not other.cost.exceptional and result.reached <= other.reached]
    same = [other for other in fitting if other.subject is result.subject]
    others = [other for other in fitting if other.subject is not result.subject]
    return [*_spare(search, others, None), *_spare(search, same, first.seen)]


def _spare(search: Search[ExistingTest], results: Iterable[Result[ExistingTest]], known: object) -> list[Record]:
    """The first of the results, as it was found, that passes and comes to something else than is known."""
    shown: dict[tuple[Test, Variation], Result[ExistingTest]] = {}
    for result in results:
        shown.setdefault((result.subject.test, result.subject.test.shown(result.call)), result)
    for (test, variation), result in shown.items():
        run = test.look(variation)
        if isinstance(run, TestRun) and not run.raised and run.seen != known:
            return [{**_variant(result, variation, run, search.reached(run)), "spare": True}]
    return []


def _variant(result: Result[ExistingTest], variation: Variation, run: TestRun, reached: Reached) -> Record:
    test = result.subject.test
    ended = {"raised": run.raised, "message": run.message, "line": run.line} if run.raised else {}
    return {
        "pattern": test.number,
        "row": 0 if test.is_drawn else test.rows[row_of(variation)],
        "values": sorted((int(hole), value) for hole, value in variation.arguments),
        "rules": sorted(result.subject.rules(result.call)),
        "doubt": result.subject.doubt(variation),
        "branches": sorted(item for item in reached if isinstance(item, tuple)),
        "reached": sorted(item for item in reached if isinstance(item, int)),
        "seen": [] if run.raised else run.seen,
        **ended,
    }


def draw(test: Callable[..., Any], holes: Sequence[Record], number: int) -> list[Record]:
    """The holes, each with as many values as there are rows: what the test's strategies give, as templates.

    Without rows where they give what cannot be written, or the test is none that can be called.
    """
    handle = getattr(test, "hypothesis", None)
    strategies: Mapping[str, Any] = getattr(handle, "_given_kwargs", {})
    names = [hole["name"] for hole in holes]
    usable = handle is not None and not inspect.iscoroutinefunction(handle.inner_test)
    known = {name: strategies[name] for name in names if name in strategies}
    rows = _rows(known, number) if usable and len(known) == len({*names}) else []
    return [{**hole, "values": [row[at] for row in rows]} for at, hole in enumerate(holes)]


def _rows(strategies: Mapping[str, Any], number: int) -> list[tuple[str, ...]]:
    """Rows, the same for the same `number`."""
    # Inside: only a test that imported it comes here, and importing it takes seconds.
    from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
    from hypothesis import strategies as st

    drawing = settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    found: dict[tuple[str, ...], None] = {}

    def note(values: dict[str, Any]) -> None:
        row = [express(values[name]) for name in strategies]
        if None not in row:
            found[tuple(text or "" for text in row)] = None

    try:
        drawing(seed(number)(given(st.fixed_dictionaries(dict(strategies)))(note)))()
    except Exception:  # a strategy of the project's may do anything
        return []
    return list(found)


class Drawn(Pool):
    """A pool whose rows were drawn: what else fits must lie between all that was drawn."""

    def __init__(self, rows: Sequence[str], drawn: Sequence[str], names: Names, constants: Iterable[str]) -> None:
        self._drawn = dict.fromkeys(drawn)
        self._values = [names.value(text) for text in self._drawn]
        super().__init__(rows, names, constants, ())

    def fits(self, template: str) -> bool:
        """Whether the strategy could have given it."""
        if template in self._drawn:
            return True
        if not super().fits(template) or len(self._drawn) < FEW:
            return False
        value = self._names.value(template)
        same = [drawn for drawn in self._values if type(drawn) is type(value)]
        return _is_within(value, same)

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The plainest; what was drawn is nothing that a reader has met."""
        return (*self._fitting(EDGES), *self.constants[:2])


def _is_within(value: Any, known: Collection[Any]) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(min(known) <= value <= max(known))
    if isinstance(value, str | bytes):
        sizes = [len(text) for text in known]
        return min(sizes) <= len(value) <= max(sizes) and _signs([value]) <= _signs(known)
    return False


def _signs(texts: Iterable[str | bytes]) -> set[object]:
    """The kinds of characters in texts."""
    return {unicodedata.category(char) if isinstance(char, str) else "" for text in texts for char in text}
