"""`pytest-enrich export`: what was tried and decided, as datasets to train a model on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeAlias

import click
from msgspec import Struct

from pytest_enrich import gaps
from pytest_enrich.commands.project import answer, json_option, project_option, say, tell
from pytest_enrich.config import private
from pytest_enrich.data import Attempt, Dropped, NewTest
from pytest_enrich.data.encoded import encoded
from pytest_enrich.data.run import Shard
from pytest_enrich.errors import EnrichError, UsageError
from pytest_enrich.proposers.ollama.question import is_excluded, redacted, scanner
from pytest_enrich.reporters.words import counted, visible
from pytest_enrich.store import Store, disk, identity, python_file

Verdict: TypeAlias = Literal["accepted", "rejected", "kept", "dropped"]
"""People's word, else the proof's."""

TEST_PART = 10
"""One function of so many is for testing, with all that belongs to it."""
MOST_PAIRS = 3
"""Rejected answers beside one chosen answer."""
INSTRUCTION = (
    "Write one short pytest test that makes the function get to the marked line, and asserts what it does."
)


class Example(Struct, frozen=True, kw_only=True):
    """A function with a gap, a test that was tried for it, and what came of it; `why` is a reason or a rung."""

    path: str
    qualname: str
    prompt: str
    completion: str
    verdict: Verdict
    why: str = ""

    @property
    def is_test(self) -> bool:
        """Whether it belongs to the part for testing: all examples of one function do, or none."""
        return Shard(number=1, of=TEST_PART).holds(self.path, self.qualname)

    @property
    def is_good(self) -> bool:
        """Whether a model should answer so: people accepted it, or it was proven and not decided on."""
        return self.verdict in {"accepted", "kept"}

    @property
    def answer(self) -> list[dict[str, str]]:
        """The test as a model would answer it."""
        return _said("assistant", self.completion)


class Gathered(Struct, frozen=True):
    """The examples, and how many were left out for which reason."""

    examples: tuple[Example, ...]
    left_out: Mapping[str, int]


@click.command("export")
@click.argument("out", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--exclude", multiple=True, metavar="GLOB", help="Source or test files of which nothing is exported."
)
@json_option
@project_option
def command(store: Store, out: Path, *, exclude: tuple[str, ...]) -> int:
    """Write datasets for post-training: SFT, KTO and DPO in the JSONL forms that TRL reads, with a card."""
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{visible(str(out))} is not empty\nNothing was written.\nGive a new folder.")
    found = gather(store, (*private.FILES, *private.FOLDERS, *exclude))
    if not found.examples:
        raise UsageError("nothing was tried and decided that could be exported\nNext:  pytest --enrich")
    sets: dict[str, list[tuple[Example, Mapping[str, object]]]] = {
        "sft": [(one, _row(one, completion=one.answer)) for one in found.examples if one.is_good],
        "kto": [(one, _row(one, completion=one.answer, label=one.is_good)) for one in found.examples],
        "dpo": list(_dpo(found.examples)),
    }
    files: dict[Path, str] = {}
    for name, rows in sets.items():
        for part in ("train", "test"):
            lines = [encoded(row) + b"\n" for one, row in rows if one.is_test == (part == "test")]
            if lines:  # a split without a row is one that `datasets` does not read
                content = b"".join(lines)
                disk.make_folder(out / name)
                disk.write(out / name / f"{part}.jsonl", content)
                files[Path(name, f"{part}.jsonl")] = disk.sha256(content)
    counts = {name: len(rows) for name, rows in sets.items()}
    disk.write(out / "README.md", _card(found, counts, files))
    if not answer({**counts, "left_out": found.left_out}):
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        say(f"{visible(str(out))}: {counted(len(found.examples), 'example')} ({told})")
        tell("".join(f"left out: {count}, {why}\n" for why, count in found.left_out.items()))
    return 0


def gather(store: Store, excluded: Sequence[str]) -> Gathered:
    """All attempts whose function is today what it was then, each once, with the latest word on it."""
    words = _decided(store)
    sources = _Sources(store, excluded)
    left_out: Counter[str] = Counter()
    known: dict[tuple[str, str], Example] = {}
    for attempt in (one.attempt for one in store.attempts()):
        candidate = attempt.candidate
        if not isinstance(candidate, NewTest):
            left_out["a row of a test that exists"] += 1
        elif is_excluded(candidate.placement.path, excluded):
            left_out["of a file that is kept back"] += 1
        elif not (prompt := sources.prompt(attempt)):
            left_out["its function is another by now, or kept back"] += 1
        else:
            verdict, why, code = words.get(candidate.name, _proof(attempt))
            completion = sources.cleaned(
                "\n".join([*candidate.imports, "", "", code or candidate.code]).lstrip("\n")
            )
            known[prompt, completion] = Example(
                path=attempt.path,
                qualname=attempt.qualname,
                prompt=prompt,
                completion=completion,
                verdict=verdict,
                why=why,
            )
    return Gathered(tuple(known.values()), dict(left_out))


def _proof(attempt: Attempt) -> tuple[Verdict, str, str]:
    verdict = attempt.verdict
    if isinstance(verdict, Dropped):
        return "dropped", f"{verdict.rung}: {verdict.reason}", ""
    smaller = verdict.smaller
    return "kept", "", smaller.code if isinstance(smaller, NewTest) else ""


def _decided(store: Store) -> dict[str, tuple[Verdict, str, str]]:
    """What people decided on a test, by its name: the verdict, the reason, and the test as it was shown to them.

    A test that was edited before is no answer that a model should give, and no answer that it should not.
    """
    shown = {(one.id, one.test.body_sha256): one for one in (*store.lying("pending"), *store.lying("decided"))}
    found: dict[str, tuple[Verdict, str, str]] = {}
    for decision in store.decisions():
        one = shown.get((decision.id, decision.body))
        if one is None:
            continue
        name = one.test.names[0]
        if decision.verb == "accept" and not decision.edited:
            found[name] = ("accepted", "", one.test.code)
        elif decision.verb == "reject":
            found[name] = ("rejected", decision.reason, one.test.code)
        else:
            found.pop(name, None)
    return found


class _Sources:
    """Today's functions, as a model is shown them; each file is read once."""

    def __init__(self, store: Store, excluded: Sequence[str]) -> None:
        self._excluded, self._scan = excluded, scanner()
        self._read = cache(partial(_read, store.rootdir))

    def cleaned(self, text: str) -> str:
        """Without what looks like a secret."""
        return redacted(text, self._scan)[0]

    def prompt(self, attempt: Attempt) -> str:
        """The question that the attempt answers, "" when the function is another by now, or must not be shown."""
        text, places = self._read(attempt.path)
        missing = {places[one][1] for one in attempt.candidate.gaps if one in places}
        function = python_file.functions(text, attempt.path).get(attempt.qualname)
        if not missing or function is None or is_excluded(attempt.path, self._excluded):
            return ""
        source = enumerate(text.splitlines()[function.lineno - 1 : function.end_lineno], function.lineno)
        lines = [f"{line}  # <==" if number in missing else line for number, line in source]
        return self.cleaned("\n".join([f"# target: {attempt.path}::{attempt.qualname}", *lines, INSTRUCTION]))


