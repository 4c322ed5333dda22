"""What the sandbox that forks promises beyond the contract: the answers of fresh processes, again and again."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pytest_enrich.data import Answered, Collect, Entry, Explore, Explored, Failed, Parameter, Prove, World
from pytest_enrich.sandboxes import forkserver
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks are made on Linux alone")


@pytest.fixture
def fresh(project):
    # What is as young as the process that loads it counts as changed meanwhile.
    for path in project.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return ProcessSandbox(project)


@pytest.fixture
def forks(fresh):
    with closing(ForkserverSandbox(fresh)) as forks:
        yield forks


def candidate(text: str, **more) -> Prove:
    more.setdefault("path", "tests/test_new.py")
    return Prove(text=textwrap.dedent(text), **more)


def good(sandbox, **more) -> bool:
    execution = sandbox.execute(candidate("def test_it(cart):\n    assert cart.limit == 3\n", **more), timeout=20)
    assert isinstance(execution, Answered), execution
    return [outcome.result for outcome in execution.answer.outcomes] == ["passed"]


def essence(execution) -> object:
    """All but what differs between two runs of the same: times."""
    if isinstance(execution, Failed):
        return execution.reason
    answer = execution.answer
    outcomes = [(outcome.nodeid, outcome.result, outcome.detail) for outcome in answer.outcomes]
    lines = {name: sorted(lines) for name, lines in answer.lines.items()}
    return outcomes, lines, {name: sorted(branches) for name, branches in answer.branches.items()}


SHOP = {
    "src/shop/__init__.py": "from shop.money import EUR\n\nVERSION = 1 if EUR else 2\n",
    "src/shop/money.py": """
        def rate(name):
            if name == "EUR":
                return 1
            return 2


        EUR = rate("EUR")
        """,
    "src/shop/tax.py": """
        from shop import money
        from shop.money import rate

        TABLE = {name: money.rate(name) for name in ("EUR", "USD")}


        def tax(amount):
            if amount > 10:
                return TABLE["USD"]
            return TABLE["EUR"]
        """,
    "src/shop/lazy.py": """
        def pay(amount):
            from shop import tax

            return tax.tax(amount)
        """,
    "src/shop/slug/__init__.py": """
        from .slug import *
        from . import about

        globals().update(vars(about))
        """,
    "src/shop/slug/about.py": "VERSION = 1\n",
    "src/shop/slug/slug.py": "def slug(text):\n    return text.lower()\n",
    "tests/test_tax.py": "from shop.tax import tax\nfrom shop import lazy, slug\n\ndef test_tax(): tax(1)\n",
}
MEASURE = ("src/shop/__init__.py", "src/shop/money.py", "src/shop/tax.py", "src/shop/lazy.py", "src/shop/cart.py")

SAME = {
    "nothing imported": "def test_it(): pass\n",
    "one module": "from shop.money import rate\ndef test_it(): assert rate('USD') == 2\n",
    "one that imports others": "from shop.tax import tax\ndef test_it(): assert tax(20) == 2\n",
    "imported inside": "def test_it():\n    from shop import tax\n    assert tax.tax(1) == 1\n",
    "imported by the code": "from shop import lazy\ndef test_it(): assert lazy.pay(11) == 2\n",
    "by a fixture": "def test_it(cart): assert cart.total() == 0\n",
    "a failure": "import shop\ndef test_it(): assert shop.VERSION == 3\n",
    "a module nobody imported": "import shop\ndef test_it(): shop.lazy\n",
    "what is loaded": "import sys\ndef test_it(): assert [n for n in sorted(sys.modules) if 'shop' in n] == 0\n",
    "what is loaded later": """
        import sys
        import shop.lazy

        def test_it():
            assert [name for name in sorted(sys.modules) if "shop" in name] == 0
        """,
    "the module's own facts": """
        import shop.tax as tax

        def test_it():
            assert (tax.__name__, tax.__spec__.name, type(tax.__loader__), type(tax.__spec__.loader)) == 0
        """,
    "a function with the name of its module": """
        import shop.slug
        from shop.slug import slug

        def test_it():
            assert slug("A") == shop.slug.slug("A") == "a"
        """,
    "a module that took over the names of another": """
        import shop.slug
        from shop.slug.slug import slug

        def test_it():
            assert shop.slug.slug is slug
            assert shop.slug.__name__ == "shop.slug.about"
        """,
    "imported anew": """
        import importlib
        import shop.money

        def test_it():
            assert importlib.reload(shop.money).rate("USD") == 2
        """,
    "removed and imported anew": """
        import sys
        import shop.money

        def test_it():
            first = sys.modules.pop("shop.money")
            import shop.money as again
            assert again.rate is not first.rate
        """,
    "a warning": "import warnings\ndef test_it(): warnings.warn('old', DeprecationWarning)\n",
    "an error in a fixture": "import pytest\n@pytest.fixture\ndef f(): 1/0\ndef test_it(f): pass\n",
    "no such module": "import shop.nothing\n",
    "an exit": "import os\ndef test_it(): os._exit(3)\n",
    "places": """
        import os, pathlib, tempfile

        def test_it(tmp_path, tmp_path_factory, cache, monkeypatch):
            scratch = pathlib.Path(os.environ["HOME"]).parent
            assert tmp_path.is_relative_to(scratch)
            assert tmp_path_factory.getbasetemp() == scratch / "basetemp"
            assert pathlib.Path(tempfile.gettempdir()).parent == scratch
            assert cache.mkdir("x").is_relative_to(scratch)
            assert not list((scratch / "home").iterdir())
            assert pathlib.Path.cwd() == pathlib.Path(__file__).parents[1]
        """,
    "captured output": "def test_it(capfd):\n    print('x')\n    assert capfd.readouterr().out == 'x\\n'\n",
}


@pytest.fixture
def shop(project, write):
    write(project, SHOP)
    return project


@pytest.mark.usefixtures("shop")
def test_outcomes_lines_and_branches_are_those_of_a_fresh_process(fresh, forks):
    jobs = {name: candidate(text, measure=MEASURE) for name, text in SAME.items()}

    forked = {name: essence(forks.execute(job, timeout=30)) for name, job in jobs.items()}

    assert forks.notes == ()
    assert forked == {name: essence(fresh.execute(job, timeout=30)) for name, job in jobs.items()}


def processes(forks):
    """The numbers of the processes that fork."""
    return tuple(zygote.forker._process.pid for zygote in forks._zygotes.values())


@pytest.mark.usefixtures("shop")
def test_32_candidates_after_each_other_are_identical(forks):
    job = candidate(SAME["imported by the code"], measure=MEASURE)

    answers = [essence(forks.execute(job, timeout=20)) for _ in range(32)]

    assert answers == answers[:1] * 32
    assert "passed" in str(answers[0])
    assert len(processes(forks)) == 1


def test_an_exploration_finds_what_it_finds_in_a_fresh_process(fresh, forks):
    pytest.importorskip("hypothesis")
    parameters = (Parameter(name="amount", kind="positional"),)
    job = Explore(
        path="src/shop/cart.py",
        module="shop.cart",
        entries=(Entry(qualname="price", kind="function", parameters=parameters),),
        branches=((18, 19),),
        lines=(19,),
        raises=(19,),
        executions=300,
    )

    forked, reference = (sandbox.execute(job, timeout=60) for sandbox in (forks, fresh))

    assert isinstance(forked, Answered), forked
    assert isinstance(forked.answer, Explored)
    assert forked.answer.findings
    assert forked.answer == reference.answer
    assert len(processes(forks)) == 1


def test_one_process_serves_many_jobs_and_close_ends_it(forks):
    assert good(forks)
    (process,) = processes(forks)

    assert good(forks)
    assert processes(forks) == (process,)
    forks.close()
    assert processes(forks) == ()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_after_close_jobs_are_refused(forks):
    forks.close()

    execution = forks.execute(candidate("def test_it(): pass\n"), timeout=20)

    assert isinstance(execution, Failed)
    assert (execution.reason, "closed" in execution.detail) == ("refused", True)
    assert processes(forks) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/shop/cart.py", "class Cart:\n    limit = 4\n    def __init__(self, owner): pass\n"),
        (
            "tests/conftest.py",
            "import pytest\n@pytest.fixture\ndef cart():\n    return type('C', (), {'limit': 4})\n",
        ),
        ("conftest.py", "import shop.cart\nshop.cart.Cart.limit = property(lambda s: 4, lambda s, v: None)\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = []\n"),
    ],
)
def test_what_changed_on_the_disk_counts(project, forks, name, text):
    assert good(forks)
    before = processes(forks)

    (project / name).write_text(text)

    assert not good(forks)
    assert processes(forks) != before
    assert forks.notes == ()


def test_a_change_of_the_environment_counts(forks, outcomes, monkeypatch):
    assert good(forks)
    monkeypatch.setenv("SHOP_MODE", "test")
    job = candidate("import os\ndef test_it():\n    assert os.environ['SHOP_MODE'] == 'test'\n")

    assert outcomes(forks.execute(job, timeout=20))["test_it"].result == "passed"


def test_a_process_that_died_is_replaced(forks):
    assert good(forks)
    (process,) = processes(forks)

    os.kill(process, signal.SIGKILL)

    assert good(forks)
    assert processes(forks) != (process,)


KILL_ALL_ABOVE = """
    import ctypes, os

    def test_it():
        kill, own = ctypes.CDLL(None).kill, os.getppid()
        above = int(open(f"/proc/{own}/stat").read().rpartition(")")[2].split()[1])
        kill(above, 9)
        kill(own, 9)
        while True:
            pass
    """
HOSTILE = {
    "closes all descriptors": "import os\ndef test_it(): os.closerange(0, 1024)\n",
    "ends its supervisor": "import ctypes, os\ndef test_it(): ctypes.CDLL(None).kill(os.getppid(), 9)\n",
    "ends all above": KILL_ALL_ABOVE,
    "fills what is captured": "import os\ndef test_it():\n    os.write(1, b'x' * 10**6)\n    os._exit(0)\n",
    "breaks pytest": "import _pytest.runner as r\ndef test_it(): r.runtestprotocol = r.call_and_report = None\n",
    "breaks the library": "import json, os\ndef test_it(): json.dumps = os.replace = os.unlink = None\n",
    "raises at the limit": "import sys\ndef test_it(): sys.setrecursionlimit(60)\n",
    "empties the modules": "import sys\ndef test_it(): sys.modules.clear()\n",
    "leaves a thread": """
        import threading, time

        def test_it():
            threading.Thread(target=time.sleep, args=(99,)).start()
        """,
    "hangs": "import time\ndef test_it(): time.sleep(99)\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.usefixtures("shop")
def test_a_hostile_candidate_does_not_hurt_the_next_one(forks, text):
    job = candidate(SAME["imported by the code"], measure=MEASURE)
    before = essence(forks.execute(job, timeout=20))

    forks.execute(candidate(text), timeout=3)

    assert essence(forks.execute(job, timeout=20)) == before
    assert "passed" in str(before)


def test_a_candidate_that_always_ends_what_forks_it_fails(forks):
    execution = forks.execute(candidate(KILL_ALL_ABOVE), timeout=10)

    assert isinstance(execution, Failed)
    assert execution.reason == "crash"
    assert "ended 2 times" in execution.detail


def test_nothing_is_left_when_all_above_was_ended(forks, tmp_path):
    note = tmp_path / "pid"
    noted = KILL_ALL_ABOVE.replace(
        "kill, own", f"open({str(note)!r}, 'w').write(str(os.getpid()))\n        kill, own"
    )

    forks.execute(candidate(noted), timeout=10)

    assert not is_alive(int(note.read_text()))


def is_alive(process: int) -> bool:
    """One that nobody has collected yet, an orphan in a container for one, is dead all the same."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_each_world_has_a_process_that_forks_for_its_jobs(forks):
    text = "import os\ndef test_it():\n    assert os.environ['PYTHONHASHSEED'] == '3'\n"
    there = candidate(text, world=World(hash_seed=3))
    ends = [essence(forks.execute(job, timeout=20))[0][0][1] for job in (candidate(text), there, there)]

    assert ends == ["failed", "passed", "passed"]
    assert len(processes(forks)) == 2
    assert forks.notes == ()


