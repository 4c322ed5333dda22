"""What every sandbox promises: the same answer for the same candidate, and nothing left behind."""

from __future__ import annotations

import os
import signal
import textwrap
import time
from pathlib import Path

import _pytest.pathlib
import pytest

from pytest_enrich.data import Collect, Entry, Explore, Parameter, Prove, Record, World
from pytest_enrich.sandboxes import limits

LAYERS = tuple(
    kind + layers
    for kind in ("process", "forkserver")
    for layers in ("", "+landlock+seccomp", "+bwrap+landlock+seccomp")
)
at_each_layer = pytest.mark.parametrize("sandbox", LAYERS, indirect=True)


def candidate(text: str, **more) -> Prove:
    more.setdefault("path", "tests/test_new.py")
    return Prove(text=textwrap.dedent(text), **more)


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@at_each_layer
def test_each_kind_of_ending_has_its_result(sandbox, outcomes):
    job = candidate(
        """
        import unittest
        import pytest


        def test_good(cart):
            assert cart.total() == 0


        def test_bad():
            assert 1 + 1 == 3


        @pytest.fixture
        def broken():
            raise OSError("no ground")


        def test_broken_ground(broken):
            pass


        @pytest.fixture
        def leaky():
            yield
            raise OSError("no end")


        def test_broken_end(leaky):
            pass


        def test_left_out():
            pytest.skip("not today")


        @pytest.mark.xfail(reason="known", strict=True)
        def test_known():
            assert False


        @pytest.mark.xfail(strict=True)
        def test_no_longer_known():
            pass


        def test_raises():
            raise SystemExit(3)


        class TestGroup:
            def test_method(self, cart):
                assert cart.owner == "ann"


        class OldTest(unittest.TestCase):
            def test_old(self):
                self.assertEqual(1, 2)
        """
    )

    found = outcomes(sandbox.execute(job, timeout=20))

    assert {name: outcome.result for name, outcome in found.items()} == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_broken_ground": "error",
        "test_broken_end": "error",
        "test_left_out": "skipped",
        "test_known": "skipped",
        "test_no_longer_known": "failed",
        "test_raises": "failed",
        "test_method": "passed",
        "test_old": "failed",
    }
    assert "assert (1 + 1) == 3" in found["test_bad"].detail
    assert "assert 1 + 1 == 3" in found["test_bad"].detail
    assert "not today" in found["test_left_out"].detail
    assert "no ground" in found["test_broken_ground"].detail
    assert all(0 <= outcome.seconds < 10 for outcome in found.values())


def test_the_text_of_the_job_counts_and_not_the_file(sandbox, project, outcomes):
    before = tree(project)
    job = candidate("def test_other():\n    assert True\n", path="tests/test_cart.py")

    found = outcomes(sandbox.execute(job, timeout=20))

    assert list(found) == ["test_other"]
    assert tree(project) == before


def test_a_conftest_that_imports_the_file_gets_the_text_too(sandbox, project, write, outcomes):
    write(project, {"tests/conftest.py": "import test_cart\n"})
    job = candidate(
        "import sys\nMARK = 7\ndef test_same():\n    assert sys.modules[__name__].MARK == 7\n",
        path="tests/test_cart.py",
    )

    assert outcomes(sandbox.execute(job, timeout=20))["test_same"].result == "passed"


def test_only_the_tests_asked_for_are_run(sandbox, outcomes):
    text = """
        import pytest

        @pytest.mark.parametrize("n", [1, 2])
        def test_many(n):
            assert n

        def test_one():
            pass

        class TestGroup:
            def test_in(self):
                pass
        """
    path = "tests/test_new.py"

    job = candidate(text, tests=(f"{path}::test_many", f"{path}::TestGroup::test_in", f"{path}::test_gone"))
    found = outcomes(sandbox.execute(job, timeout=20))

    results = {name: outcome.result for name, outcome in found.items()}
    assert results == {
        "test_many[1]": "passed",
        "test_many[2]": "passed",
        "test_in": "passed",
        "test_gone": "error",
    }
    assert "no such test" in found["test_gone"].detail