def _read(rootdir: Path, path: str) -> tuple[str, dict[str, tuple[str, int]]]:
    """A file's text and its gaps, nothing where it cannot be read: a path may be anything, and is not followed."""
    try:
        text = python_file.read(rootdir, path).text if identity.inside(rootdir, path) else ""
    except EnrichError:
        return "", {}
    return text, gaps.identify(path, text)


def _said(role: str, text: str) -> list[dict[str, str]]:
    return [{"role": role, "content": text}]


def _row(one: Example, **more: object) -> dict[str, object]:
    return {"prompt": _said("user", one.prompt), **more}


def _dpo(examples: Iterable[Example]) -> Iterator[tuple[Example, Mapping[str, object]]]:
    """Pairs of answers to one question, those that people decided on first."""
    asked: dict[str, list[Example]] = defaultdict(list)
    for one in examples:
        asked[one.prompt].append(one)
    order = ("accepted", "rejected", "kept", "dropped")
    for answers in asked.values():
        ordered = sorted(answers, key=lambda one: order.index(one.verdict))
        bad = [one for one in ordered if not one.is_good]
        for one in (one for one in ordered if one.is_good):
            yield from ((one, _row(one, chosen=one.answer, rejected=other.answer)) for other in bad[:MOST_PAIRS])


def _config(name: str, files: Mapping[Path, str]) -> str:
    """The lines of one dataset.

    Its version is another one for other rows: `datasets` keeps what it read by the folder's name and this, and
    would give the rows of an earlier export to a folder of the same name.
    """
    version = int(disk.sha256("".join(files.values()).encode())[:7], 16)
    splits = "".join(f"  - split: {file.stem}\n    path: {file.as_posix()}\n" for file in files)
    return f"- config_name: {name}\n  version: 1.0.{version}\n  data_files:\n{splits}"


def _card(found: Gathered, counts: Mapping[str, int], files: Mapping[Path, str]) -> str:
    """What is in the folder, in the form that `datasets` reads; `files` with their digests."""
    configs = "".join(
        _config(name, {file: files[file] for file in splits})
        for name, splits in groupby(files, lambda file: file.parent.name)
    )
    verdicts = Counter(one.verdict for one in found.examples)
    reasons = Counter(one.why for one in found.examples if one.why)
    functions = {(one.path, one.qualname): one.is_test for one in found.examples}
    rows = [
        *(f"| {name} | {counts[name]} |" for name in counts),
        *(f"| {name} | {count} |" for name, count in verdicts.most_common()),
        f"| functions for training | {len(functions) - sum(functions.values())} |",
        f"| functions for testing | {sum(functions.values())} |",
        *(f"| {visible(name)} | {count} |" for name, count in reasons.most_common()),
        *(f"| left out: {name} | {count} |" for name, count in found.left_out.items()),
    ]
    return (
        f"---\nconfigs:\n{configs}---\n\n# Tests that were tried, and what became of them\n\n"
        "Exported by pytest-enrich from this project alone. `sft` has prompts with tests that people accepted or\n"
        "that were proven, `kto` all tests with whether they were, `dpo` pairs of these for one prompt. All that\n"
        "belongs to one function is in one split. What looks like a secret was taken out; it holds source code:\n"
        "read it before you share it.\n\n"
        "| what | how many |\n|---|---|\n" + "\n".join(rows) + "\n"
    )
