"""What a user's project may hold, and what may happen to a run: pytest's answer stays what it was."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import CART, TESTS, laid_out

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-budget=500x", "--enrich-max=0", "-p", "no:cacheprovider")
ONE = (*ENRICH, "--enrich-max=1", "--enrich-budget=5m", "--enrich-workers=1")
"""One suggestion is enough to see that a project is worked on."""
FILES = {
    "pytest.ini": "[pytest]\npythonpath = src\n",
    "src/shop/__init__.py": "",
    "src/shop/cart.py": CART,
    "tests/test_cart.py": TESTS,
}
SLOWLY = """\
import time


def wait(number: int) -> int:
    time.sleep(0.02)
    if number > 5:
        return 1
    return 0
"""


NOISY = """\
import os, sys


def test_noise():
    os.write(1, bytes(range(256)))
    sys.stderr.buffer.write(b"\\xff\\x00")
    sys.stdout.buffer.write("\\ud800".encode("utf-8", "surrogatepass"))
"""


def plain(project):
    """The status of plain pytest."""
    return project.run("pytest", "-p", "no:cacheprovider", "-p", "no:enrich").status


def unharmed(ended, status=0):
    """Nothing broke: pytest's own status, and no traceback of ours."""
    assert ended.status == status, ended.text
    assert "internal error" not in ended.text
    assert "Traceback" not in ended.enrich, ended.enrich
    assert "INTERNALERROR" not in ended.text


def has_three_parts(text):
    """What happened, what was done instead, the command that fixes it."""
    message = text[text.index("enrich: ") :].strip().splitlines()
    assert len(message) >= 3, text
    assert any(
        word in line for line in message for word in ("pytest ", "pytest-enrich ", "rm ", "mv ", "df ", "chmod ")
    )


PATCHED = """\
import os
import sys
import types


def test_as_gevent_patches():
    monkey = sys.modules["gevent.monkey"] = types.ModuleType("gevent.monkey")
    monkey.saved = {"os": {"close": os.close}, "not.imported": {"a": 1}, "_settings": True}
    os.close = lambda descriptor: None  # its loop would, if it ran
"""


def test_what_gevent_patched_in_a_test_is_no_obstacle(small):
    project = small({**FILES, "tests/test_z.py": PATCHED})
    ended = project.run(*ONE)
    unharmed(ended)
    assert project.pending(), ended.text


