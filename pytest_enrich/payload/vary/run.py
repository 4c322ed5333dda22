"""What is done once the tests are collected: each made into a subject, the search, and what is shown of it."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from ..explore.bounds import Limits
from ..explore.probe import Probes
from ..explore.trace import Reached, Tracer
from ..objects import aliases
from .carrier import Carrier, Endings, Record, Stage, taken
from .given import Drawn, draw
from .instrument import Probe
from .pool import Added, Exchanged, Pool
from .search import Find, Search, choose
from .subject import Subject, Variation
from .test import Test
from .values import Names, is_literal

MOST_CARRIERS = 6
FEW_ROWS = 6
REDUCE_SECONDS = 5.0


def varied(work: Record, probe: Probe, items: list[pytest.Item]) -> Record:
    """The `Varied`, as JSON, for a file that was collected with `probe` in it."""
    job, started = work["job"], time.monotonic()
    limits = Limits(job["executions"], started + job["seconds"], job["seed"])
    search = Search(map(tuple, job["branches"]), job["lines"], limits, job["way"])
    cast = Cast(work, probe, items)
    search.through([partial(cast.subject, number) for number in range(len(job["patterns"]))])
    until = max(time.monotonic() + min(REDUCE_SECONDS, job["seconds"]), search.limits.deadline)
    variants = _variants(search, cast.tests, until)
    return {
        "type": "varied",
        "variants": variants,
        "executions": search.executions,
        "aliases": aliases(json.dumps(variants, ensure_ascii=False), sys.modules),
        "dropped": dict(search.dropped),
        "ideas": dict(search.ideas),
        "unusable": cast.unusable,
    }


class Cast:
    """The tests of a job, each made ready when its turn comes; `unusable` says why some cannot be."""

    def __init__(self, work: Record, probe: Probe, items: Iterable[pytest.Item]) -> None:
        job = work["job"]
        module = importlib.import_module(job["module"])
        filename = inspect.getsourcefile(module) or module.__file__ or ""
        endings = Endings(work["rootdir"], job["module"], Path(work["rootdir"], job["test_path"]))
        probe.accepts = endings.is_meant
        self._stage = Stage(Tracer(filename, dict(map(tuple, job["statements"]))), probe, endings)
        self._work = work
        self._items = [item for item in items if isinstance(item, pytest.Function)]
        self._probes = Probes(module)
        self.tests: dict[int, Test] = {}
        self.unusable: dict[int, str] = {}

    def subject(self, number: int) -> Subject | None:
        """What the search works with; None for a test that cannot be varied."""
        test = self._test(number)
        # Where values are offered, the rows are only what they are put into.
        most = (FEW_ROWS,) if self._work["job"]["offered"] else ()
        known = test.check(*most) if isinstance(test, Test) else test
        if isinstance(known, str) or not isinstance(test, Test):
            self.unusable[number] = str(known)
            return None
        self.tests[number], pools = test, tuple(self._pools(test))
        towards, offers = partial(test.towards, pools), tuple(self._offers(test))
        return Subject(number, pools, known, test.is_direct, test.run_all, towards, offers)

    def _test(self, number: int) -> Test | str:
        """The test, or why it cannot be varied."""
        pattern = self._work["job"]["patterns"][number]
        own = [item for item in self._items if _plain_id(item) == pattern["nodeid"]]
        chosen = _different(own, set(pattern["argnames"]))
        carriers = [Carrier(self._stage, item, given=pattern["given"]) for item in chosen]
        if not carriers:
            return "was not collected"
        if pattern["given"]:
            pattern = {**pattern, "holes": draw(carriers[0].item.obj, pattern["holes"], self._work["job"]["seed"])}
        names = Names(carriers[0].namespace)
        return Test(self._work, pattern, (number, carriers), names, self._probes)

    def _pools(self, test: Test) -> Iterator[Pool]:
        constants, holes = self._work["job"]["constants"], test.pattern["holes"]
        rows = [test.values(at) for at in range(len(holes))]
        if test.pattern["given"]:
            drawn = zip(rows, (hole["values"] for hole in holes), strict=True)
            yield from (Drawn(values, every, test.names, constants) for values, every in drawn)
            return
        others = (value for values in rows for value in values if is_literal(value))
        near = [*self._work["job"]["values"], *others]
        offers = [one for offer in self._offers(test) for one in offer]
        for hole, values in enumerate(rows):
            if holes[hole]["fixture"]:
                yield Exchanged(values, holes[hole]["offers"], test.names, "rows: fixtures")
                continue
            if holes[hole]["adds"]:
                yield Added(values, holes[hole]["offers"], test.names, _rule(holes[hole]["adds"]))
                continue
            offered = [*holes[hole]["offers"], *(value for at, value in offers if at == hole)]
            yield Pool(values, test.names, constants, near, offered)

    def _offers(self, test: Test) -> Iterator[tuple[tuple[int, str], ...]]:
        """What calls pass, in the place of parameters: all of the same names, then each of them alone."""
        parameters = [(at, hole["name"]) for at, hole in enumerate(test.pattern["holes"]) if hole["name"]]
        for call in self._work["job"]["offered"]:
            given = {argument["name"]: argument["value"] for argument in call if argument["name"]}
            named = tuple((at, given[name]) for at, name in parameters if name in given)
            others = ((at, argument["value"]) for argument in call for at, _ in parameters)
            yield from [named] if len(named) > 1 else []
            yield from ((one,) for one in dict.fromkeys([*named, *others]))


ADDING = {
    "**": "rows: keys added",
    "*": "rows: words added",
    ".": "rows: attributes set",
    "[": "rows: items set",
    "!": "rows: stand-ins told",
    "=": "rows: expressions exchanged",
    "-": "rows: statements left out",
}
"""The rules that add to a test, by what the kind of a hole begins with."""


def _rule(adds: str) -> str:
    return next((name for sign, name in ADDING.items() if adds.startswith(sign)), "rows: keywords added")


def _plain_id(item: pytest.Function) -> str:
    return item.nodeid.removesuffix(item.name) + (item.originalname or item.name)


def _different(items: list[pytest.Function], varying: set[str]) -> list[pytest.Function]:
    """One item for each combination of the other parameters; without marks of their own rows where possible."""
    found: dict[str, pytest.Function] = {}
    for item in sorted(
        items, key=lambda item: bool({"skip", "xfail"} & {mark.name for mark in item.iter_markers()})
    ):
        indices = getattr(getattr(item, "callspec", None), "indices", {})
        others = {name: at for name, at in indices.items() if name not in varying}
        found.setdefault(json.dumps(others, sort_keys=True), item)
    return list(found.values())[:MOST_CARRIERS]


def _variants(search: Search, tests: dict[int, Test], until: float) -> list[Record]:
    """The chosen finds, made small and looked at again, as JSON of `Variant`; a spare behind each that has one."""
    found = []
    for find in choose(search):
        test = tests[find.subject.number]
        variation = test.reduce(find, search, until) if time.monotonic() < until else test.shown(find.variation)
        record = test.look(variation)
        if isinstance(record, str):
            search.dropped[record] += 1
        elif reached := search.reached(taken(record)):
            found.append(_variant(test, find.subject.rules(variation), variation, record, reached))
            found += _spares(search, tests, find, record)
    return found


def _spares(search: Search, tests: dict[int, Test], find: Find, first: Record) -> list[Record]:
    """What reaches the same and may notice more: of another test, and of the same that comes to something else."""
    if "raised" in first:
        return []
    held = [find, *(one for item in sorted(find.reached, key=repr) for one in search.finds[item])]
    fitting = [one for one in held if not one.raised and find.reached <= one.reached]
    same = [one for one in fitting if one.subject is find.subject]
    others = [one for one in fitting if one.subject is not find.subject]
    return [*_spare(search, tests, others, None), *_spare(search, tests, same, first["seen"])]


def _spare(search: Search, tests: dict[int, Test], finds: Iterable[Find], known: object) -> list[Record]:
    """The first of the finds, as it was found, that passes and comes to something else than is known."""
    shown = ((find.subject.number, tests[find.subject.number].shown(find.variation)) for find in finds)
    rules = {find.subject.number: find.subject.rules(find.variation) for find in finds}
    for number, variation in dict.fromkeys(shown):
        record = tests[number].look(variation)
        if not isinstance(record, str) and "raised" not in record and record["seen"] != known:
            reached = search.reached(taken(record))
            return [{**_variant(tests[number], rules[number], variation, record, reached), "spare": True}]
    return []


def _variant(test: Test, rules: frozenset[str], variation: Variation, record: Record, reached: Reached) -> Record:
    raised = {key: record[key] for key in ("raised", "message", "line") if "raised" in record}
    return {
        "pattern": test.number,
        "row": 0 if test.pattern["given"] else test.rows[variation.row],
        "values": variation.values,
        "rules": sorted(rules),
        "branches": sorted(item for item in reached if isinstance(item, tuple)),
        "reached": sorted(item for item in reached if isinstance(item, int)),
        "seen": [] if raised else record["seen"],
        **raised,
    }