def test_what_is_to_see_imports_is_given_a_fresh_process(forks):
    execution = forks.execute(Collect(tests=("tests/test_cart.py",)), timeout=20)

    assert [item.name for item in execution.answer.items] == ["test_add", "test_price"]
    assert processes(forks) == ()


UNFIT = {
    "threads": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n",
        "threads",
    ),
    "gevent": (
        "import sys, types\nsys.modules['gevent.monkey'] = m = types.ModuleType('m')\nm.saved = {'os': 1}\n",
        "gevent",
    ),
    "grpc": (
        (
            "import _thread, sys, time, types\nsys.modules['grpc._cython.cygrpc'] = types.ModuleType('m')\n"
            "_thread.start_new_thread(time.sleep, (60,))\n"
        ),
        "grpc",
    ),
}


@pytest.mark.parametrize(("text", "word"), UNFIT.values(), ids=UNFIT)
def test_where_forking_is_unsafe_fresh_processes_do_the_jobs_and_it_says_so(project, forks, text, word):
    (project / "conftest.py").write_text(text)

    assert good(forks)
    assert good(forks)
    (note,) = forks.notes
    assert "fresh processes" in note
    assert word in note


def test_where_grpc_is_loaded_and_has_not_started_any_threads_jobs_are_done_in_forks(project, forks):
    (project / "conftest.py").write_text(
        "import sys, types\nsys.modules['grpc._cython.cygrpc'] = types.ModuleType('m')\n"
    )
    assert good(forks)
    assert forks.notes == ()
    assert len(processes(forks)) == 1