def test_a_seed_shuffles_and_none_keeps_the_order(sandbox, outcomes):
    text = "".join(f"def test_{n}(): pass\n" for n in range(8))
    names = [f"test_{n}" for n in range(8)]

    kept = list(outcomes(sandbox.execute(candidate(text), timeout=20)))
    first = list(outcomes(sandbox.execute(candidate(text, shuffle=1), timeout=20)))
    again = list(outcomes(sandbox.execute(candidate(text, shuffle=1), timeout=20)))
    other = list(outcomes(sandbox.execute(candidate(text, shuffle=2), timeout=20)))

    assert kept == names
    assert first == again
    assert sorted(first) == names
    assert len({tuple(kept), tuple(first), tuple(other)}) == 3


@at_each_layer
def test_executed_lines_and_branches_are_those_of_coverage(sandbox):
    job = candidate(
        "from shop.cart import price\ndef test_it():\n    assert price(1) == '1 EUR'\n",
        measure=("src/shop/cart.py", "src/shop/__init__.py", "src/gone.py"),
    )

    answer = sandbox.execute(job, timeout=20).answer

    assert answer.branches == {"src/shop/cart.py": ((18, 20),), "src/shop/__init__.py": (), "src/gone.py": ()}
    assert set(answer.lines["src/shop/cart.py"]) == {1, 2, 7, 11, 17, 18, 20}


def test_without_files_to_measure_nothing_is_traced(sandbox, outcomes):
    job = candidate("import sys\ndef test_it():\n    assert sys.gettrace() is None\n")

    execution = sandbox.execute(job, timeout=20)

    assert outcomes(execution)["test_it"].result == "passed"
    assert execution.answer.lines == {}


@at_each_layer
def test_the_hash_seed_is_the_jobs(sandbox, outcomes):
    text = "import os\ndef test_it():\n    assert os.environ['PYTHONHASHSEED'] == '17'\n"

    assert (
        outcomes(sandbox.execute(candidate(text, world=World(hash_seed=17)), timeout=20))["test_it"].result
        == "passed"
    )


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_relative_imports_work_in_a_package_of_tests(sandbox, project, write, outcomes, mode):
    write(
        project,
        {
            "pytest.ini": f"[pytest]\npythonpath = src\naddopts = --import-mode={mode}\n",
            "tests/__init__.py": "",
            "tests/deep/__init__.py": "",
            "tests/deep/numbers.py": "SEVEN = 7\n",
        },
    )
    text = """
        from pathlib import Path
        from .numbers import SEVEN

        def test_it(cart):
            assert SEVEN == 7
            assert __name__ == "tests.deep.test_new"
            assert Path(__file__).parts[-3:] == ("tests", "deep", "test_new.py")
        """
    job = candidate(text, path="tests/deep/test_new.py")

    new = outcomes(sandbox.execute(job, timeout=20))
    write(project, {"tests/deep/test_new.py": "def test_old(): pass\n"})
    existing = outcomes(sandbox.execute(job, timeout=20))

    # Older ones import such files by themselves, and their relative imports fail in the user's own run too.
    by_package = mode != "importlib" or hasattr(_pytest.pathlib, "_import_module_using_spec")
    assert [outcome.result for outcome in new.values()] == ["passed" if by_package else "error"]
    assert [outcome.result for outcome in existing.values()] == [outcome.result for outcome in new.values()]


@pytest.mark.parametrize("path", ["tests/deeper/still/test_new.py", "test_at_root.py", "other/test_new.py"])
def test_a_file_whose_directory_does_not_exist_is_proved_as_well(sandbox, project, outcomes, path):
    job = candidate("import test_helper_less as gone\n", path=path)
    good = candidate("def test_it(request):\n    assert request.node.nodeid\n", path=path)

    broken = sandbox.execute(job, timeout=20).answer.outcomes
    execution = sandbox.execute(good, timeout=20)

    assert [(outcome.nodeid, outcome.result) for outcome in broken] == [(path, "error")]
    assert "test_helper_less" in broken[0].detail
    assert [outcome.nodeid for outcome in execution.answer.outcomes] == [f"{path}::test_it"]
    assert outcomes(execution)["test_it"].result == "passed"
    assert not (project / path).exists()


