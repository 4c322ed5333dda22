"""A run without a model says nothing to the network."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter

import network
import pytest

SOURCE = "def discount(total):\n    if total < 0:\n        raise ValueError('negative')\n    return total\n"
TEST = "from shop import discount\n\n\ndef test_discount():\n    assert discount(10) == 10\n"
CALLS = "import socket\n\n\ndef test_calls():\n    socket.socket().connect_ex(('127.0.0.1', 9))\n"
EXAMPLES = """\
12 connect(3, {sa_family=AF_INET, sin_port=htons(11434), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS
12 connect(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", ...
12 sendto(4, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, 16) = 1
12 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = 0
12 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = -1 EPERM (Operation not permitted)
"""


def why_not():
    """Why nothing can be traced here, "" where it can."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed"
    ended = subprocess.run(
        [strace, "-f", "--seccomp-bpf", "-o", os.devnull, "true"], capture_output=True, check=False
    )
    return "processes must not be traced here" if ended.returncode else ""


@pytest.fixture
def project(tmp_path):
    if reason := why_not():
        pytest.skip(reason)
    for path, text in {"src/shop.py": SOURCE, "tests/test_shop.py": TEST}.items():
        (tmp_path / "tiny" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tiny" / path).write_text(text)
    (tmp_path / "tiny" / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["src"]\n')
    return tmp_path / "tiny"


@pytest.mark.slow
def test_a_run_without_a_model_says_nothing_to_the_network(project, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_enrich.plugin,pytest_cov.plugin")
    words = ("--enrich", "--enrich-budget=50x", "--enrich-model=none")
    found = network.traced(project, tmp_path / "log", *words)
    assert network.foreign(found) == []
    assert [*(project / "enrich-suggestions" / "pending").iterdir()]


def test_what_a_test_says_to_the_network_is_found(project, tmp_path):
    (project / "tests" / "test_shop.py").write_text(CALLS)
    found = network.traced(project, tmp_path / "log", "-p", "no:enrich")
    assert network.foreign(found) == ["AF_INET 127.0.0.1:9"]


def test_addresses_are_read_out_of_a_trace():
    found = Counter(network.said(EXAMPLES.splitlines()))
    assert [*found] == ["AF_INET 127.0.0.1:11434", "AF_INET6 ::1:443", "AF_INET 10.0.0.2:53", "AF_UNIX"]
    assert network.foreign(found, model=True) == ["AF_INET 10.0.0.2:53"]
    assert network.foreign(found) == [*found][:3]
