"""A fresh interpreter for each job: slow, portable, and the reference for every other sandbox."""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from pytest_enrich.data import Execution, Explore, Job, Mutate, Prove, Vary, World
from pytest_enrich.sandboxes import child, environment, limits, reply
from pytest_enrich.sandboxes.environment import scratch_directory
from pytest_enrich.sandboxes.isolation import RLIMITS_ONLY, Confinement, Isolation
from pytest_enrich.sandboxes.limits import Limits, excess, start

PAYLOAD = Path(__file__).resolve().parent.parent / "payload" / "__main__.py"


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
            return reply.failed("refused", refusal)
        try:
            with scratch_directory(home=world(job).home) as place:
                answer_file = place / reply.answer_name()
                ended = self._run(job, place, answer_file, timeout)
                execution = reply.judge(job, ended, answer_file)
        except OSError as error:
            execution = reply.failed("refused", f"the job could not be started: {error}")
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
            excess=functools.partial(excess, place, start(place)),
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