def test_a_deleted_test_file_is_proved_from_its_text(sandbox, project, outcomes):
    (project / "tests" / "test_cart.py").unlink()
    job = candidate("def test_it(cart):\n    assert cart.limit == 3\n", path="tests/test_cart.py")

    assert outcomes(sandbox.execute(job, timeout=20))["test_it"].result == "passed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def test_it(:\n", "SyntaxError"),
        ("import no_such_module\n", "no_such_module"),
        ("import sys\nsys.exit(4)\n", "SystemExit"),
        ("import pytest\npytest.exit('enough')\n", "enough"),
        ("import pytest\npytest.skip('no')\n", "allow_module_level"),
        ("\0", "null bytes"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("class Odd(BaseException): pass\nraise Odd('strange')\n", "strange"),
    ],
)
def test_a_module_that_cannot_be_imported_is_an_error_that_says_why(sandbox, text, words):
    (outcome,) = sandbox.execute(candidate(text), timeout=20).answer.outcomes

    assert outcome.result == "error"
    assert words in outcome.detail
    assert outcome.nodeid == "tests/test_new.py"


def test_a_test_of_a_module_that_cannot_be_imported_is_the_error(sandbox):
    job = candidate("import no_such_module\n", tests=("tests/test_new.py::test_it",))

    (outcome,) = sandbox.execute(job, timeout=20).answer.outcomes

    assert (outcome.result, outcome.nodeid) == ("error", "tests/test_new.py::test_it")


def test_a_test_that_stops_pytest_makes_errors_of_those_after_it(sandbox, outcomes):
    job = candidate(
        """
        import pytest

        def test_first(): pass
        def test_stops(): pytest.exit("enough")
        def test_last(): pass
        """
    )

    found = outcomes(sandbox.execute(job, timeout=20))

    assert {name: outcome.result for name, outcome in found.items()} == {
        "test_first": "passed",
        "test_stops": "error",
        "test_last": "error",
    }
    assert "enough" in found["test_last"].detail


WATCHED = """
    import pytest
    from shop.cart import Cart, price

    PEN = Cart("bob", limit=1)

    def test_price(): assert price(4) == "4 EUR"
    def test_add(cart): assert cart.add("pen", price=2) == 1
    def test_skips(): pytest.skip("not today")
    def test_fails(): assert PEN.total() == 3
    {last}
    """


@pytest.mark.parametrize("last", ["", "def test_stops(): pytest.exit('enough')"], ids=["to the end", "stopped"])
def test_existing_tests_are_watched(sandbox, project, write, last):
    write(project, {"tests/test_watched.py": WATCHED.format(last=last)})
    tests, wanted = ("tests/test_watched.py",), ("price", "Cart.add", "Cart.total")
    job = Record(tests=tests, path="src/shop/cart.py", module="shop.cart", qualnames=wanted)

    answer = sandbox.execute(job, timeout=20).answer

    ends = [(one.nodeid.partition("::")[2], one.result) for one in answer.outcomes]
    assert ends == [
        ("test_price", "passed"), ("test_add", "passed"), ("test_skips", "skipped"), ("test_fails", "failed"),
        *([("test_stops", "error")] if last else []),
    ]  # fmt: skip
    seen = [(call.qualname, *(one.value for one in call.arguments)) for call in answer.calls]
    assert seen == [("price", "4"), ("Cart.add", "'pen'", "2"), ("Cart.total",)]
    made = {one.receiver for one in answer.constructors}
    assert made == {"⟨shop.cart:Cart⟩('bob', limit=1)", "⟨shop.cart:Cart⟩('ann')"}


