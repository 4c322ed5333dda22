"""What ran before the fork: for each module imported ahead of time, its lines, and what it imported in turn."""

from __future__ import annotations

import os
from collections.abc import Iterable
from types import ModuleType
from typing import Any, TypeAlias

from ..measure import Measure, create
from ..project import Project

Arcs: TypeAlias = dict[str, list[tuple[int, int]]]
"""Pairs of lines, by file (absolute)."""

MOST_MEASURES = 8
ALWAYS = ""
"""The context of what every run of pytest does: plugins and conftest files."""


class Seen:
    """Measures all of the project from the start; a child adds what its own imports would have run."""

    def __init__(self, rootdir: str) -> None:
        self._coverage = create([f"{root}/**" for root in dict.fromkeys((rootdir, os.path.realpath(rootdir)))])
        self._rootdir = rootdir
        self.project = Project(rootdir, "")
        self.measures: dict[tuple[str, ...], tuple[Measure, dict[str, Arcs]]] = {}
        self._under: list[str] = []
        self.needs: dict[str, set[str]] = {}
        self.modules: dict[str, ModuleType] = {}
        self.shared: set[str] = set()

    def start(self) -> None:
        """Before the project is met."""
        self._coverage.start()

    def stop(self) -> None:
        """Nothing of the project runs here any more."""
        self._coverage.stop()
        self._coverage.get_data()

    def entered(self, name: str) -> None:
        """The module begins to run; whichever one runs now has asked for it."""
        self.needed(name)
        self.needs.setdefault(name, set())
        self._under.append(name)
        self._coverage.switch_context(name)

    def left(self) -> None:
        """The module that began last has come to its end."""
        self._under.pop()
        self._coverage.switch_context(self._under[-1] if self._under else ALWAYS)

    def needed(self, name: str) -> None:
        """The module that runs now asks for another one."""
        if self._under and name != self._under[-1]:
            self.needs.setdefault(self._under[-1], set()).add(name)

    def asked(self, name: str, by: str | None) -> None:
        """Code of the file `by` asks for the module; of what is not the project's nobody knows what it keeps."""
        if by is not None and not self.project.kind(by):
            self.shared.add(name)

    def prepare(self, work: dict[str, Any]) -> None:
        """Before the fork for a job: learn what can be known of the files that it measures."""
        files = tuple(work["job"].get("measure", ()))
        if files and files not in self.measures:
            if len(self.measures) >= MOST_MEASURES:
                self.measures.pop(next(iter(self.measures)))
            measure = Measure(self._rootdir, list(files))
            measure.warm()
            # Now: coverage forgets in a fork.
            self.measures[files] = measure, self._ran(measure.files)

    def arcs(self, files: Iterable[str], modules: Iterable[str]) -> Arcs:
        """What plugins, conftest files and these modules ran in measured `files` when they were imported."""
        found: Arcs = {}
        by_module = self.measures[tuple(files)][1]
        for module in (ALWAYS, *modules):
            for name, ran in by_module.get(module, {}).items():
                found.setdefault(name, []).extend(ran)
        return found

    def _ran(self, files: Iterable[str]) -> dict[str, Arcs]:
        """What ran in the files, by the module that ran when it did."""
        wanted = {os.path.realpath(name) for name in files}
        data = self._coverage.get_data()
        known = [name for name in data.measured_files() if os.path.realpath(name) in wanted]
        found: dict[str, Arcs] = {}
        for context in data.measured_contexts() if known else ():
            data.set_query_context(context)
            found[context] = {name: list(data.arcs(name) or ()) for name in known}
        return found
