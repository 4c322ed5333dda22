"""The sandboxes of several machines: jobs go to the workers of a dask.distributed cluster.

Each worker builds its own sandbox once, for the same project folder, with the strongest isolation that works
there. Targets, candidates and verdicts stay with the client: a cluster does not change what is suggested. If a
worker is lost, another one does its job.
"""

from __future__ import annotations

import os
from concurrent.futures import CancelledError
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from msgspec import Struct

from pytest_enrich import __version__
from pytest_enrich.data import Execution, Job
from pytest_enrich.errors import UsageError
from pytest_enrich.sandboxes import isolation, reply
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

CONNECT = "5s"
RETRIES = 3
INSTALL = 'pip install "pytest-enrich[dask]"'


class Project(Struct, frozen=True, kw_only=True):
    """What a worker builds its sandbox from: as in `config.Settings`, plus the version of the client."""

    rootdir: Path
    pytest_args: tuple[str, ...]
    env: tuple[str, ...]
    sandbox: str
    version: str = __version__


class ClusterSandbox:
    """A `protocols.Sandbox` that does its jobs on the workers of a cluster; several threads may use it.

    Args:
        address: The scheduler's, `HOST:PORT`.
        project: What the workers build their sandboxes from.

    Raises:
        UsageError: Nothing answers there, there is no worker, or a worker cannot work on this project.
    """

    def __init__(self, address: str, project: Project) -> None:
        self._project, self._address = project, address
        self._client = _connected(address)
        try:
            isolations = self._isolations()
        except UsageError:
            self._client.close()
            raise
        self.isolation = "+".join(sorted({*isolations}))
        self.slots = sum(self._client.nthreads().values())
        self._workers = "1 worker" if len(isolations) == 1 else f"{len(isolations)} workers"
        # Not pure: the same job may be done twice, and each time in a new process, with an answer of its own.
        self._executor = self._client.get_executor(pure=False, retries=RETRIES)

    def _isolations(self) -> list[str]:
        """The isolation of each worker, which keeps its sandbox from here on."""
        place = f"dask://{self._address}"
        refusals = self._client.run(_refusal, self._project)
        if not refusals:
            raise UsageError(f"{place} has no worker; start one:  dask worker {self._address}")
        if message := "\n".join(f"{worker}: {why}" for worker, why in refusals.items() if why):
            raise UsageError(message)
        try:
            return list(self._client.run(_isolation, self._project).values())
        except Exception as error:  # what a worker raises, whatever that is
            raise UsageError(f"a worker of {place} cannot work on this project: {error}") from error

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the jobs are done."""
        return (f"candidates are tried on {self._workers} of dask://{self._address}",)

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """Do `job` on one of the workers; see `protocols.Sandbox`."""
        try:
            return cast("Execution", self._executor.submit(_execute, self._project, job, timeout).result())
        except (CancelledError, OSError, RuntimeError) as error:
            return reply.failed("refused", f"no worker of the cluster could do the job: {error}")

    def close(self) -> None:
        """End the sandboxes of the workers, and leave the cluster as it was."""
        try:
            self._executor.shutdown(wait=False)
            self._client.run(_close, self._project)
        except (OSError, RuntimeError):  # the cluster is gone, and the sandboxes with it
            pass
        finally:
            self._client.close()


def _connected(address: str) -> Any:  # noqa: ANN401 - a client, of a library that may be missing
    """A client of the cluster that does not become the default client."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(f"dask.distributed is not installed\nInstall it:  {INSTALL}") from None
    try:
        return cast("Any", Client)(f"tcp://{address}", timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"nobody answers at dask://{address}: {error}\nStart one:  dask scheduler") from error


@lru_cache(maxsize=1)  # a worker works on one project at a time
def _sandbox(project: Project) -> ForkserverSandbox:
    """The sandbox of this worker."""
    layers = isolation.choose(project.sandbox, project.rootdir)
    return ForkserverSandbox(ProcessSandbox(project.rootdir, project.pytest_args, project.env, layers=layers))


def _refusal(project: Project) -> str:
    """Why this worker cannot work on the project, "" if it can."""
    if not project.rootdir.is_dir():
        return f"there is no {project.rootdir} on {os.uname().nodename}"
    mismatch = f"pytest-enrich {__version__} there, {project.version} here"
    return "" if project.version == __version__ else mismatch


def _isolation(project: Project) -> str:
    return _sandbox(project).isolation


def _execute(project: Project, job: Job, timeout: float) -> Execution:
    return _sandbox(project).execute(job, timeout=timeout)


def _close(project: Project) -> None:
    _sandbox(project).close()
    _sandbox.cache_clear()
