"""Where a new test belongs: in which file, in which class, after which test."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from itertools import takewhile
from pathlib import PurePosixPath

from msgspec.structs import replace

from pytest_enrich.data.code import NearTest, Placement, function
from pytest_enrich.source.entry import is_private
from pytest_enrich.source.module import Suite
from pytest_enrich.source.test_file import Style, Subject, TestFile

HALF = 0.5
_GENERAL = "test case mixin all basic general simple"
"""Words in the names of test classes that say nothing about what they test."""
MEASURING = {"bench", "benchmark", "benchmarks", "perf", "performance", "speed"}
"""Words in the names of files whose tests measure speed: nobody looks there for what a function does."""
_MIRRORED = ("{}", "test_{}", "{}_test", "tests_{}")
"""How a folder of tests may be named after a source folder."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Shelf:
    """The test files of a suite, each read once."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._files: dict[str, TestFile] = {}

    def place(self, subject: Subject, near: Sequence[NearTest]) -> Placement:
        """Where a test for a function goes; `near` are the tests nearest to it.

        It goes into a file named after the function or its class, else after the module, else into one whose tests
        name what they run of it (of several, one whose name is about little else), else into the nearest test's
        file, or into a new one if that is about something else. Within the file it goes into the class named after
        the function's, else into one that is about nothing else, after the nearest test written there, else at the
        end.
        """
        running = [test for test in near if test.shared and _path(test.nodeid) in self._suite.texts]
        named = {file: likeness for file in self._suite.files if (likeness := self._likeness(file, subject))}
        files = dict.fromkeys([*named, *(_path(test.nodeid) for test in running)])
        best = max(files, key=partial(self._worth, subject, named, running), default=None)
        if best in named or (best is not None and not self._is_about_something_else(best, subject, near)):
            return self._inside(best, subject, running)
        by_likeness = sorted(near, key=lambda test: -self._shared_words(test, subject))
        beside = next((place for test in by_likeness if (place := self._beside(test))), None)
        if beside is None or self._is_about_something_else(beside.path, subject, near):
            return self._in_new_file(subject)
        if beside.style != "function" and _foreign(beside.owner, subject):
            return self._end(beside.path, subject)
        return beside

    def _in_new_file(self, subject: Subject) -> Placement:
        """The place in a new file, or at the end of one of that name."""
        path = new_file(subject.path, self._suite)
        if path in self._suite.texts:
            return self._end(path, subject)
        return Placement(path=path, new_file=True, typed=self._is_typed)

    def _is_about_something_else(self, file: str, subject: Subject, near: Sequence[NearTest]) -> bool:
        """Whether its name is about another thing, and it neither names the subject nor imports from its module.

        A helper or a special method is tested where its callers are.
        """
        stem, text = PurePosixPath(file).stem, self.file(file)
        name = subject.qualname.rpartition(".")[2]
        words = [word for word in _lowered(stem) if word not in _GENERAL.split()]
        is_helper = name.startswith("_") and name != "__init__"
        if is_helper or not 0 < len(words) == _foreign(stem, subject):
            return False
        is_named = any(name in self._words(test) for test in near if _path(test.nodeid) == file)
        beside = (replace(subject, qualname=other) for other in (subject.qualname, *subject.siblings))
        return not is_named and not any(map(text.imports_name, beside))

    @cached_property
    def _is_typed(self) -> bool:
        """Whether most tests are annotated."""
        tests = [is_annotated for path in self._suite.texts for is_annotated in self.file(path).annotated]
        return 2 * sum(tests) > len(tests)

    def _likeness(self, file: str, subject: Subject) -> float:
        """How closely a file is named after the subject; 0.0 if it is about something else of that name."""
        likeness, written = _likeness(_topic(file), subject), self.file(file)
        if file in subject.touching:
            return likeness
        # If other files run the module, one that does not is no better than they are.
        known = min(likeness, 1.0) if subject.touching else likeness
        is_related = likeness >= 1 and not written.is_about_another(subject)
        return known if is_related or (likeness and written.imports_name(subject)) else 0.0

    def _worth(
        self, subject: Subject, named: Mapping[str, float], running: Sequence[NearTest], file: str
    ) -> tuple[float, ...]:
        """A sort key: the higher, the better a file suits the subject."""
        inside = [test for test in running if _path(test.nodeid) == file]
        nearest = next((len(running) - at for at, test in enumerate(running) if test in inside), 0)
        names = self.file(file).imports_name(subject)
        direct = names and sum(subject.qualname.rpartition(".")[2] in self._words(test) for test in inside)
        mirrors = _mirrors(PurePosixPath(file).parent.as_posix(), subject.path)
        foreign = _foreign(PurePosixPath(file).stem, subject)
        tells = MEASURING.isdisjoint(_lowered(PurePosixPath(file).stem))
        return (named.get(file, 0.0), tells, direct, names, -foreign, nearest, mirrors, -len(file))

    def _inside(self, path: str, subject: Subject, running: Sequence[NearTest]) -> Placement:
        """The place in a file: after the nearest test that names the subject, in its class if it has one.

        If no test names it, a class about something else is left alone; a helper is tested where its caller is.
        """
        owner = self.file(path).class_about(subject)
        inside = [test for test in running if _path(test.nodeid) == path]
        own = [test for test in inside if owner is None or _parts(test.nodeid)[1] == owner]
        name = subject.qualname.rpartition(".")[2]
        is_special = name.startswith("__") and name.endswith("__")
        named = {name, subject.outermost} if is_special else {name}  # the tests of anything have operators

        def strangeness(test: NearTest) -> tuple[bool, int]:
            return not named <= self._words(test), _foreign(_parts(test.nodeid)[1], subject)

        own.sort(key=strangeness)
        nearest = next(filter(None, map(self._beside, own)), None)
        is_helper = is_private(name)
        if nearest is None or (nearest.style != "function" and not is_helper and all(strangeness(own[0]))):
            return self._end(path, subject)
        return nearest

    def _words(self, near: NearTest) -> frozenset[str]:
        path, owner, name = _parts(near.nodeid)
        return self.file(path).words(owner, name)

    def _shared_words(self, near: NearTest, subject: Subject) -> int:
        """How many words of the subject's name are in a test's name or used by the test."""
        path, owner, name = _parts(near.nodeid)
        words = {*_lowered(f"{PurePosixPath(path).stem} {owner or ''} {name}")}
        return len(words.intersection(_lowered(subject.qualname))) + len(self._words(near) & {*subject.topics})

    def fixtures(self, place: Placement) -> tuple[str, ...]:
        """The names of the fixtures that a new test there could use."""
        same = [item for item in self._suite.items if item.path == place.path]
        folder = place.path.rpartition("/")[0]
        around = [item for item in self._suite.items if item.path.rpartition("/")[0] == folder]
        chosen = [item for item in same if item.owner == place.owner] or same or around
        common = set(chosen[0].fixtures).intersection(*(item.fixtures for item in chosen)) if chosen else set()
        return tuple(sorted(common))

    def file(self, path: str) -> TestFile:
        """The parsed test file at a path."""
        if path not in self._files:
            package = ".".join(PurePosixPath(path).parts[:-1])
            self._files[path] = TestFile(self._suite.texts.get(path, ""), package)
        return self._files[path]

    def _beside(self, near: NearTest) -> Placement | None:
        """The place next to a test, or None if its file is not a readable one of the suite."""
        path, owner, name = _parts(near.nodeid)
        if path not in self._suite.texts:
            return None
        file = self.file(path)
        if owner not in file.classes:
            owner = None
        tests = file.tests(owner)
        last = tests[-1] if tests else None
        anchor = (name if file.has(owner, name) else last) if near.shared else None
        return Placement(path=path, owner=owner, anchor=anchor, style=self._style(path, owner))

    def _end(self, path: str, subject: Subject) -> Placement:
        """The end of a file, or of its class about the subject; for unittest, of the class least about others.

        Of several such classes, the one with most tests is the general one. A new class is made if all of several
        are about something else, or if the only one is and the file is not named after the subject either.
        """
        file = self.file(path)
        classes = [] if file.tests(None) else [name for name in file.classes if file.tests(name)]
        least = min(classes, key=lambda name: (_foreign(name, subject), -len(file.tests(name))), default=None)
        owner = file.class_about(subject) or (least if self._style(path, least) == "unittest" else None)
        is_about_it = len(classes) == 1 and _likeness(_topic(path), subject) >= 1
        is_alien = owner == least and not is_about_it and _foreign(owner, subject) > 0
        name, base = file.class_for(subject.topics[0]) if is_alien and subject.topics else ("", "")
        if base:
            return Placement(path=path, owner=name, style="unittest", base=base)
        return Placement(path=path, owner=owner, style=self._style(path, owner))

    def _style(self, path: str, owner: str | None) -> Style:
        """How tests are written there: according to pytest if it collected one there, else to the text."""
        collected = (item.style for item in self._suite.items if item.path == path and item.owner == owner)
        return next(collected, None) or self.file(path).style(owner)


def new_file(path: str, suite: Suite) -> str:
    """The path of a new test file for a source file, in the folder of the test files of its sibling modules.

    If there is no test file yet, it is in the first of the suite's folders: `tests/test_<module>.py`.
    """
    files = [PurePosixPath(file) for file in suite.files if _is_test(PurePosixPath(file).name)]
    folders = [file.parent.as_posix() for file in files]
    best = max(
        sorted(set(folders)),
        key=lambda folder: (_mirrors(folder, path), folders.count(folder)),
        default=suite.folders[0],
    )
    return (PurePosixPath(best) / _new_name(module_stem(path), suite)).as_posix()


def _new_name(stem: str, suite: Suite) -> str:
    """A name that pytest collects: the more common one of the two usual forms, else one by its first pattern."""
    first, second = f"test_{stem}.py", f"{stem}_test.py"
    ends = sum(file.endswith("_test.py") for file in suite.files) > len(suite.files) / 2
    usual = (second, first) if ends else (first, second)
    fitting = (name for name in usual if any(fnmatch.fnmatchcase(name, pattern) for pattern in suite.patterns))
    return next(fitting, PurePosixPath(suite.patterns[0].replace("*", stem, 1).replace("*", "")).name)


def module_stem(path: str) -> str:
    """The name that a test file is named after: a package's for its `__init__.py`."""
    pure = PurePosixPath(path)
    stem = pure.parent.name or pure.stem if pure.stem == "__init__" else pure.stem
    return stem.strip("_") or stem


