"""The possible bugs of a run: docstrings that the code breaks, found, written, and withdrawn once mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath

from msgspec import Struct

from pytest_enrich import contracts, patch, source
from pytest_enrich.config import Settings
from pytest_enrich.contracts import Examined, write
from pytest_enrich.contracts.function import Broken, Claim, Documented
from pytest_enrich.data import Attempt, NewTest, Placement, Suggestion
from pytest_enrich.data.encoded import encoded
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.errors import OutOfTimeError
from pytest_enrich.protocols import Sandbox
from pytest_enrich.session import ground
from pytest_enrich.session.scope import Found, within
from pytest_enrich.source.placement import Shelf, new_file
from pytest_enrich.source.test_file import Subject
from pytest_enrich.store import Store, disk, last_run, rejected, seal

DOCSTRING = "docstring"


class _File(Struct, frozen=True):
    """A source file's documented functions, and what they promise."""

    functions: tuple[Documented, ...]
    claims: tuple[Claim, ...]


class Contradictions:
    """What docstrings promise, for one run, and the possible bugs that this reveals."""

    def __init__(
        self, settings: Settings, store: Store, found: Found, sandbox: Sandbox, *, made: MadePart
    ) -> None:
        self._settings, self._store, self._found = settings, store, found
        self._sandbox, self._made = sandbox, made
        self._suite = ground.suite(settings)
        self._shelf = Shelf(self._suite)
        self._files: dict[str, _File] = {}
        self.mended: tuple[str, ...] = ()

    def look(self, left: Callable[[], float]) -> None:
        """Examine all docstrings within the limits of the run, as long as there is time `left`.

        A run over the same files as the last one, with all of them examined, has nothing to look at.
        """
        digest = self._digest()
        if not self._settings.fresh and last_run.examined(self._store) == digest:
            return
        waiting = self._store.bugs()
        for bug in waiting:
            if not (self._settings.rootdir / bug.gap.path).is_file():
                self._store.withdraw(bug)
        unsure = False
        for path in sorted(self._found.texts):
            if left() <= 0:
                return
            claims = [claim for claim in self._file(path).claims if self._is_wanted(path, claim.qualname)]
            examined = self._examine(claims)
            unsure = unsure or bool(examined.unsure)
            self._settle([bug for bug in waiting if bug.gap.path == path], examined)
        if not unsure:
            last_run.note_examined(self._store, digest)

    def contradicts(self, attempt: Attempt) -> bool:
        """Whether a kept test states what a docstring denies; then it is a possible bug, not a suggestion.

        It is written unless it is already known; what people turned down is not a bug.
        """
        candidate = attempt.candidate
        if not isinstance(candidate, NewTest):
            return False
        claims = contracts.contradicted(candidate.code, self._file(attempt.path).claims)
        broken = self._examine(claims).broken if claims else ()
        if not broken:
            return False
        known = [
            *self._store.bugs(),
            *(suggestion for suggestion in self._store.lying("decided") if suggestion.kind == "bug"),
        ]
        bugs = self._wanted([self._bug(breach, candidate.origin.proposer) for breach in broken])
        self._save(contracts.together(bug for bug in bugs if not contracts.are_told(known, bug)))
        return bool(bugs)

    def _examine(self, claims: Sequence[Claim]) -> Examined:
        try:
            return contracts.examine(claims, self._folder, self._sandbox, timeout=self._settings.timeout)
        except OutOfTimeError:
            return Examined(unsure=tuple(claims))

    def _settle(self, waiting: Sequence[Suggestion], examined: Examined) -> None:
        """Write what is broken in a file; a `waiting` bug that was looked for and is no longer there is mended."""
        bugs = [self._bug(breach, DOCSTRING) for breach in examined.broken]
        wanted = contracts.together(self._wanted(bugs))
        still_there, unsure = {bug.id for bug in bugs}, {claim.qualname for claim in examined.unsure}
        mended = [bug for bug in waiting if bug.id not in still_there and self._is_over(bug, unsure)]
        folded = [bug for bug in waiting if bug.id in still_there - {bug.id for bug in wanted}]
        for bug in (*mended, *folded):
            self._store.withdraw(bug)
        self.mended = (*self.mended, *(bug.id for bug in mended))
        self._save(wanted)

    def _wanted(self, found: Sequence[Suggestion]) -> list[Suggestion]:
        """Those that nobody has turned down and that the team allows."""
        turned_down, rules = rejected.read(self._settings.rootdir), self._settings.policy.policy
        return [bug for bug in found if not turned_down.has(bug) and not rules.refused("bug", bug.target.path)]

    def _save(self, found: Iterable[Suggestion]) -> None:
        """Write those that nobody has decided on yet."""
        for bug in found:
            if self._store.state(bug) == "pending":
                self._store.save(seal.sealed(self._store.rootdir, bug), "", patch.render_module(bug))

    def _is_over(self, bug: Suggestion, unsure: set[str]) -> bool:
        """Whether it was looked for and not found, or the docstring's words or the function are gone."""
        gap, words = bug.gap, " ".join(bug.contradiction.contract.split())
        named = [function for function in self._file(gap.path).functions if function.qualname == gap.qualname]
        if not any(words in " ".join(function.docstring.split()) for function in named):
            return True
        if gap.qualname in unsure or not self._is_wanted(gap.path, gap.qualname):
            return False
        return bug.origin.proposer == DOCSTRING or not self._still_fails(bug)

    def _still_fails(self, bug: Suggestion) -> bool:
        """Whether the same call still shows what a proposer's test showed, or nobody can be sure."""
        broken = bug.contradiction
        key = (bug.gap.qualname, broken.promise, " ".join(broken.contract.split()))
        claims = contracts.contradicted(bug.test.code, self._file(bug.gap.path).claims)
        examined = self._examine([claim for claim in claims if claim.key == key])
        return bool(examined.broken or examined.unsure)

    def _bug(self, broken: Broken, proposer: str) -> Suggestion:
        claim = broken.claim
        place = self._shelf.place(Subject(path=claim.path, module=claim.module, qualname=claim.qualname), ())
        text = self._suite.texts.get(place.path, "")
        at = Placement(path=place.path, new_file=not text)
        return write.bug(broken, at, text, self._made, proposer)

    def _is_wanted(self, path: str, qualname: str) -> bool:
        """Whether the function is within the limits of the run."""
        settings = self._settings
        is_within = settings.shard.holds(path, qualname) and within(path, qualname, settings.only)
        if not is_within or settings.changes is None:
            return is_within
        lines = settings.changes.lines.get(path, ())
        spans = (function.extent for function in self._file(path).functions if function.qualname == qualname)
        return any(line in span for span in spans for line in lines)

    def _file(self, path: str) -> _File:
        if path not in self._files:
            module = source.module_name(path, self._suite.source_roots, self._suite.packages)
            self._files[path] = _File(*contracts.find(path, module, self._found.texts[path]))
        return self._files[path]

    @property
    def _folder(self) -> str:
        """Where the tests are."""
        place = PurePosixPath(new_file("enrich.py", self._suite)).parent.as_posix()
        exists = place != "." and (self._settings.rootdir / place).is_dir()
        return place if exists else ""

    def _digest(self) -> str:
        """Of everything that an answer depends on here: the sources, and the limits of the run."""
        settings = self._settings
        limits = (settings.only, settings.shard, settings.changes)
        facts = (*limits, self._made.python, self._made.pytest_enrich, sorted(self._found.texts.items()))
        return disk.sha256(encoded(facts))