def test_a_project_that_cannot_be_started_gets_the_answer_of_a_fresh_process(project, fresh, forks):
    (project / "tests" / "conftest.py").write_text("raise RuntimeError('no conftest today')\n")
    job = candidate("def test_it(): pass\n")

    execution = forks.execute(job, timeout=20)

    assert essence(execution) == essence(fresh.execute(job, timeout=20))
    assert "conftest" in " ".join(forks.notes)
    (project / "tests" / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef cart(): pass\n")
    assert essence(forks.execute(job, timeout=20))[0][0][1] == "passed"
    assert len(processes(forks)) == 1


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_get_fresh_processes(forks, monkeypatch, platform):
    monkeypatch.setattr(forkserver.sys, "platform", platform)

    assert good(forks)
    assert processes(forks) == ()
    (note,) = forks.notes
    assert "platform" in note


def test_files_that_a_conftest_left_open_are_no_ones_failure(project, forks, outcomes):
    (project / "conftest.py").write_text("import os\nLEFT = [open(os.devnull), open(__file__)]\nopen(__file__)\n")
    (project / "pytest.ini").write_text(
        "[pytest]\npythonpath = src\nfilterwarnings =\n    error\n"
        "    ignore:The configuration option:pytest.PytestDeprecationWarning\n"
    )
    text = "import gc\ndef test_it(cart):\n    gc.collect()\ndef test_other():\n    gc.collect()\n"

    found = outcomes(forks.execute(candidate(text), timeout=20))

    assert {name: (one.result, one.detail) for name, one in found.items()} == dict.fromkeys(found, ("passed", ""))


def test_what_a_conftest_seeded_is_the_same_and_what_nobody_has_is_not(project, forks, outcomes):
    text = "import random\ndef test_it():\n    drawn = random.random()\n    assert drawn == 0\n"

    def drawn() -> str:
        return outcomes(forks.execute(candidate(text), timeout=20))["test_it"].detail

    assert drawn() != drawn()
    (project / "conftest.py").write_text("import random\nrandom.seed(7)\n")
    assert drawn() == drawn()


def test_directories_with_their_own_conftests_have_their_own_processes(project, write, forks):
    write(
        project,
        {
            "tests/deep/conftest.py": "def pytest_addoption(parser): parser.addini('depth', '', default='7')\n",
            "tests/deep/test_old.py": "def test_old(pytestconfig): assert pytestconfig.getini('depth') == '7'\n",
        },
    )
    deep = candidate((project / "tests/deep/test_old.py").read_text(), path="tests/deep/test_old.py")

    assert good(forks)
    assert essence(forks.execute(deep, timeout=20))[0][0][1] == "passed"
    assert good(forks)
    assert len(processes(forks)) == 2


def test_several_threads_may_ask_at_once(forks):
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: good(forks), range(12)))

    assert results == [True] * 12
    assert len(processes(forks)) == 1


