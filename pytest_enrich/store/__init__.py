"""`enrich-suggestions/`: suggestions, decisions and what runs have finished, safe on the disk at any moment.

Whatever is stored here is also evidence: it is added to the chain of `store.evidence` before it takes effect.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path

import msgspec
from msgspec import Struct

from pytest_enrich.data import Aim, Attempted, Decision, Finished, State, Suggestion
from pytest_enrich.data.run import Line, Written
from pytest_enrich.data.suggestion import SCHEMA, BrokenPart
from pytest_enrich.errors import StoreError
from pytest_enrich.store import disk, identity, rejected, targets
from pytest_enrich.store.disk import LARGEST_FILE, LONGEST_LIST, decoded
from pytest_enrich.store.evidence import Evidence
from pytest_enrich.store.identity import append_to_log, logged_states, read_log
from pytest_enrich.store.seal import options_of

__all__ = ["Shelf", "Store", "disk", "identity", "rejected"]


class Store(Struct, frozen=True):
    """The folder as a value: nothing is kept in memory, everything is read from the disk each time.

    `directory` is the suggestions folder, `rootdir` that of the project; both are absolute.
    """

    directory: Path
    rootdir: Path

    def pending(self) -> tuple[Suggestion, ...]:
        """The suggestions that nobody has decided on, grouped by function."""
        return tuple(suggestion for suggestion in self.shelf().suggestions if suggestion.kind != "bug")

    def bugs(self) -> tuple[Suggestion, ...]:
        """The possible bugs that nobody has decided on, in the same order."""
        return tuple(suggestion for suggestion in self.shelf().suggestions if suggestion.kind == "bug")

    def shelf(self) -> Shelf:
        """Everything pending, with a line for each unreadable suggestion and one for unreadable decisions."""
        stored = read(self.directory / "pending", self.rootdir)
        decisions, broken = read_log(self._decisions, Decision, disk.LARGEST)
        states = logged_states(decisions)
        waiting = (suggestion for suggestion in stored.suggestions if self._state(suggestion, states) == "pending")
        problems = (f"decisions.jsonl has {broken} unreadable lines: not used",) if broken else ()
        return Shelf(tuple(waiting), stored.problems + problems)

    def withdraw(self, suggestion: Suggestion) -> None:
        """Remove the suggestion from `pending/`, as if it had never been made."""
        disk.remove(self.directory / "pending" / suggestion.id)

    def lying(self, kind: str) -> tuple[Suggestion, ...]:
        """The suggestions whose files are in `pending` or `decided`, whatever was decided about them."""
        return read(self.directory / kind, self.rootdir).suggestions

    def decided_names(self) -> tuple[str, ...]:
        """The folders in `decided/`, including older ones of the same id."""
        return disk.names(self.directory / "decided")

    def clean(self, names: Iterable[str]) -> None:
        """Remove these folders in `decided/`."""
        for name in names:
            disk.remove(self.directory / "decided" / name)

    def find(self, prefix: str) -> Suggestion:
        """The pending suggestion or possible bug whose id, or the second part of its id, begins with `prefix`.

        Raises:
            UsageError: None does, or several do; the message names similar ids, and what cannot be read.
        """
        shelf = self.shelf()
        return identity.choose(prefix, shelf.suggestions, shelf.problems)

    def find_all(self, prefixes: Iterable[str]) -> tuple[Suggestion, ...]:
        """The suggestions for all these prefixes, each once; see `find`."""
        return tuple({suggestion.id: suggestion for suggestion in map(self.find, prefixes)}.values())

    def state(self, suggestion: Suggestion) -> State:
        """Its state according to the decisions so far (`stale` only if a run noted that)."""
        return self._state(suggestion, logged_states(self.decisions()))

    def save(self, suggestion: Suggestion, patch_text: str, module_text: str) -> Path:
        """Write a pending suggestion, replacing any with its id; returns its folder. An empty text means no file.

        Raises:
            StoreError: It cannot be written. `suggestion.json` is written last: without it nothing is pending.
        """
        place = self._place("pending", suggestion)
        if self.state(suggestion) != "pending":
            self.note(_again(suggestion))
        self.evidence.add("suggestion", _written(suggestion, patch_text, module_text))
        _write(place, suggestion, patch_text, module_text)
        return place

    def replace_patch(self, suggestion: Suggestion, patch_text: str) -> None:
        """Rewrite the patch of a pending suggestion, because the file it applies to has changed."""
        disk.write(self.directory / "pending" / suggestion.id / "suggestion.patch", patch_text)

    def replace_module(self, suggestion: Suggestion, module_text: str) -> None:
        """Rewrite the runnable file of a pending suggestion, for the same reason."""
        name = identity.module_name(suggestion.id)
        disk.write(self.directory / "pending" / suggestion.id / name, module_text)

    def keep_decided(self, suggestion: Suggestion, module_text: str) -> None:
        """Write a suggestion that was decided elsewhere, without a patch; an empty text means no file."""
        _write(self._place("decided", suggestion), suggestion, "", module_text)

    def _place(self, kind: str, suggestion: Suggestion) -> Path:
        """Make its folder and return it."""
        if not identity.is_valid(suggestion.id):
            raise StoreError(f"{suggestion.id!r} cannot be the name of a suggestion\nIt was not written.")
        self.prepare()
        return disk.make_inside(self.directory, kind, suggestion.id)

    def read_text(self, suggestion: Suggestion, name: str) -> str:
        """A file of the suggestion, pending or decided; "" if it is missing or its folder is a symbolic link."""
        for kind in ("pending", "decided"):
            place = self.directory / kind / suggestion.id
            content = None if place.is_symlink() else disk.read(place / name)
            if content is not None:
                return content.decode("utf-8", "replace")
        return ""

    def decide(self, decision: Decision) -> None:
        """Record the decision safely on the disk, and only then move the suggestion to where it belongs."""
        self.note(decision)
        self.settle(decision)

    def note(self, *decisions: Decision) -> None:
        """Record the decisions without moving anything yet."""
        self.prepare()
        self.evidence.add("decision", *decisions)
        append_to_log(self._decisions, decisions)

    def settle(self, decision: Decision) -> None:
        """Move the suggestion to `decided/`, or back to `pending/` after an undo."""
        if not identity.is_valid(decision.id):
            raise StoreError(f"{decision.id!r} cannot be the name of a suggestion\nIt was not moved.")
        pending = self.directory / "pending" / decision.id
        decided = self.directory / "decided" / decision.id
        if decision.verb == "undo":
            if not pending.exists():
                disk.move(decided, pending)
        else:
            disk.move(pending, decided)

    def decisions(self) -> tuple[Decision, ...]:
        """All decisions, oldest first."""
        return read_log(self._decisions, Decision, disk.LARGEST)[0]

    def journal(self, *lines: Line, aim: Aim | None = None) -> None:
        """Record attempts, which were judged for `aim`, and finished gaps; on the disk when this returns."""
        self.prepare()
        disk.make_inside(self.directory, ".cache")
        attempts = [line.attempt for line in lines if isinstance(line, Attempted)]
        self.evidence.add("target", *([aim] if aim and attempts else []))
        self.evidence.add("attempt", *attempts)
        append_to_log(self.directory / ".cache" / "state.jsonl", lines)

    def finished(self) -> tuple[Finished, ...]:
        """The gaps that earlier runs are done with, oldest first.

        Each names the digest of its function and the proposer: with another digest the gap is tried again.
        """
        return tuple(line for line in self._journal() if isinstance(line, Finished))

    def attempts(self) -> tuple[Attempted, ...]:
        """The attempts of earlier runs, oldest first."""
        return tuple(line for line in self._journal() if isinstance(line, Attempted))

    def forget(self) -> None:
        """Forget attempts and finished gaps, so that everything is tried again."""
        disk.remove(self.directory / ".cache" / "state.jsonl")

    def prepare(self) -> None:
        """Make the folder with its `.gitignore`; see `disk.prepare`."""
        disk.prepare(self.directory, self.rootdir)

    def exists(self) -> bool:
        """Whether there is a suggestions folder."""
        return self.directory.is_dir() and disk.is_ours(self.directory)

    @property
    def evidence(self) -> Evidence:
        """The chain of everything that happened."""
        return Evidence(self.directory / "evidence", self.rootdir)

    @property
    def _decisions(self) -> Path:
        return self.directory / "decisions.jsonl"

    def _journal(self) -> tuple[Line, ...]:
        return read_log(self.directory / ".cache" / "state.jsonl", Line)[0]  # type: ignore[arg-type]

    @staticmethod
    def _state(entry: Suggestion, states: dict[tuple[str, str], State]) -> State:
        return states.get((entry.id, entry.test.body_sha256), "pending")


def _write(place: Path, entry: Suggestion, patch_text: str, module_text: str) -> None:
    """Write its files, `suggestion.json` last."""
    for name, text in (("suggestion.patch", patch_text), (identity.module_name(entry.id), module_text)):
        if text:
            disk.write(place / name, text)
        else:
            disk.remove(place / name)
    disk.write_json(place / "suggestion.json", entry)


def _written(entry: Suggestion, patch_text: str, module_text: str) -> Written:
    patch, module = (
        text and disk.sha256(text.encode("utf-8", "surrogateescape")) for text in (patch_text, module_text)
    )
    return Written(suggestion=entry, patch=patch, module=module)


def _again(entry: Suggestion) -> Decision:
    """The same test was made again: whatever was decided about it, it is pending once more."""
    return Decision(id=entry.id, body=entry.test.body_sha256, verb="undo", at=entry.made.at, why="again")


_VISIBLE = 60


class _Any(Struct):
    """What the files of all versions have in common."""

    schema: str = ""


class Shelf(Struct, frozen=True):
    """The contents of a folder: the readable suggestions in reading order, and one line for each of the others."""

    suggestions: tuple[Suggestion, ...]
    problems: tuple[str, ...]


def read(directory: Path, rootdir: Path) -> Shelf:
    """Read `pending/` or `decided/`; names that cannot be ids are skipped."""
    if directory.is_symlink() or directory.is_file():
        return Shelf((), (f"{directory.name} is no folder: not used",))
    names = [name for name in disk.names(directory) if identity.is_valid(name)]
    cached = cache(partial(misplaced, rootdir))  # many suggestions name the same few files

    def fault(entry: Suggestion) -> str:
        return cached(entry.target.path, entry.gap.path, options_of(rootdir, entry).words)

    entries = [suggestion(directory / name, fault) for name in names[:LONGEST_LIST] if (directory / name).is_dir()]
    readable = sorted((entry for entry in entries if isinstance(entry, Suggestion)), key=order)
    surplus = len(names) - LONGEST_LIST
    surplus_note = (f"{directory.name} holds {surplus} more than we would write: not used",) if surplus > 0 else ()
    return Shelf(tuple(readable), (*(problem for problem in entries if isinstance(problem, str)), *surplus_note))


def suggestion(directory: Path, misplaced: Callable[[Suggestion], str]) -> Suggestion | str:
    """The suggestion in this folder, or why it cannot be used (one line that names the folder).

    `misplaced` says what is wrong with the files that the suggestion names.
    """
    where = f"{directory.parent.name}/{directory.name}"
    if directory.is_symlink():
        return f"{where} is a symbolic link: not followed"
    try:
        content = disk.read(directory / "suggestion.json", LARGEST_FILE)
        if content is None:  # it is written last
            return f"{where} was not written to its end: not used"
        if decoded(content, _Any).schema not in {"", SCHEMA}:
            return f"{where}/suggestion.json is of another version of pytest-enrich: not used"
        loaded = decoded(content, Suggestion)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return f"{where}/suggestion.json cannot be read: {_short(error)}"
    except StoreError as error:
        cause = error.__cause__
        why = disk.explained(cause) if isinstance(cause, OSError) else _short(error)
        return f"{where}/suggestion.json cannot be read: {why}"
    return _fault(loaded, directory.name, where, misplaced) or loaded


def order(entry: Suggestion) -> tuple[str, str, int, str]:
    """Sort key: suggestions for the same function come together, so that people read it only once."""
    return (entry.gap.path, entry.gap.qualname, entry.gap.line, entry.id)


def misplaced(rootdir: Path, target: str, source: str, words: tuple[str, ...]) -> str:
    """Why a test of `source` cannot go into `target`, "" if it can; `words` are of pytest's command line."""
    if not identity.inside(rootdir, source):
        return f"names {source[:_VISIBLE]!r}, no Python file of this project: not used"
    why = targets.fault(rootdir, target, words) or ("is what it tests" if target == source else "")
    return why and f"would go into {target[:_VISIBLE]!r}, which {why}: not used"


