"""A fresh interpreter for each job: slow, portable, and the reference for every other sandbox."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import secrets
import signal
import stat
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from pytest_enrich.data import (
    Answered,
    Collect,
    Collected,
    Execution,
    Explore,
    Explored,
    Failed,
    Job,
    Mutate,
    Mutated,
    Prove,
    Proved,
    Record,
    Recorded,
    Varied,
    Vary,
    World,
)
from pytest_enrich.sandboxes import child, environment, excess, limits, scratch
from pytest_enrich.sandboxes.isolation import RLIMITS_ONLY, Confinement, Isolation
from pytest_enrich.sandboxes.limits import Limits

Answer: TypeAlias = Collected | Recorded | Explored | Proved | Mutated | Varied
Reason: TypeAlias = Literal["timeout", "memory", "crash", "refused", "no answer", "bad answer"]

PAYLOAD = Path(__file__).resolve().parent.parent / "payload" / "__main__.py"
REASONS: Mapping[str, Reason] = {"memory": "memory", "refused": "refused"}
"""What a job can say itself of why there is no answer; all else is a crash."""
MOST_ANSWER = 16 * limits.MIB
ANSWERS: Mapping[type[Job], type[Answer]] = {
    Collect: Collected,
    Record: Recorded,
    Explore: Explored,
    Prove: Proved,
    Mutate: Mutated,
    Vary: Varied,
}


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What the payload is told, as JSON.

    `answer` is the file to answer in, `path` are entries for the front of its import path; `environ` are
    variables that a fork sets, because they are not those of the process that it was made of.
    """

    job: Job
    rootdir: str
    scratch: str
    answer: str
    pytest_args: tuple[str, ...]
    path: tuple[str, ...]
    limits: Limits
    confinement: Confinement | None
    environ: dict[str, str] = {}


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the payload writes: an answer, or why there is none."""

    answer: msgspec.Raw = msgspec.Raw(b"null")
    failed: str = ""
    detail: str = ""


class ProcessSandbox(msgspec.Struct, frozen=True):
    """A `protocols.Sandbox` that starts a Python for each job.

    Attributes:
        rootdir: The project's, absolute; the job's working directory.
        pytest_args: What starts pytest on the user's configuration.
        env: Names of variables that are passed on although they look like secrets.
        python: The interpreter, the user's own.
        path: Entries for the front of the job's import path; by default the rootdir when it is on ours, as
            `python -m pytest` puts it there.
        layers: The kernel's layers round each job.
    """

    rootdir: Path
    pytest_args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    python: str = sys.executable
    path: tuple[str, ...] | None = None
    layers: Isolation = RLIMITS_ONLY

    @property
    def isolation(self) -> str:
        """Below them always: an environment without secrets, resource limits, an end to all processes."""
        return self.layers.name

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """Do `job` in a fresh interpreter; see `protocols.Sandbox`."""
        started = time.monotonic()
        if refusal := self._refusal(job):
            return failed("refused", refusal)
        try:
            with scratch.directory(home=world(job).home) as place:
                answer_file = place / answer_name()
                ended = self._run(job, place, answer_file, timeout)
                execution = judge(job, ended, answer_file)
        except OSError as error:
            execution = failed("refused", f"the job could not be started: {error}")
        return msgspec.structs.replace(execution, seconds=time.monotonic() - started)

    def _run(self, job: Job, place: Path, answer_file: Path, timeout: float) -> child.Ended:
        work = self.work(job, answer_file, timeout)
        job_file = place / "job.json"
        job_file.write_bytes(msgspec.json.encode(work))
        environ = environment.clean(os.environ, place, allowed=self.env, world=world(job))
        command = self.layers.command((self.python, str(PAYLOAD), str(job_file)), place, self.rootdir)
        return child.run(
            command,
            cwd=self.rootdir,
            environ=environ,
            timeout=timeout,
            excess=functools.partial(excess.found, place, excess.processes()),
            namespace=bool(self.layers.bwrap),
        )

    def _refusal(self, job: Job) -> str:
        """Why this cannot be done here, "" when it can."""
        if not isinstance(job, Prove) or not job.workers:
            return ""
        if importlib.util.find_spec("xdist") is None:
            return "pytest-xdist is not installed"
        confinement = self.layers.confinement(forks=False)
        if confinement is not None and not confinement.programs:
            return f"the workers of pytest-xdist are programs, and {self.isolation} lets none be started"
        return ""

    def work(self, job: Job, answer_file: Path, timeout: float, environ: Mapping[str, str] | None = None) -> Work:
        """What the payload is told about a job that answers in that file of its scratch directory."""
        return Work(
            job=job,
            rootdir=str(self.rootdir),
            scratch=str(answer_file.parent),
            answer=str(answer_file),
            pytest_args=self.pytest_args,
            path=self.import_path(),
            limits=limits.within(timeout),
            confinement=self.layers.confinement(forks=isinstance(job, Explore | Mutate | Vary)),
            environ=dict(environ or {}),
        )

    def close(self) -> None:
        """Nothing goes on between jobs."""

    def import_path(self) -> tuple[str, ...]:
        """Entries for the front of a job's import path."""
        if self.path is not None:
            return self.path
        ours = {os.path.realpath(entry or os.curdir) for entry in sys.path}
        return (str(self.rootdir),) if os.path.realpath(self.rootdir) in ours else ()


def world(job: Job) -> World:
    """Where and when a job is done."""
    return job.world if isinstance(job, Prove) else environment.HERE


def answer_name() -> str:
    """A name that code in the job's process cannot guess: it has to look for it in our frames."""
    return f"answer-{secrets.token_hex(16)}.json"


def judge(job: Job, ended: child.Ended, answer_file: Path) -> Execution:
    """An answer counts only when the job came to its own end and what it says has the right shape."""
    if ended.stopped:
        late = ended.stopped == "timeout"
        why = "it did not end in time" if late else f"it was ended: {ended.stopped}"
        return failed("timeout" if late else "crash", why, ended)
    raw = read(answer_file)
    if ended.how != "exit 0" or raw is None:
        return _unanswered(ended)
    if len(raw) > MOST_ANSWER:
        return failed("bad answer", f"more than {MOST_ANSWER} bytes", ended)
    try:
        reply = msgspec.json.decode(raw, type=Reply)
        if reply.failed:
            return failed(REASONS.get(reply.failed, "crash"), reply.detail, ended)
        answer = msgspec.json.decode(reply.answer, type=ANSWERS[type(job)])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return failed("bad answer", str(error), ended)
    return Answered(answer=answer, seconds=0.0, output=ended.output)


def read(path: Path) -> bytes | None:
    """The start of a regular file: the job may have put a pipe, a link or a flood in its place."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return file.read(MOST_ANSWER + 1)
    return None


def _unanswered(ended: child.Ended) -> Failed:
    kind, _, number = ended.how.partition(" ")
    if kind == "exit":
        return failed("no answer", f"it left with status {number}", ended)
    if kind == "signal" and int(number) == signal.SIGXCPU:
        return failed("timeout", "it used up its processor time", ended)
    if kind == "signal":
        return failed("crash", f"it was ended by {_signal_name(int(number))}", ended)
    return failed("crash", "it ended together with its supervisor", ended)


def _signal_name(number: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def failed(reason: Reason, detail: str, ended: child.Ended | None = None) -> Failed:
    """A failure, with the end of what was printed."""
    output = ended.output.strip()[-1500:] if ended else ""
    return Failed(reason=reason, detail=f"{detail}\n{output}".strip(), seconds=0.0)