def test_a_plain_project_is_enriched_without_git(small):
    project = small(FILES)
    assert not (project.root / ".git").exists()
    ended = project.run(*ENRICH)
    unharmed(ended)
    assert len(project.pending()) == 2, ended.text


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A project with odd things in it that are no reason not to work on the rest, and how its run ended."""
    files = {
        **FILES,
        "src/shop/broken.py": "def f(:\n",
        "src/shop/main.py": "import sys\n\n\ndef f(a: int) -> int:\n    return a\n\n\nsys.exit(f(3))\n",
        "setup.cfg": "[coverage:run]\nsource = src\n",
        "tests/test_noise.py": NOISY,
    }
    project = laid_out(tmp_path_factory.mktemp("odd") / "project", files)
    return project, project.run(*ONE, "-s")


def test_what_is_odd_in_a_project_is_no_reason_not_to_enrich_it(odd):
    """A suite that prints binary, and a source that leaves at its import and that no test imports."""
    project, ended = odd
    unharmed(ended)
    assert len(project.pending()) == 1


def test_a_syntax_error_in_a_source_leaves_it_out(odd):
    assert "src/shop/broken.py was left out" in odd[1].text


def test_a_source_in_latin_1_is_worked_on(small):
    text = "# coding: latin-1\n" + CART.replace("negative", "n\xe9gatif")
    project = small({**FILES, "src/shop/cart.py": text.encode("latin-1")})
    ended = project.run(*ENRICH)
    unharmed(ended)
    assert len(project.pending()) == 2
    patches = "".join((path / "suggestion.patch").read_text("utf-8") for path in project.pending().values())
    assert "n\xe9gatif" in patches
    accepted = project.run("pytest_enrich", "accept", *project.pending())
    assert accepted.status == 0, accepted.text
    assert plain(project) == 0


def test_a_source_that_a_test_deletes_is_left_out(small):
    deleting = "import shop.cart, os\n\n\ndef test_z():\n    os.remove(shop.cart.__file__)\n"
    project = small({**FILES, "tests/test_z.py": deleting})
    ended = project.run(*ONE)
    unharmed(ended)
    assert "src/shop/cart.py was left out: it is gone" in ended.text


def test_a_source_that_is_deleted_while_we_run_is_no_crash(small):
    project = small(
        {
            **FILES,
            "src/shop/other.py": SLOWLY,
            "tests/test_other.py": "import shop.other as o\n\n\ndef test_o():\n    assert o.wait(1) == 0\n",
        }
    )
    process = project.start(*ENRICH)
    wait_for(process, lambda: len(project.pending()) >= 1)
    (project.root / "src/shop/other.py").unlink()
    text = process.communicate(timeout=300)[0].decode()
    assert process.returncode == 0, text
    assert "internal error" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    "place", ["enrich-suggestions", "enrich-suggestions/pending", "enrich-suggestions/.cache"]
)
def test_a_file_in_place_of_a_folder_is_said(small, place):
    project = small({**FILES, place: "x"})
    ended = project.run(*ONE)
    assert "Traceback" not in ended.text
    assert "internal error" not in ended.text
    assert ended.status == (4 if place == "enrich-suggestions" else 0), ended.text
    assert (project.root / place).read_text() == "x"
    if place == "enrich-suggestions/pending":
        has_three_parts(ended.enrich)


@pytest.fixture
def tiny(tmp_path):
    """A file system of 64 KiB that is nearly full."""
    place = tmp_path / "tiny"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        pytest.skip(f"a small file system needs mount: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_full_disk_is_said_in_three_parts_and_nothing_is_half_written(small, tiny):
    project = small(FILES)
    (tiny / "ballast").write_bytes(b"x" * (56 << 10))
    ended = project.run(*ONE, f"--enrich-dir={tiny}/out")
    unharmed(ended)
    has_three_parts(ended.enrich)
    for path in (tiny / "out").glob("pending/*/suggestion.json"):
        assert path.read_bytes().rstrip().endswith(b"}")


def test_a_device_that_is_always_full_is_said(small):
    project = small(FILES)
    ended = project.run(*ONE, "--enrich-dir=/dev/full/x")
    assert "Traceback" not in ended.text
    assert "internal error" not in ended.text
    assert ended.status in {0, 4}


def test_leaving_at_the_import_of_a_source_is_the_suites_business(small):
    project = small({**FILES, "src/shop/cart.py": "import sys\nsys.exit(3)\n"})
    ended = project.run(*ENRICH)
    assert ended.status == plain(project)
    assert "internal error" not in ended.text


def test_leaving_at_the_import_of_conftest_is_the_suites_business(small):
    project = small({**FILES, "conftest.py": "import sys\nsys.exit(3)\n"})
    ended = project.run(*ENRICH)
    assert ended.status == plain(project)
    assert "internal error" not in ended.text


def test_a_conftest_that_leaves_only_inside_is_told(small):
    conftest = 'import os, sys\nif "PYTEST_ENRICH" in os.environ:\n    sys.exit(3)\n'
    project = small({**FILES, "conftest.py": conftest})
    ended = project.run(*ENRICH)
    unharmed(ended)
    assert "SystemExit: 3" in ended.text
    assert project.pending() == {}


def wait_for(process, reached, seconds=240):
    deadline = time.monotonic() + seconds
    while not reached():
        assert process.poll() is None, process.stdout.read().decode()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def several(count=3):
    """A project of several functions with a gap each."""
    functions = "\n\n".join(
        f"def f{n}(total: int) -> int:\n    if total > {n * 10}:\n        return {n}\n    return total\n"
        for n in range(count)
    )
    tests = "from shop import cart\n\n\n" + "\n\n".join(
        f"def test_f{n}():\n    assert cart.f{n}(0) == 0\n" for n in range(count)
    )
    return {**FILES, "src/shop/cart.py": functions, "tests/test_cart.py": tests}


@pytest.mark.usefixtures("usual_signals")
def test_an_interrupt_ends_soon_and_keeps_what_is_finished(small):
    project = small(several(4))
    process = project.start(*ENRICH, "--enrich-workers=2")
    wait_for(process, lambda: len(project.pending()) >= 1)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
    text = process.communicate(timeout=120)[0].decode()
    took = time.monotonic() - began
    assert process.returncode == 0, text
    assert "Traceback" not in text
    assert "internal error" not in text
    assert "Stopped" in text or "stopped" in text
    assert 1 <= len(project.pending()) < 4
    assert took < 15, took


def children(root):
    """Processes of the sandbox that belong to this project."""
    found = []
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            ours = b"PYTEST_ENRICH=1" in (place / "environ").read_bytes()
            if ours and (place / "cwd").readlink().is_relative_to(root):
                found.append(int(place.name))
    return found


def test_a_killed_run_loses_at_most_one_target_and_nothing_of_it_stays_alive(small):
    project = small(several())
    process = project.start(*ENRICH)
    wait_for(process, lambda: len(project.pending()) >= 1 and children(project.root))
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 30
    while children(project.root) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert children(project.root) == []
    kept = {name: (path / "suggestion.json").read_bytes() for name, path in project.pending().items()}
    assert len(kept) >= 1
    again = project.run(*ENRICH)
    unharmed(again)
    assert len(project.pending()) == 3
    same = {
        name: (project.pending()[name] / "suggestion.json").read_bytes() == text for name, text in kept.items()
    }
    assert all(same.values()), same
    assert "3 suggestions from" not in again.text
