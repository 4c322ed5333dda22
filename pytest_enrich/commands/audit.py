"""`pytest-enrich audit`: proof, for later, of who or what wrote a test, from what, and what was checked."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from pytest_enrich.commands.project import FOUND, answer, json_option, project_option, say
from pytest_enrich.data import Attempt, Begun, Decision, Dropped, Kept
from pytest_enrich.data.run import Written
from pytest_enrich.errors import StoreError, UsageError
from pytest_enrich.reporters.words import counted, visible, visible_lines
from pytest_enrich.store import Store, disk, evidence, identity
from pytest_enrich.store.evidence import Checked, Line

NAMESPACE = "pytest-enrich"
"""The namespace of the signature, for `ssh-keygen -Y`."""
_DATE = (1980, 1, 1, 0, 0, 0)


@click.group("audit")
def command() -> None:
    """Show and check the evidence of all runs and decisions."""


@command.command("verify")
@click.option(
    "--head", default="", metavar="SHA256", help="How the evidence ended once: that it goes on from there."
)
@json_option
@project_option
def verify(store: Store, *, head: str) -> int:
    """Go along the whole evidence: has a line been changed, removed, added, or moved? Exit with 1 if so."""
    checked = store.evidence.check()
    faults = (*checked.faults, *_lost(checked, head))
    head_now, foreign = checked.head, checked.foreign
    if not answer({"lines": head_now.lines, "head": head_now.digest, "foreign": foreign, "faults": faults}):
        say(visible_lines("\n".join(_verified(checked, faults))))
    return FOUND if faults else 0


def whole(store: Store, nothing: str) -> Checked:
    """The evidence, provided that nothing is wrong with it.

    Raises:
        UsageError: Something is wrong; `nothing` says that nothing was done.
    """
    checked = store.evidence.check()
    if checked.faults:
        fault = visible(checked.faults[0])
        raise UsageError(f"the evidence is broken: {fault}\n{nothing}\nAll faults:  pytest-enrich audit verify")
    return checked


def _lost(found: Checked, head: str) -> Iterator[str]:
    """A fault, if the evidence no longer has the line that it once ended with."""
    ends = {*(line.previous for line in found.lines), found.head.digest}
    if head and head not in ends:
        yield f"no line of it is {head}: what ended so was cut off, or made again"


def _verified(found: Checked, faults: Sequence[str]) -> Iterator[str]:
    if not found.head.lines and not faults:
        yield "There is no evidence yet.\nNext:  pytest --enrich"
        return
    kinds = Counter(line.kind for line in found.lines)
    parts = [counted(kinds[kind], kind) for kind in ("run", "attempt", "suggestion", "decision") if kinds[kind]]
    yield f"evidence  {counted(found.head.lines, 'line')} ({', '.join(parts)})"
    yield f"sealed    {counted(len(found.lines) - found.foreign, 'line')} on this machine, for this project"
    yield f"head      {found.head.digest}"
    if found.cut.lines:
        yield f"removed   {counted(found.cut.lines, 'line')} before the first, by pytest-enrich clean"
    yield from (f"broken    {fault}" for fault in faults)
    if faults:
        yield "So it proves nothing. As it was, it may lie in a backup, or in the artifact of the run."
    else:
        yield "Nothing was changed, removed, added or moved."


@command.command("show")
@click.argument("prefix", metavar="ID")
@json_option
@project_option
def show(store: Store, prefix: str) -> int:
    """Tell the story of one suggestion: what ran, what was asked and tried, what was checked and decided."""
    lines = tuple(store.evidence.lines())
    name = _chosen(prefix, lines)
    story = _story(lines, name)
    if not answer([{name: getattr(line, name) for name in ("number", "at", "kind", "said")} for line in story]):
        say(visible_lines("\n".join(_told(name, story))))
    return 0


def _chosen(prefix: str, lines: Iterable[Line]) -> str:
    """The one id with this prefix, of all suggestions that were ever written.

    Raises:
        UsageError: There is none, or there are several.
    """
    written = (line.told("suggestion", Written) for line in lines)
    return identity.choose_name(prefix, {record.suggestion.id for record in written if record is not None})


def _story(lines: Sequence[Line], name: str) -> list[Line]:
    """The lines about one suggestion: of its run, and of all that came after."""
    written = ((place, line.told("suggestion", Written)) for place, line in enumerate(lines))
    made, suggestion = [(at, told.suggestion) for at, told in written if told and told.suggestion.id == name][-1]
    run = max((place for place in range(made) if lines[place].kind == "run"), default=made)
    gap, prompt = suggestion.gap, suggestion.origin.prompt

    def is_about(place: int, line: Line) -> bool:
        if (attempt := line.told("attempt", Attempt)) is not None:
            return place > run and (attempt.path, attempt.qualname) == (gap.path, gap.qualname)
        if (decision := line.told("decision", Decision)) is not None:
            return place > made and decision.id == name
        # The reply may come from an earlier run.
        is_exchange = line.kind == "exchange" and place < made
        return place in {run, made} or (is_exchange and bool(prompt) and prompt.encode() in bytes(line.said))

    return [line for place, line in enumerate(lines) if is_about(place, line)]


def _told(name: str, story: Iterable[Line]) -> Iterator[str]:
    yield name
    for line in story:
        yield ""
        yield f"{line.number:>6}  {line.at}  {line.kind}"
        yield from (f"        {text}" for text in _facts(line))


def _facts(line: Line) -> Iterator[str]:
    """What a line of evidence says, in a few lines."""
    if (run := line.told("run", Begun)) is not None:
        yield ", ".join(f"{name} {version}" for name, version in run.versions.items())
        yield f"commit {run.commit or 'unknown'}, isolation {run.isolation}, coverage {run.coverage[:12]}"
        for name, works in run.layers.items():
            yield f"layer    {name} {'works' if works else 'does not work'}"
        yield from [f"policy   {run.policy[:12]}"] if run.policy else []
        yield f"options  {', '.join(f'{name}={value}' for name, value in run.options.items() if value)}"
        read = {**run.configuration, **run.sources, **run.tests}
        yield from (f"read     {digest[:12]}  {path}" for path, digest in read.items())
    elif (attempt := line.told("attempt", Attempt)) is not None:
        yield from _of_attempt(attempt)
    elif (written := line.told("suggestion", Written)) is not None:
        proven = written.suggestion
        yield f"{proven.title}: {proven.grade}, body {proven.test.body_sha256[:12]}, patch {written.patch[:12]}"
        yield f"passed {proven.proof.runs.passed} of {proven.proof.runs.of}: {', '.join(proven.proof.runs.modes)}"
        yield from (f"left out {way}" for way in proven.proof.runs.left_out)
        yield proven.proof.mutants.told()
        yield from proven.test.code.rstrip("\n").split("\n")
    elif (decision := line.told("decision", Decision)) is not None:
        note = f" ({decision.note})" if decision.note else ""
        why = f", {decision.reason}{note}" if decision.verb == "reject" else ""
        file = f", {decision.path} {decision.before[:12]} -> {decision.after[:12]}" if decision.path else ""
        yield f"{decision.verb}{why}{file}"
    else:
        yield bytes(line.said)[:2000].decode("utf-8", "replace")


def _of_attempt(attempt: Attempt) -> Iterator[str]:
    origin, verdict = attempt.candidate.origin, attempt.verdict
    who = f"{origin.proposer} {origin.model} {origin.strategy}".strip()
    yield f"{who}: {attempt.candidate.title}"
    if isinstance(verdict, Dropped):
        yield f"dropped  {verdict.rung}: {verdict.reason}"
        yield from (f"         {line}" for line in verdict.detail.splitlines())
    elif isinstance(verdict, Kept):
        yield f"kept     {', '.join(verdict.runs)}; {verdict.mutants.told()}"
        yield from (f"control  {control}: {fate}" for control, fate in verdict.controls.items())


@command.command("export")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The zip file to write.")
@click.option("--sign", type=click.Path(path_type=Path), help="An ssh key: `ssh-keygen -Y sign` signs the file.")
@project_option
def export(store: Store, *, out: Path, sign: Path | None) -> int:
    """Pack the evidence with a list of its digests; the same evidence makes the same file."""
    checked = whole(store, "Nothing was written.")
    marks = (store.evidence.directory / name for name in ("head.json", "cut.json"))
    names = [*store.evidence.files(), *marks]
    contents = {path.name: content for path in names if (content := disk.read(path, evidence.LARGEST)) is not None}
    if not contents:
        raise UsageError("there is no evidence yet\nNothing was written.\nNext:  pytest --enrich")
    contents["SHA256SUMS"] = "".join(f"{disk.sha256(text)}  {name}\n" for name, text in contents.items()).encode()
    disk.write(out, _zipped(contents))
    say(f"{visible(str(out))}: {counted(checked.head.lines, 'line')}, head {checked.head.digest}")
    if sign is not None:
        say(f"signed by {visible(str(sign))}: {visible(str(_sign(out, sign)))}")
    return 0


def _zipped(contents: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(f"evidence/{name}", _DATE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _sign(out: Path, key: Path) -> Path:
    """Sign the file.

    Raises:
        StoreError: There is no `ssh-keygen`, or it refused.
    """
    program = shutil.which("ssh-keygen")
    way = f"ssh-keygen -Y sign -n {NAMESPACE} -f KEY FILE"
    unsigned = f"{out} was written and is not signed.\nTo sign it:  {way}"
    if program is None:
        raise StoreError(f"ssh-keygen is not installed\n{unsigned}")
    signature = out.with_name(f"{out.name}.sig")
    signature.unlink(missing_ok=True)  # `ssh-keygen` would ask whether to overwrite it
    words = [program, "-Y", "sign", "-n", NAMESPACE, "-f", str(key), str(out)]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    if done.returncode or not signature.exists():
        reason = visible(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it said nothing")
        raise StoreError(f"ssh-keygen refused: {reason}\n{unsigned}")
    return signature