def test_a_hanging_job_does_not_hold_up_another(forks):
    assert good(forks)
    hanging = threading.Thread(target=forks.execute, args=(candidate(HOSTILE["hangs"]),), kwargs={"timeout": 6})
    hanging.start()
    started = time.monotonic()

    assert good(forks)
    assert time.monotonic() - started < 4
    hanging.join()


def test_close_ends_a_job_that_is_underway(forks):
    assert good(forks)
    ends: list[object] = []
    job = candidate(HOSTILE["hangs"])
    hanging = threading.Thread(target=lambda: ends.append(forks.execute(job, timeout=5)))
    hanging.start()
    time.sleep(0.5)
    started = time.monotonic()

    forks.close()

    assert time.monotonic() - started < 4
    hanging.join()
    assert isinstance(ends[0], Failed)


def test_it_ends_with_the_process_that_started_it(project, tmp_path):
    note = tmp_path / "pid"
    code = f"""
        import os
        from pathlib import Path
        from pytest_enrich.data import Prove
        from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
        from pytest_enrich.sandboxes.process import ProcessSandbox

        forks = ForkserverSandbox(ProcessSandbox(Path({str(project)!r})))
        forks.execute(Prove(path="tests/test_new.py", text="def test_it(): pass"), timeout=20)
        Path({str(note)!r}).write_text(str([*forks._zygotes.values()][0].forker._process.pid))
        os._exit(0)
        """
    os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", textwrap.dedent(code)])
    process = int(note.read_text())

    deadline = time.monotonic() + 5
    while is_alive(process) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert not is_alive(process)