@pytest.mark.usefixtures("plugins")
@at_each_layer
def test_async_tests_run_with_the_projects_plugin(sandbox, outcomes):
    pytest.importorskip("pytest_asyncio")
    job = candidate(
        """
        import asyncio
        import pytest

        @pytest.mark.asyncio
        async def test_it():
            await asyncio.sleep(0)
            assert (await asyncio.gather(asyncio.sleep(0, 7))) == [7]
        """
    )

    found = outcomes(sandbox.execute(job, timeout=20))

    assert (found["test_it"].result, found["test_it"].detail) == ("passed", "")


@pytest.mark.usefixtures("plugins")
def test_the_users_own_options_do_no_harm(sandbox, project, write, outcomes):
    pytest.importorskip("xdist")
    write(
        project,
        {
            "pyproject.toml": """
                [tool.pytest.ini_options]
                pythonpath = ["src"]
                addopts = [
                    "--cov=shop", "--cov-fail-under=100", "--cov-report=html", "-n2", "--junit-xml=junit.xml",
                    "--log-file=log.txt", "-x", "--ff", "--pdb", "--strict-markers", "--strict-config", "-ra",
                ]
                filterwarnings = ["error", "ignore:The configuration option:pytest.PytestDeprecationWarning"]
                """
        },
    )
    before = tree(project)
    job = candidate(
        "import shop.cart\ndef test_a():\n    assert 0\ndef test_b():\n    assert 1\n",
        measure=("src/shop/cart.py",),
    )

    execution = sandbox.execute(job, timeout=20)

    assert [outcome.result for outcome in outcomes(execution).values()] == ["failed", "passed"]
    assert execution.answer.lines["src/shop/cart.py"]
    assert tree(project) == before


def test_an_endless_loop_ends_in_time(sandbox, failed):
    started = time.monotonic()

    end = failed(sandbox.execute(candidate("def test_it():\n    while True: pass\n"), timeout=2))

    assert end.reason == "timeout"
    assert 2 <= end.seconds < 6
    assert time.monotonic() - started < 6


