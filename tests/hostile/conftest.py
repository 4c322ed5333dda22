from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_enrich.protocols import Sandbox
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.isolation import Isolation
from pytest_enrich.sandboxes.process import ProcessSandbox

SECRET = "loot-4c1d9a"
CART = '''
class Cart:
    """What somebody wants to buy."""

    def __init__(self, owner, limit=3):
        self.owner = owner
        self.limit = limit
        self.items = []

    def add(self, name, *more, price=0):
        self.items += [name, *more]
        return len(self.items)



def price(amount, currency="EUR"):

    if amount < 0:
        raise ValueError("negative")
    return f"{amount} {currency}"
'''


class World(NamedTuple):
    """What a hostile program finds around it, and what watches over that."""

    root: Path
    outside: Path
    words: dict[str, str]
    victim: subprocess.Popen[bytes]
    listeners: tuple[socket.socket, ...]

    def fill(self, text: str) -> str:
        return re.sub("@([A-Z]+)@", lambda match: self.words[match[1]], text)

    def visitors(self) -> int:
        return sum(_has_visitor(listener) for listener in self.listeners)

    def state(self) -> dict[str, tuple[object, ...]]:
        return {str(path): _told(path) for top in (self.root, self.outside) for path in sorted(top.rglob("*"))}

    def strays(self) -> list[str]:
        return [name for name in _command_lines() if f"stray-{self.words['MARK']}" in name]


def _told(path: Path) -> tuple[object, ...]:
    known = path.lstat()
    content = path.read_bytes() if path.is_file() else b""
    tags = tuple(os.listxattr(path, follow_symlinks=False))
    return known.st_mode, known.st_mtime_ns, known.st_nlink, content, tags


def _has_visitor(listener: socket.socket) -> bool:
    try:
        if listener.type == socket.SOCK_DGRAM:
            listener.recv(10)
        else:
            listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _command_lines() -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(place.read_text(errors="replace"))
    return found


def _listeners(outside: Path, mark: str) -> tuple[socket.socket, ...]:
    tcp, udp, local, abstract, post = (
        socket.socket(family, kind)
        for family, kind in (
            (socket.AF_INET, socket.SOCK_STREAM),
            (socket.AF_INET, socket.SOCK_DGRAM),
            (socket.AF_UNIX, socket.SOCK_STREAM),
            (socket.AF_UNIX, socket.SOCK_STREAM),
            (socket.AF_UNIX, socket.SOCK_DGRAM),
        )
    )
    for one, address in (
        (tcp, ("127.0.0.1", 0)),
        (udp, ("127.0.0.1", 0)),
        (local, str(outside / "service")),
        (abstract, f"\0{mark}"),
        (post, str(outside / "post")),
    ):
        one.settimeout(0)
        one.bind(address)
        if one.type == socket.SOCK_STREAM:
            one.listen()
    return tcp, udp, local, abstract, post


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each test anew: other tests of the same worker are not to see it."""
    monkeypatch.setenv("HOSTILE_TEST_KEY", SECRET)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all programs: each is to leave it as it was."""
    place = Path(os.path.realpath(tmp_path_factory.mktemp("hostile")))
    root, outside = place / "project", place / "outside"
    files = {
        root / "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src']\n",
        root / "src/shop/__init__.py": "",
        root / "src/shop/cart.py": CART.lstrip("\n"),
        root / "tests/test_cart.py": "import shop.cart\n\ndef test_price():\n    assert shop.cart.price(1)\n",
        root / ".env": f"KEY={SECRET}\n",
        root / ".git/config": f"[url]\ntoken = {SECRET}\n",
        outside / "id_rsa": SECRET,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    mark = f"hostile-{os.getpid()}-{time.monotonic_ns()}"
    listeners = _listeners(outside, mark)
    victim = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    words = {
        "PROJECT": str(root),
        "OUTSIDE": str(outside),
        "HARNESS": str(victim.pid),
        "VICTIM": str(victim.pid),
        "PORT": str(listeners[0].getsockname()[1]),
        "UDP": str(listeners[1].getsockname()[1]),
        "ABSTRACT": mark,
        "MARK": mark,
    }
    yield World(root, outside, words, victim, listeners)
    victim.kill()
    victim.communicate()
    for one in listeners:
        one.close()


@pytest.fixture(scope="session")
def working(world: World) -> dict[str, Isolation]:
    """The isolations that work here, by name."""
    return {one.name: one for one in isolation.available(world.root)}


@pytest.fixture(scope="session")
def sandbox(request: pytest.FixtureRequest, world: World, working: dict[str, Isolation]) -> Iterator[Sandbox]:
    """Of the kind and in the isolation that the parameter names, which must work unless it is not installed."""
    kind, _, name = request.param.partition("+")
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux has kernel layers")
    if name.startswith("bwrap") and not shutil.which("bwrap"):
        pytest.skip("bwrap is not installed (apt-get install bubblewrap)")
    fresh = ProcessSandbox(world.root, layers=working[name])
    with closing(fresh if kind == "process" else ForkserverSandbox(fresh)) as sandbox:
        yield sandbox
