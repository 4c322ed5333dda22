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
"""What people decided, or else what the proof said."""

TEST_PART = 10
"""One function in this many is for testing, with all that belongs to it."""
MOST_PAIRS = 3
"""Rejected answers that one chosen answer is paired with, at most."""
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
        """Whether a model should answer like this: people accepted it, or it was proven and not decided on."""
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
    gathered = gather(store, (*private.FILES, *private.FOLDERS, *exclude))
    if not gathered.examples:
        raise UsageError("nothing was tried and decided that could be exported\nNext:  pytest --enrich")
    some = gathered.examples
    sets: dict[str, list[tuple[Example, Mapping[str, object]]]] = {
        "sft": [(each, _row(each, completion=each.answer)) for each in some if each.is_good],
        "kto": [(each, _row(each, completion=each.answer, label=each.is_good)) for each in some],
        "dpo": list(_dpo(some)),
    }
    files: dict[Path, str] = {}
    for name, rows in sets.items():
        for part in ("train", "test"):
            chosen = (row for example, row in rows if example.is_test == (part == "test"))
            if content := b"".join(encoded(row) + b"\n" for row in chosen):  # `datasets` reads no empty split
                disk.make_folder(out / name)
                disk.write(out / name / f"{part}.jsonl", content)
                files[Path(name, f"{part}.jsonl")] = disk.sha256(content)
    counts = {name: len(rows) for name, rows in sets.items()}
    disk.write(out / "README.md", _card(gathered, counts, files))
    if not answer({**counts, "left_out": gathered.left_out}):
        totals = ", ".join(f"{name} {count}" for name, count in counts.items())
        say(f"{visible(str(out))}: {counted(len(gathered.examples), 'example')} ({totals})")
        tell("".join(f"left out: {count}, {why}\n" for why, count in gathered.left_out.items()))
    return 0


def gather(store: Store, excluded: Sequence[str]) -> Gathered:
    """All attempts whose function has not changed since, each once, with the latest verdict on it."""
    words = _decided(store)
    sources = _Sources(store, excluded)
    left_out: Counter[str] = Counter()
    examples: dict[tuple[str, str], Example] = {}
    for attempt in (attempted.attempt for attempted in store.attempts()):
        candidate = attempt.candidate
        if not isinstance(candidate, NewTest):
            left_out["a row of a test that exists"] += 1
        elif is_excluded(candidate.placement.path, excluded):
            left_out["of a file that is kept back"] += 1
        elif not (prompt := sources.prompt(attempt)):
            left_out["its function is another by now, or kept back"] += 1
        else:
            verdict, why, code = words.get(candidate.name, _proof(attempt))
            text = "\n".join([*candidate.imports, "", "", code or candidate.code]).lstrip("\n")
            completion = sources.cleaned(text)
            asked = {"path": attempt.path, "qualname": attempt.qualname, "prompt": prompt}
            examples[prompt, completion] = Example(**asked, completion=completion, verdict=verdict, why=why)
    return Gathered(tuple(examples.values()), dict(left_out))


def _proof(attempt: Attempt) -> tuple[Verdict, str, str]:
    verdict = attempt.verdict
    if isinstance(verdict, Dropped):
        return "dropped", f"{verdict.rung}: {verdict.reason}", ""
    smaller = verdict.smaller
    return "kept", "", smaller.code if isinstance(smaller, NewTest) else ""


def _decided(store: Store) -> dict[str, tuple[Verdict, str, str]]:
    """What people decided on a test, by its name: the verdict, the reason, and the test as it was shown to them.

    A test that was accepted in an edited form is neither a good answer of a model nor a bad one.
    """
    lying = (*store.lying("pending"), *store.lying("decided"))
    shown = {(suggestion.id, suggestion.test.body_sha256): suggestion for suggestion in lying}
    verdicts: dict[str, tuple[Verdict, str, str]] = {}
    for decision in store.decisions():
        suggestion = shown.get((decision.id, decision.body))
        if suggestion is None:
            continue
        name = suggestion.test.names[0]
        if decision.verb == "accept" and not decision.edited:
            verdicts[name] = ("accepted", "", suggestion.test.code)
        elif decision.verb == "reject":
            verdicts[name] = ("rejected", decision.reason, suggestion.test.code)
        else:
            verdicts.pop(name, None)
    return verdicts


class _Sources:
    """Today's functions, as a model is shown them; each file is read once."""

    def __init__(self, store: Store, excluded: Sequence[str]) -> None:
        self._excluded, self._scan = excluded, scanner()
        self._read = cache(partial(_read, store.rootdir))

    def cleaned(self, text: str) -> str:
        """The text without what looks like a secret."""
        return redacted(text, self._scan)[0]

    def prompt(self, attempt: Attempt) -> str:
        """The question that the attempt answers, "" when the function has changed since, or must not be shown."""
        text, places = self._read(attempt.path)
        missing = {places[gap][1] for gap in attempt.candidate.gaps if gap in places}
        function = python_file.functions(text, attempt.path).get(attempt.qualname)
        if not missing or function is None or is_excluded(attempt.path, self._excluded):
            return ""
        source = enumerate(text.splitlines()[function.lineno - 1 : function.end_lineno], function.lineno)
        lines = [f"{line}  # <==" if number in missing else line for number, line in source]
        return self.cleaned("\n".join([f"# target: {attempt.path}::{attempt.qualname}", *lines, INSTRUCTION]))


def _read(rootdir: Path, path: str) -> tuple[str, dict[str, tuple[str, int]]]:
    """A file's text and gaps, nothing if it cannot be read; a path, which may be anything, must stay inside."""
    try:
        text = python_file.read(rootdir, path).text if identity.inside(rootdir, path) else ""
    except EnrichError:
        return "", {}
    return text, gaps.identify(path, text)


def _said(role: str, text: str) -> list[dict[str, str]]:
    return [{"role": role, "content": text}]


def _row(example: Example, **more: object) -> dict[str, object]:
    return {"prompt": _said("user", example.prompt), **more}


def _dpo(examples: Iterable[Example]) -> Iterator[tuple[Example, Mapping[str, object]]]:
    """Pairs of answers to one question, those that people decided on first."""
    asked: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        asked[example.prompt].append(example)
    order = ("accepted", "rejected", "kept", "dropped")
    for answers in asked.values():
        ordered = sorted(answers, key=lambda example: order.index(example.verdict))
        bad = [example for example in ordered if not example.is_good]
        for good in (good for good in ordered if good.is_good):
            for worse in bad[:MOST_PAIRS]:
                yield good, _row(good, chosen=good.answer, rejected=worse.answer)


def _config(name: str, files: Mapping[Path, str]) -> str:
    """The lines of one dataset.

    Its version changes with its rows: `datasets` caches what it read by the folder's name and the version, and
    would otherwise give a folder of the same name the rows of an earlier export.
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
    verdicts = Counter(example.verdict for example in found.examples)
    reasons = Counter(example.why for example in found.examples if example.why)
    functions = {(example.path, example.qualname): example.is_test for example in found.examples}
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
