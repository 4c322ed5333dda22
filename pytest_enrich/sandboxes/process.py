"""A fresh interpreter for each job: slow, portable, and the reference for every other sandbox."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from pytest_enrich.data import Execution, Explore, Job, Mutate, Prove, Running, Vary, World
from pytest_enrich.sandboxes import environment, limits, reply
from pytest_enrich.sandboxes.environment import scratch_directory
from pytest_enrich.sandboxes.isolation import RLIMITS_ONLY, Confinement, Isolation
from pytest_enrich.sandboxes.limits import Limits, excess, start

PAYLOAD = Path(__file__).resolve().parent.parent / "payload" / "__main__.py"


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What the payload is told, as JSON.

    `answer` is the file to write the answer to, `path` has entries for the front of the import path; `environ` has
    the variables that a fork sets because they differ from those of the process it was forked from.
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


class ProcessSandbox(msgspec.Struct, frozen=True):
    """A `protocols.Sandbox` that starts a Python interpreter for each job.

    Attributes:
        rootdir: The project's, absolute; the job's working directory.
        pytest_args: The arguments that start pytest with the user's configuration.
        env: Names of variables that are passed on although they look like secrets.
        python: The interpreter, the user's own.
        layers: The kernel's layers around each job.
    """

    rootdir: Path
    pytest_args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    python: str = sys.executable
    layers: Isolation = RLIMITS_ONLY

    @property
    def isolation(self) -> str:
        """The layers; always with an environment without secrets, resource limits, an end to all processes."""
        return self.layers.name

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """Do `job` in a fresh interpreter; see `protocols.Sandbox`."""
        started = time.monotonic()
        if refusal := self._refusal(job):
            return reply.failed("refused", refusal)
        try:
            with scratch_directory(home=world(job).home) as place:
                answer_file = place / reply.answer_name()
                ended = self._run(job, place, answer_file, timeout)
                execution = reply.judge(job, ended, answer_file)
        except OSError as error:
            execution = reply.failed("refused", f"the job could not be started: {error}")
        return msgspec.structs.replace(execution, seconds=time.monotonic() - started)

    def _run(self, job: Job, place: Path, answer_file: Path, timeout: float) -> Ended:
        """Run the payload; when this returns, none of its processes is alive.

        Raises:
            OSError: It cannot be started.
        """
        work = self.work(job, answer_file, timeout)
        job_file = place / "job.json"
        job_file.write_bytes(msgspec.json.encode(work))
        environ = environment.clean(os.environ, place, allowed=self.env, world=world(job))
        inner = (self.python, str(PAYLOAD), str(job_file))
        command = self.layers.command(inner, place, self.rootdir, writes(work.job))
        overused = functools.partial(excess, place, start(place))
        with tempfile.TemporaryFile(buffering=0) as output:
            reader, writer = os.pipe()
            try:
                with _started([*command, str(writer)], self.rootdir, environ, writer, output) as process:
                    watch = Watch(time.monotonic() + timeout, overused)
                    # In a namespace the job has its own process numbers: ours with these numbers are others.
                    status, stopped = _attend(process, reader, watch, namespace=bool(self.layers.bwrap))
            finally:
                os.close(reader)
            return ended(status, stopped, overused, output)

    def _refusal(self, job: Job) -> str:
        """Why the job cannot be done here, "" if it can."""
        if not isinstance(job, Prove) or not job.workers:
            return ""
        if importlib.util.find_spec("xdist") is None:
            return "pytest-xdist is not installed"
        confinement = self.layers.confinement(forks=False)
        if confinement is not None and not confinement.programs:
            return f"the workers of pytest-xdist are programs, and {self.isolation} lets none be started"
        return ""

    def work(self, job: Job, answer_file: Path, timeout: float, environ: Mapping[str, str] | None = None) -> Work:
        """What the payload is told about a job that writes its answer to this file in its scratch directory."""
        job, written = self.allowed(job)
        return Work(
            job=job,
            rootdir=str(self.rootdir),
            scratch=str(answer_file.parent),
            answer=str(answer_file),
            pytest_args=self.pytest_args,
            path=self.import_path(),
            limits=limits.within(timeout),
            confinement=self.layers.confinement(forks=isinstance(job, Explore | Mutate | Vary), written=written),
            environ=dict(environ or {}),
        )

    def allowed(self, job: Job) -> tuple[Job, list[str]]:
        """The job, with `writes` only if they leave no trace, and the directories that it may write in."""
        written = self.layers.written(self.rootdir, writes(job))
        return (job if written or not writes(job) else msgspec.structs.replace(job, writes=())), written

    def close(self) -> None:
        """Do nothing: nothing is running between jobs."""

    def import_path(self) -> tuple[str, ...]:
        """Entries for the front of a job's import path: rootdir if it is on ours, as with `python -m pytest`."""
        ours = {os.path.realpath(entry or os.curdir) for entry in sys.path}
        return (str(self.rootdir),) if os.path.realpath(self.rootdir) in ours else ()


