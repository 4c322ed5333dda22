"""The shop with twelve suggestions that a run had made, and terminals to review them on."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import msgspec
import pytest

import pytest_enrich
from pytest_enrich import patch
from pytest_enrich.contracts import write
from pytest_enrich.contracts.function import Broken, Claim
from pytest_enrich.data import Placement, Suggestion
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.store import Store, disk, seal

SHOP = Path(__file__).parents[3] / "fixtures" / "shop"
MADE = MadePart(at="2026-11-24T22:41:07Z", pytest_enrich="0.1.0", python="3.11.7")
BOXES = '''

def boxes(count: int) -> int:
    """How many boxes so many pieces need, ten in each.

    >>> boxes(10)
    1
    """
    return count // 10 + 1
'''
LEFT_BEHIND = ("__pycache__", ".pytest_cache", "enrich-suggestions", ".coverage")
PATIENCE = 120


class Shop:
    """A copy of the shop that a test may change."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = Store(root / "enrich-suggestions", root)

    def environment(self, **more: str) -> dict[str, str]:
        odd = (
            "PYTEST_",
            "COV",
            "CI",
            "GITHUB",
            "PYTHONHASHSEED",
            "PYTHONPATH",
            "TMUX",
            "NO_COLOR",
            "EDITOR",
            "VISUAL",
        )
        kept = {name: value for name, value in os.environ.items() if not name.startswith(odd)}
        ours = {"PYTHONPATH": str(Path(pytest_enrich.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
        # After Ctrl-C some shells end with their command, and then nothing says how that ended.
        shell = {"SHELL": shutil.which("bash") or "/bin/sh"}
        return kept | ours | shell | {"LC_ALL": "C.UTF-8"} | more

    def waiting(self) -> list[str]:
        return [one.id for one in self.store.pending()]

    def verbs(self) -> list[tuple[str, str]]:
        return [(one.verb, one.id) for one in self.store.decisions()]

    def tests(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.root / "tests").glob("*.py"))}


class Screen:
    """A real terminal of a size, with a command in it."""

    def __init__(self, shop: Shop, *words: str, **environment: str) -> None:
        self._read = 0
        self._tmux = ["tmux", "-L", uuid.uuid4().hex, "-f", "/dev/null"]
        command = shlex.join([sys.executable, "-m", "pytest_enrich", *words])
        if "TERM" in environment:  # tmux says its own
            command = f"TERM={environment['TERM']} {command}"
        started = [
            *self._tmux,
            "new-session",
            "-d",
            *("-x", "80", "-y", "24"),
            "-c",
            str(shop.root),
            f"{command}; echo ended $?; read x",
        ]
        subprocess.run(started, env=shop.environment(**environment), check=True, capture_output=True)

    def text(self, *options: str) -> str:
        shown = subprocess.run([*self._tmux, "capture-pane", "-p", *options], check=False, capture_output=True)
        return shown.stdout.decode()

    def wait(self, *texts: str) -> str:
        """What came since the last question that was waited for, once it has all of these, and asks again."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            shown = self.text("-S", "-").rstrip()
            new = shown[self._read :]
            if all(text in new for text in texts) and new.endswith("]?"):
                self._read = len(shown)
                time.sleep(0.2)  # what is typed before the question is dropped
                return new
            time.sleep(0.03)
        raise AssertionError(f"{texts} did not come:\n{self.text()}")

    def until(self, *texts: str) -> str:
        """All that was shown, what has scrolled away too, once it has all of these."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            shown = self.text("-S", "-")
            if all(text in shown for text in texts):
                return shown
            time.sleep(0.03)
        raise AssertionError(f"{texts} did not come:\n{self.text()}")

    def press(self, *keys: str) -> None:
        subprocess.run([*self._tmux, "send-keys", *keys], check=True)

    def child(self) -> int:
        """The process of the command."""
        words = [*self._tmux, "display-message", "-p", "#{pane_pid}"]
        shell = subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(children[0])

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)


@pytest.fixture(scope="session")
def suggestions() -> list[Suggestion]:
    """As a run wrote them."""
    content = Path(__file__).with_name("suggestions.json").read_bytes()
    return msgspec.json.decode(content, type=list[Suggestion])


@pytest.fixture(scope="session")
def made(tmp_path_factory, suggestions) -> Path:
    root = tmp_path_factory.mktemp("made") / "shop"
    shutil.copytree(SHOP, root, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    store = Store(root / "enrich-suggestions", root)
    for one in suggestions:
        text = (root / one.target.path).read_text()
        store.save(one, patch.render_patch(one, text), patch.render_module(one, text))
    return root


@pytest.fixture
def shop(made, tmp_path) -> Shop:
    found = Shop(Path(shutil.copytree(made, tmp_path / "shop")))
    for one in found.store.pending():  # they were made for the project that this is a copy of
        place = found.store.directory / "pending" / one.id / "suggestion.json"
        disk.write_json(place, seal.sealed(found.root, one))
    return found


@pytest.fixture
def bug(shop) -> str:
    """A possible bug of the shop beside its suggestions; its docstring has the words."""
    path = shop.root / "src" / "shop" / "orders.py"
    text = path.read_text() + BOXES
    path.write_text(text)
    line = text.splitlines().index("def boxes(count: int) -> int:") + 1
    claim = Claim(
        path="src/shop/orders.py",
        module="shop.orders",
        qualname="boxes",
        line=line,
        promise="example",
        quote=">>> boxes(10)\n1",
        quote_line=line + 3,
        action="⟨shop.orders:boxes⟩(10)",
        expected="1",
    )
    broken = Broken(claim=claim, observed="returned 2", runs=("in a fork", "in a fresh process"))
    tests = (shop.root / "tests" / "test_orders.py").read_text()
    one = write.bug(broken, Placement(path="tests/test_orders.py"), tests, MADE, "docstring")
    shop.store.save(seal.sealed(shop.root, one), "", patch.render_module(one))
    return one.id


@pytest.fixture
def screen(shop):
    """Starts a command in a terminal, and ends it."""
    assert shutil.which("tmux"), "these tests need a terminal:  apt-get install tmux"
    with contextlib.ExitStack() as stack:

        def start(*words: str, **options) -> Screen:
            started = Screen(shop, *(words or ("review",)), **options)
            stack.callback(started.close)
            return started

        yield start