def is_alive(process: int) -> bool:
    """One that nobody has collected yet, an orphan in a container for one, is dead all the same."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc").is_dir()


@pytest.mark.parametrize("ending", ["pass", "time.sleep(60)", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_children_of_a_session_of_their_own_do_not_outlive_the_job(sandbox, tmp_path, ending):
    note = tmp_path / "pid"
    job = candidate(
        f"""
        import os, subprocess, sys, time

        def test_it():
            code = (
                "import os, sys, time\\n"
                "if os.fork(): sys.exit()\\n"
                "os.setsid()\\n"
                "os.write(os.open({str(note)!r}, os.O_WRONLY | os.O_CREAT), b'%d' % os.getpid())\\n"
                "time.sleep(300)\\n"
            )
            subprocess.Popen([sys.executable, "-c", code], env={{}}, start_new_session=True).wait()
            while not (os.path.exists({str(note)!r}) and os.path.getsize({str(note)!r})): time.sleep(0.01)
            {ending}
        """
    )

    sandbox.execute(job, timeout=4)

    assert not is_alive(int(note.read_text()))


@at_each_layer
@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("os._exit(0)", "no answer"),
        ("os._exit(7)", "no answer"),
        ("os.killpg(0, 9)", "crash"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crash"),
        ("ctypes.string_at(0)", "crash"),
        ("os.abort()", "crash"),
    ],
)
def test_a_job_that_ends_itself_gives_no_answer(sandbox, failed, action, reason):
    job = candidate(f"import ctypes, os, signal\ndef test_it():\n    {action}\n")

    end = failed(sandbox.execute(job, timeout=10))

    assert end.reason == reason, end
    assert end.seconds < 10


def test_a_job_that_ends_its_supervisor_is_ended_all_the_same(sandbox, tmp_path, failed):
    note = tmp_path / "pid"
    job = candidate(
        f"""
        import ctypes, os, time

        def test_it():
            with open({str(note)!r}, "w") as file:
                file.write(str(os.getpid()))
            ctypes.CDLL(None).kill(os.getppid(), 9)
            time.sleep(60)
        """
    )

    assert failed(sandbox.execute(job, timeout=10)).seconds < 10
    assert not is_alive(int(note.read_text()))


@pytest.mark.parametrize(
    "write_answer",
    [
        "place.write_text('{{')",
        "place.write_bytes(b'\\xff\\xfe')",
        "place.write_text('[' * 200000)",
        """place.write_text('{"answer": {"type": "collected", "items": []}}')""",
        """place.write_text('{"answer": {"type": "proved", "outcomes": "none"}}')""",
        "os.mkfifo(place)",
        "os.symlink('/etc/passwd', place)",
        "os.truncate(os.open(place, os.O_WRONLY | os.O_CREAT), 17 * 1024 ** 2)",
    ],
)
def test_an_answer_of_the_wrong_shape_is_no_answer(sandbox, failed, write_answer):
    job = candidate(
        f"""
        import os, pathlib, sys

        def test_it():
            frame, place = sys._getframe(), None
            while place is None:
                frame = frame.f_back
                child = getattr(frame.f_locals.get("waiting"), "child", None)
                place = frame.f_locals.get("answer_file") or getattr(child, "answer_file", None)
            place = pathlib.Path(place)
            {write_answer}
            os._exit(0)
        """
    )

    assert failed(sandbox.execute(job, timeout=10)).reason in {"bad answer", "no answer"}


def test_an_answer_under_a_guessed_name_is_none(sandbox, failed):
    job = candidate(
        """
        import os, pathlib, tempfile

        def test_it():
            place = pathlib.Path(tempfile.gettempdir()).parent
            assert not list(place.glob("*.json"))
            (place / "answer.json").write_text('{"answer": {"type": "proved", "outcomes": []}}')
            os._exit(0)
        """
    )

    assert failed(sandbox.execute(job, timeout=10)).reason == "no answer"


@at_each_layer
def test_a_memory_hog_does_not_pass(sandbox):
    job = candidate("def test_it():\n    data = bytearray(6 * 1024**3)\n    assert len(data)\n")

    execution = sandbox.execute(job, timeout=20)

    assert "passed" not in str(execution)


@at_each_layer
def test_a_job_that_wrote_too_much_and_ended_before_anyone_looked_does_not_pass(sandbox, failed, monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 100_000)
    job = candidate(
        """
        import os, pathlib, tempfile

        def test_it():
            (pathlib.Path(tempfile.gettempdir()) / "large").write_bytes(os.urandom(10**6))
        """
    )

    result = failed(sandbox.execute(job, timeout=20))

    assert result.reason == "crash"
    assert "it wrote more than" in result.detail


@at_each_layer
def test_a_flood_of_output_is_cut_and_any_bytes_are_read(sandbox, outcomes):
    job = candidate(
        """
        import os

        def test_it(capfd):
            with capfd.disabled():
                os.write(1, b"\\xff\\x00\\xfe" * 1000)
                for _ in range(300):
                    os.write(2, b"\\xfa" * 100_000)
                os.write(1, b"the end")
        """
    )

    execution = sandbox.execute(job, timeout=20)

    assert outcomes(execution)["test_it"].result == "passed"
    assert "the end" in execution.output
    assert len(execution.output) <= 8192


DENIED = [
    "open('trace.txt', 'w')",
    "open('src/shop/cart.py', 'a')",
    "open('src/shop/cart.py', 'r+')",
    "os.open('trace.txt', os.O_CREAT | os.O_WRONLY)",
    "pathlib.Path('trace').mkdir()",
    "pathlib.Path('src/shop/cart.py').unlink()",
    "pathlib.Path('src/shop/cart.py').chmod(0)",
    "pathlib.Path('src/shop/cart.py').rename('/tmp/cart.py')",
    "pathlib.Path('trace').symlink_to('/etc')",
    "os.utime('src/shop/cart.py', (0, 0))",
    "os.fchmod(os.open('src/shop/cart.py', os.O_RDONLY), 0)",
    "os.chmod(os.devnull, 0o666)",
    "os.utime('/proc/self/cwd/src/shop/cart.py', (0, 0))",
    "os.chmod(linked('src/shop/cart.py'), 0)",
    "os.truncate('src/shop/cart.py', 0)",
    "shutil.rmtree('src')",
    "shutil.copy('src/shop/cart.py', 'src/copy.py')",
    "sqlite3.connect('trace.db')",
    "os.remove('cart.py', dir_fd=os.open('src/shop', os.O_RDONLY))",
    "socket.create_connection(('192.0.2.1', 80), 1)",
    "socket.getaddrinfo('example.org', 80)",
    "socket.socketpair()[0].sendto(b'x', '/etc/service')",
    "socket.socketpair()[0].sendmsg([b'x'], [], 0, '/etc/service')",
    "os.kill(os.getppid(), 9)",
]


@at_each_layer
def test_traces_in_the_project_and_the_network_are_denied(sandbox, project, outcomes):
    before = tree(project)
    job = candidate(
        f"""
        import os, pathlib, shutil, socket, sqlite3, tempfile
        import pytest

        def linked(name):
            link = os.path.join(tempfile.mkdtemp(), "link")
            os.symlink(os.path.abspath(name), link)
            return link

        @pytest.mark.parametrize("action", {DENIED!r})
        def test_it(action):
            with pytest.raises(PermissionError, match="pytest-enrich: "):
                exec(action)
        """
    )

    found = outcomes(sandbox.execute(job, timeout=20))

    assert len(found) == len(DENIED)
    # Each was denied as expected, and is no proof for that.
    told = {name: outcome.detail.partition(": ")[0] for name, outcome in found.items()}
    assert told == dict.fromkeys(found, "it does what ends otherwise outside")
    assert tree(project) == before


HABITS = """
        import os, pathlib, shutil, socket, sqlite3, subprocess, sys, tempfile, threading

        def test_files(tmp_path):
            (tmp_path / "a").mkdir()
            (tmp_path / "a" / "b").write_text("x")
            os.chmod(tmp_path / "a" / "b", 0o600)
            shutil.copytree(tmp_path / "a", tmp_path / "c")
            shutil.rmtree(tmp_path / "c")
            sqlite3.connect(tmp_path / "x.db").execute("create table t (a)")
            sqlite3.connect(":memory:")
            with tempfile.TemporaryDirectory() as name, tempfile.TemporaryFile():
                assert pathlib.Path(name).is_dir()
            pathlib.Path.home().joinpath("settings").write_text("x")
            with open(os.devnull, "w") as sink:
                sink.write("x")

        def test_read_only(tmp_path):
            (tmp_path / "d" / "e").mkdir(parents=True)
            (tmp_path / "d" / "e").chmod(0)
            (tmp_path / "d").chmod(0o500)

        def test_loopback():
            with socket.create_server(("127.0.0.1", 0)) as server:
                with socket.create_connection(server.getsockname(), 5) as client:
                    client.sendall(b"x")

        def test_program():
            assert subprocess.run([sys.executable, "-c", "print(7)"], capture_output=True).stdout == b"7\\n"
        """


@pytest.mark.parametrize("sandbox", ["process", "process+bwrap+landlock+seccomp"], indirect=True)
def test_what_tests_do_in_their_own_places_is_allowed(sandbox, outcomes):
    job = candidate(HABITS)

    found = outcomes(sandbox.execute(job, timeout=30))

    assert {name: (o.result, o.detail) for name, o in found.items()} == dict.fromkeys(
        ("test_files", "test_read_only", "test_loopback", "test_program"), ("passed", "")
    )


@pytest.mark.parametrize("sandbox", ["process+landlock+seccomp"], indirect=True)
def test_without_walls_of_its_own_a_job_has_no_modes_no_network_and_no_programs(sandbox, outcomes):
    found = outcomes(sandbox.execute(candidate(HABITS), timeout=30))

    assert all(o.result == "failed" and "PermissionError" in o.detail for o in found.values()), found
    assert set(found) == {"test_files", "test_read_only", "test_loopback", "test_program"}


@pytest.mark.parametrize("fresh", [False, True], ids=["", "fresh"])
@at_each_layer
def test_what_pytest_keeps_for_its_next_run_is_kept_without_a_warning(sandbox, project, write, outcomes, fresh):
    files = {
        "pyproject.toml": "[tool.pytest.ini_options]\nfilterwarnings = ['error']\n",
        "tests/conftest.py": "def pytest_sessionfinish():\n    pass\n",  # so that forks come to the end, too
    }
    write(project, files)
    job = candidate(
        """
        def test_kept(cache):
            cache.set("own/value", 3)
            assert cache.get("own/value", 0) == 3
            assert cache.mkdir("own").is_dir()
        """,
        fresh=fresh,
    )
    before = tree(project)

    found = outcomes(sandbox.execute(job, timeout=30))

    assert {name: (one.result, one.detail) for name, one in found.items()} == {"test_kept": ("passed", "")}
    assert tree(project) == before


@pytest.mark.parametrize("sandbox", [name for name in LAYERS if "+" in name], indirect=True)
def test_files_and_threads_work_without_anything_else(sandbox, outcomes):
    job = candidate(
        """
        import asyncio, os, pathlib, shutil, sqlite3, tempfile, threading

        def test_files(tmp_path):
            (tmp_path / "a").mkdir()
            (tmp_path / "a" / "b").write_text("x")
            (tmp_path / "a" / "b").touch()
            shutil.copyfile(tmp_path / "a" / "b", tmp_path / "c")
            shutil.move(tmp_path / "a", tmp_path / "d")
            os.replace(tmp_path / "d" / "b", tmp_path / "e")
            os.truncate(tmp_path / "e", 0)
            (tmp_path / "link").symlink_to("e")
            shutil.rmtree(tmp_path / "d")
            sqlite3.connect(tmp_path / "x.db").execute("create table t (a)")
            with tempfile.TemporaryDirectory() as name, tempfile.TemporaryFile():
                assert pathlib.Path(name).is_dir()
            pathlib.Path.home().joinpath("settings").write_text("x")
            with open(os.devnull, "w") as sink:
                sink.write("x")
            assert sorted(entry.name for entry in tmp_path.iterdir()) == ["c", "e", "link", "x.db"]

        def test_threads():
            async def both():
                return await asyncio.gather(asyncio.to_thread(int, "3"), asyncio.sleep(0, 4))

            thread = threading.Thread(target=print)
            thread.start()
            thread.join()
            assert asyncio.run(both()) == [3, 4]
        """
    )

    found = outcomes(sandbox.execute(job, timeout=30))

    assert {name: (o.result, o.detail) for name, o in found.items()} == dict.fromkeys(
        ("test_files", "test_threads"), ("passed", "")
    )


@at_each_layer
def test_secrets_stay_outside_and_the_rest_comes_in(sandbox, outcomes, monkeypatch):
    monkeypatch.setenv("SHOP_API_KEY", "k")
    monkeypatch.setenv("DATABASE_URL", "postgres://me:pw@example.org/db")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "shop.settings")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    job = candidate(
        """
        import os

        def test_it():
            assert "SHOP_API_KEY" not in os.environ
            assert "DATABASE_URL" not in os.environ
            assert "PYTEST_XDIST_WORKER" not in os.environ
            assert os.environ["DJANGO_SETTINGS_MODULE"] == "shop.settings"
            assert os.environ["PYTEST_ENRICH"] == "1"
            assert os.read(0, 1) == b""
        """
    )

    found = outcomes(sandbox.execute(job, timeout=20))

    assert (found["test_it"].result, found["test_it"].detail) == ("passed", "")


def test_nothing_of_ours_is_imported_by_its_own_name(sandbox, outcomes):
    job = candidate(
        """
        import sys

        def test_it():
            assert "pytest_enrich.payload" not in sys.modules
            assert "pytest_enrich.sandboxes" not in sys.modules
            assert not [entry for entry in sys.path if entry.rstrip("/").endswith("payload")]
            assert not {"guard", "measure", "collect"} & set(sys.modules)
        """
    )

    found = outcomes(sandbox.execute(job, timeout=20))

    assert (found["test_it"].result, found["test_it"].detail) == ("passed", "")


def test_a_conftest_that_fails_is_an_error_that_says_so(sandbox, project, write):
    write(project, {"tests/conftest.py": "raise RuntimeError('no conftest today')\n"})

    execution = sandbox.execute(candidate("def test_it(): pass\n"), timeout=20)

    (outcome,) = execution.answer.outcomes
    assert (outcome.nodeid, outcome.result) == ("tests/test_new.py", "error")
    assert "conftest" in outcome.detail
    assert "no conftest today" in execution.output


@at_each_layer
def test_a_suspended_and_a_stubborn_job_end_too(sandbox, failed):
    text = """
        import os, signal

        def test_it():
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            os.kill(os.getpid(), signal.SIGSTOP)
        """

    assert failed(sandbox.execute(candidate(text), timeout=2)).reason == "timeout"


def test_interrupting_us_leaves_no_job_behind(sandbox, tmp_path):
    note = tmp_path / "pid"
    job = candidate(
        f"""
        import os, time

        def test_it():
            with open({str(note)!r}, "w") as file:
                file.write(str(os.getpid()))
            time.sleep(60)
        """
    )

    def interrupt(*_args: object) -> None:
        if note.exists() and note.read_text():
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            sandbox.execute(job, timeout=30)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert not is_alive(int(note.read_text()))


@at_each_layer
@pytest.mark.usefixtures("project")
def test_no_scratch_directory_is_left(sandbox, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    job = candidate("def test_it(tmp_path):\n    (tmp_path / 'a').mkdir(0o000)\n    tmp_path.chmod(0o000)\n")

    sandbox.execute(job, timeout=20)
    sandbox.close()

    assert not list(tmp_path.glob("pytest-enrich-*"))


def test_a_job_that_cannot_be_started_is_refused(project, failed):
    from pytest_enrich.sandboxes.process import ProcessSandbox

    sandbox = ProcessSandbox(project, python=str(project / "no-such-python"))

    end = failed(sandbox.execute(candidate("def test_it(): pass\n"), timeout=5))

    assert end.reason == "refused"
    assert "no-such-python" in end.detail


@at_each_layer
def test_it_names_the_layers_in_force(sandbox, request):
    named = request.node.callspec.params["sandbox"].partition("+")[2]

    assert sandbox.isolation == (named or "rlimits-only")


def test_searching_and_watching_find_the_same_at_each_layer(project, layers):
    from pytest_enrich.sandboxes.process import ProcessSandbox

    amount = Parameter(name="amount", kind="positional", annotation="int")
    entry = Entry(qualname="price", kind="function", parameters=(amount,))
    cart = {"path": "src/shop/cart.py", "module": "shop.cart"}
    jobs = (
        Explore(**cart, entries=(entry,), branches=((18, 19),), lines=(19,), raises=(19,), executions=500),
        Collect(tests=("tests/test_cart.py",)),
    )

    plain, *confined = (
        [ProcessSandbox(project, layers=layers(name, project)).execute(job, timeout=30).answer for job in jobs]
        for name in ("rlimits-only", "landlock+seccomp", "bwrap+landlock+seccomp")
    )

    assert [finding.branches for finding in plain[0].findings] == [((18, 19),)]
    assert len(plain[1].items) == 2
    assert confined == [plain, plain]