def _fault(entry: Suggestion, name: str, where: str, misplaced: Callable[[Suggestion], str]) -> str:
    if entry.id != name:
        return f"{where}/suggestion.json says that it is {entry.id[:_VISIBLE]!r}: not used"
    if not holds(entry):
        return f"{where}/suggestion.json holds no test: not used"
    why = misplaced(entry)
    return why and f"{where} {why}"


def holds(entry: Suggestion) -> bool:
    """Whether the code is the promised test or row, and its imports are nothing but imports."""
    test, target = entry.test, entry.target
    named = all(map(_is_name, (*test.names, *test.argnames, target.owner, target.anchor, target.base)))
    if not named or (entry.kind == "bug") != (entry.broken is not None):
        return False
    try:
        is_promised = _is_row(entry) if entry.kind == "row" else _is_test(entry)
        is_marked = entry.broken is None or _is_mark(entry.broken)
        return is_promised and is_marked and _are_imports(test.imports)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_name(text: str | None) -> bool:
    """Whether it is empty or a Python name, perhaps qualified by classes: it becomes part of a file."""
    return not text or all(part.isidentifier() for part in text.replace("::", ".").split("."))


def _are_imports(texts: Iterable[str]) -> bool:
    nodes = [node for text in texts for node in ast.parse(text).body]
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)


def _is_test(entry: Suggestion) -> bool:
    body = ast.parse(entry.test.code).body
    names = tuple(node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return bool(names) and names == entry.test.names and len(names) == len(body)


def _is_mark(broken: BrokenPart) -> bool:
    """Whether its mark is one `xfail` decorator, and what that needs are only imports."""
    (function,) = ast.parse(f"{broken.mark}\ndef test(): pass").body
    marks = function.decorator_list if isinstance(function, ast.FunctionDef) else []
    calls = [mark.func for mark in marks if isinstance(mark, ast.Call)]
    is_mark = len(marks) == len(calls) == 1 and isinstance(calls[0], ast.Attribute) and calls[0].attr == "xfail"
    return is_mark and _are_imports(broken.mark_imports)


def _is_row(entry: Suggestion) -> bool:
    """Whether the code is one element of a list."""
    named = len(entry.test.names) == 1 and entry.test.names[0].isidentifier()
    ast.parse(entry.test.code.strip(), mode="eval")
    tree = ast.parse(f"[{entry.test.code}\n]", mode="eval").body
    return named and isinstance(tree, ast.List) and len(tree.elts) == 1


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:_VISIBLE] if str(error) else type(error).__name__