def writes(job: Job) -> tuple[str, ...]:
    """The paths in the project that a job may write."""
    return job.writes if isinstance(job, Running) else ()


def world(job: Job) -> World:
    """The world (time zone, locale, ...) that a job is done in."""
    return job.world if isinstance(job, Prove) else environment.HERE


MOST_OUTPUT = 8192
"""Bytes kept from the end of the output."""
PATIENCE = 8.0
"""Seconds for the job's supervisor to end what is left, before it is killed itself."""
GLANCE = 0.5
"""Seconds between two checks of what a job uses."""


class Ended(Struct, frozen=True, kw_only=True):
    """How a child ended: `how` is `exit N`, `signal N`, `stopped` (by us) or "" (unknown).

    `stopped` says why we ended it: `timeout`, or what it used too much of (even if it was done before that was
    noticed); "" if it ended by itself.
    """

    how: str
    stopped: str
    output: str


class Watch(Struct, frozen=True):
    """When to end a job that has not ended by itself."""

    deadline: float
    excess: Callable[[], str]

    def reason(self) -> str:
        """Why to end it now, "" while it may go on."""
        return "timeout" if time.monotonic() >= self.deadline else self.excess()


def start_apart(
    command: Sequence[str], cwd: Path, environ: Mapping[str, str], descriptor: int, output: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start a process in its own session that inherits this descriptor and has nothing to read on stdin.

    Raises:
        OSError: It cannot be started.
    """
    # Not the null device: through the machine's own one, its mode could be changed.
    stdin, writer = os.pipe()
    os.close(writer)
    try:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environ),
            stdin=stdin,
            stdout=output,
            stderr=output,
            pass_fds=(descriptor,),
            start_new_session=True,
        )
    finally:
        os.close(stdin)


@contextlib.contextmanager
def _started(
    command: Sequence[str], cwd: Path, environ: Mapping[str, str], writer: int, output: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        process = start_apart(command, cwd, environ, writer, output)
    finally:
        os.close(writer)
    try:
        yield process
    finally:
        _end(process, environ[environment.JOB])


def _attend(process: subprocess.Popen[bytes], reader: int, watch: Watch, *, namespace: bool) -> tuple[bytes, str]:
    """What the supervisor wrote before it ended, and why it had to be stopped, "" if it did not."""
    status = bytearray()
    stopped = read(reader, status, watch)
    if stopped:
        process.terminate()
        if read(reader, status, Watch(time.monotonic() + PATIENCE, str)):
            process.kill()
        if not namespace:
            _end_group(bytes(status))
    return bytes(status), stopped


def read(reader: int, said: bytearray, watch: Watch) -> str:
    """Read to the end of the file; returns why that was not waited for, or ""."""
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while True:
            left = max(0.0, watch.deadline - time.monotonic())
            if not selector.select(min(left, GLANCE)):
                if reason := watch.reason():
                    return reason
                continue
            part = os.read(reader, 4096)
            if not part:
                return ""
            said += part[: max(0, MOST_OUTPUT - len(said))]


def _end_group(said: bytes) -> None:
    first = said.partition(b"\n")[0].split()
    if first and first[0].isdigit():
        with contextlib.suppress(OSError):
            os.killpg(int(first[0]), signal.SIGKILL)


def _end(process: subprocess.Popen[bytes], job: str) -> None:
    """End a supervisor that is still running (we were interrupted), and the strays of one that was killed."""
    if process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    if process.poll() != 0:
        process.kill()
        process.wait()
        end_strays(job)


def end_strays(job: str) -> None:
    """Kill processes with the job's mark in their environment until there are none."""
    mark = f"{environment.JOB}={job}".encode()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        strays = [number for number in limits.processes() if mark in _environ(number)]
        if not strays:
            return
        for number in strays:
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.01)


def _environ(process: int) -> list[bytes]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    return []


def ended(said: bytes, stopped: str, excess: Callable[[], str], output: IO[bytes]) -> Ended:
    """How a job ended, after it is done: what it used is checked once more."""
    return Ended(how=how(said), stopped=stopped or excess(), output=tail(output))


def how(said: bytes) -> str:
    """How a job ended according to its supervisor; "" if it did not say."""
    lines = said.decode("ascii", "replace").splitlines()
    return lines[1] if len(lines) > 1 else ""


def tail(output: IO[bytes]) -> str:
    """The end of the output."""
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - MOST_OUTPUT))
    return output.read(MOST_OUTPUT).decode("utf-8", "replace")