def _is_test(name: str) -> bool:
    return name.startswith("test_") or name.endswith("_test.py")


def _likeness(topic: str, subject: Subject) -> float:
    """How closely a file on `topic` is named after the subject: 2 after it or its class, 1 after the module.

    Less than 1 if the topic is only the beginning or the end of a name: at least half of its words (`lru` for
    `LRUCache`), or more than half of the letters of a module's (`datetime` for `isodatetime`).
    """
    if not topic:
        return 0.0
    own = max((_kept(topic, name) for name in subject.topics), default=0.0)
    stem, folder = module_stem(subject.path), PurePosixPath(subject.path).parent.name
    return 2.0 if own == 1 else max(own, *(_shared(topic, _squeezed(name)) for name in (stem, f"{folder}{stem}")))


def _kept(topic: str, name: str) -> float:
    """The share of the words of a name, singular or plural, that make up `topic`; 0.0 for less than half."""
    words = _lowered(name)
    parts = ((at, part) for at in range(len(words), 0, -1) for part in ("".join(words[:at]), "".join(words[-at:])))
    counts = (at for at, part in parts if topic in {part, f"{part}s"})
    share = next(counts, 0) / max(len(words), 1)
    return share if share >= HALF else 0.0


def _shared(topic: str, name: str) -> float:
    short, long = sorted((topic, name), key=len)
    share = len(short) / max(len(long), 1)
    return share if share > HALF and (long.startswith(short) or long.endswith(short)) else 0.0


