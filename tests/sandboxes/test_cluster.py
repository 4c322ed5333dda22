"""Jobs on the workers of a cluster: a real scheduler and two real workers, started as the how-to says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing, contextmanager

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Answered, Prove
from pytest_enrich.errors import UsageError
from pytest_enrich.sandboxes.cluster import ClusterSandbox, Project
from pytest_enrich.sandboxes.process import ProcessSandbox

pytest.importorskip("distributed", reason='needs pip install "pytest-enrich[dask]"')

SLOW = "import os, time\n\n\ndef test_it():\n    time.sleep(2)\n"


@contextmanager
def started(*command):
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def waited_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """Where it listens, HOST:PORT."""
    file = tmp_path_factory.mktemp("cluster") / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    with started(sys.executable, "-m", "distributed.cli.dask_scheduler", *options):
        waited_for(lambda: file.is_file() and file.stat().st_size)
        yield json.loads(file.read_text())["address"].removeprefix("tcp://")


@pytest.fixture
def workers(scheduler, tmp_path):
    """The processes of two workers, which nothing starts again."""

    def command(number):
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path / number))
        return started(sys.executable, "-m", "distributed.cli.dask_worker", f"tcp://{scheduler}", *options)

    with command("1") as first, command("2") as second:
        yield first, second


@pytest.fixture
def cluster(scheduler, workers, project):
    def cluster(**changes):
        asked = replace(Project(rootdir=project, pytest_args=(), env=(), sandbox="process"), **changes)

        def made():
            try:
                made = ClusterSandbox(scheduler, asked)
            except UsageError as error:
                if "has no worker" in str(error):
                    return None
                raise
            if made.slots == len(workers):
                return made
            made.close()
            return None

        return closing(waited_for(made))

    return cluster


def test_a_worker_gives_the_answer_that_this_machine_gives(cluster, project):
    text = "from shop.cart import Cart\n\n\ndef test_it(cart):\n    assert cart.total() == 0\n"
    job = Prove(text=textwrap.dedent(text), path="tests/test_new.py")
    here = ProcessSandbox(project).execute(job, timeout=30.0)
    with cluster() as sandbox:
        there = sandbox.execute(job, timeout=30.0)
        assert (sandbox.isolation, sandbox.slots) == ("rlimits-only", 2)
    assert isinstance(here, Answered)
    assert isinstance(there, Answered)
    plain = [
        replace(one.answer, outcomes=tuple(replace(test, seconds=0.0) for test in one.answer.outcomes))
        for one in (here, there)
    ]
    assert plain[0] == plain[1]


def test_the_job_of_a_lost_worker_is_done_by_another_one(cluster, workers):
    job = Prove(text=SLOW, path="tests/test_new.py")
    with cluster() as sandbox:
        ended = []
        asking = [
            threading.Thread(target=lambda: ended.append(sandbox.execute(job, timeout=60.0))) for _ in range(2)
        ]
        for one in asking:
            one.start()
        time.sleep(1.0)
        os.kill(workers[0].pid, signal.SIGKILL)
        for one in asking:
            one.join()
        assert [type(one) for one in ended] == [Answered, Answered]
        assert [test.result for one in ended for test in one.answer.outcomes] == ["passed", "passed"]


def test_a_worker_without_the_folder_is_named(cluster, tmp_path):
    with pytest.raises(UsageError, match=r"there is no .*/elsewhere on "), cluster(rootdir=tmp_path / "elsewhere"):
        pass


def test_a_worker_with_another_release_is_named(cluster):
    with pytest.raises(UsageError, match=r"pytest-enrich .* there, 0\.0\.1 here"), cluster(version="0.0.1"):
        pass


def test_where_no_scheduler_listens_the_command_that_starts_one_is_told(project):
    asked = Project(rootdir=project, pytest_args=(), env=(), sandbox="process")
    with pytest.raises(UsageError, match=r"nobody answers at dask://127\.0\.0\.1:9: (.|\n)*dask scheduler"):
        ClusterSandbox("127.0.0.1:9", asked)


def test_a_cluster_without_workers_is_told_how_to_get_one(scheduler, project):
    asked = Project(rootdir=project, pytest_args=(), env=(), sandbox="process")
    with pytest.raises(UsageError, match=f"has no worker; start one:  dask worker {scheduler}"):
        ClusterSandbox(scheduler, asked)