def _squeezed(name: str) -> str:
    return name.replace("_", "").lower()


def _topic(file: str) -> str:
    """What a test file is about, according to its name; "" for other files."""
    name = PurePosixPath(file).name
    stem = name.removesuffix(".py").lower()
    topic = stem.removeprefix("test_").removesuffix("_test").removesuffix("_tests")
    return _squeezed(topic) if _is_test(name) else ""


def _mirrors(folder: str, path: str) -> int:
    """How many of the last folders in the source's path are also the last folders in `folder`."""
    ours, theirs = PurePosixPath(folder).parts[::-1], PurePosixPath(path).parent.parts[::-1]
    pairs = zip(ours, theirs, strict=False)
    same = takewhile(lambda pair: pair[0] in {form.format(pair[1]) for form in _MIRRORED}, pairs)
    return len([*same])


def _foreign(owner: str | None, subject: Subject) -> int:
    """How many words in the name of a test class are about something other than the subject."""
    about = f"{subject.path} {subject.qualname} {_GENERAL}".lower()
    return sum(word not in about for word in _lowered(owner or ""))


def _lowered(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _path(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _parts(nodeid: str) -> tuple[str, str | None, str]:
    """The file, the class and the name of a test, without its parameters."""
    path, *names = function(nodeid).split("::")
    return path, ".".join(names[:-1]) or None, names[-1] if names else ""
