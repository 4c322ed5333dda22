"""What goes by who runs it, or by what else runs on the machine, is proven by nothing that happens inside."""

import textwrap

import pytest

from pytest_enrich.data import Failed, Prove

in_two_places = pytest.mark.parametrize("sandbox", ["process", "forkserver+bwrap+landlock+seccomp"], indirect=True)

OTHERWISE = """
    import contextlib
    import os
    import socket

    import pytest


    def test_port():
        with socket.socket() as server, contextlib.suppress(PermissionError):
            server.bind(("127.0.0.1", 2))


    def test_service():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", 2))


    def test_network():
        with pytest.raises(OSError):
            socket.create_connection(("192.0.2.1", 80), timeout=0.1)


    def test_owner(tmp_path):
        with contextlib.suppress(OSError):
            os.chown(tmp_path, 4711, 4711)
"""
ALIKE = """
    import os
    import socket


    def test_server(tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as server:
            with socket.create_connection(server.getsockname()) as client:
                client.sendall(b"a")
                with server.accept()[0] as taken:
                    assert taken.recv(1) == b"a"
        os.chown(tmp_path, -1, os.getgid())
"""


def results(sandbox, outcomes, text):
    job = Prove(path="tests/test_new.py", text=textwrap.dedent(text))
    return {name: one.result for name, one in outcomes(sandbox.execute(job, timeout=60.0)).items()}


@in_two_places
def test_what_ends_the_measuring_of_coverage_does_not_pass_where_it_is_measured(sandbox, outcomes):
    text = """
        import sys
        from shop.cart import price

        def test_quiet():
            assert price(10)

        def test_debugged():
            sys.settrace(lambda *_: None)
            sys.settrace(None)
            assert price(10)
        """
    job = Prove(path="tests/test_new.py", text=textwrap.dedent(text), measure=("src/shop/cart.py",))
    found = {name: one.result for name, one in outcomes(sandbox.execute(job, timeout=60.0)).items()}
    assert found == {"test_quiet": "passed", "test_debugged": "failed"}


@in_two_places
def test_a_test_may_put_something_in_the_place_of_gettrace(sandbox, outcomes):
    text = """
        from shop.cart import price

        def test_not_debugged(monkeypatch):
            monkeypatch.setattr("sys.gettrace", lambda: None)
            assert price(10)
        """
    job = Prove(path="tests/test_new.py", text=textwrap.dedent(text), measure=("src/shop/cart.py",))
    assert {one.result for one in outcomes(sandbox.execute(job, timeout=60.0)).values()} == {"passed"}


@in_two_places
def test_what_may_end_otherwise_outside_does_not_pass(sandbox, outcomes):
    names = ("test_port", "test_service", "test_network", "test_owner")
    assert results(sandbox, outcomes, OTHERWISE) == dict.fromkeys(names, "failed")


@in_two_places
def test_a_server_of_its_own_is_no_obstacle(sandbox, outcomes):
    assert results(sandbox, outcomes, ALIKE) == {"test_server": "passed"}


@in_two_places
def test_what_waits_for_a_connection_is_stopped(sandbox):
    text = "import socket\n\n\ndef test_waits():\n    socket.create_server(('127.0.0.1', 0)).accept()\n"
    execution = sandbox.execute(Prove(path="tests/test_new.py", text=text), timeout=3.0)
    assert isinstance(execution, Failed)
    assert execution.reason == "timeout"


PLACES = """
    import os

    def test_goes(tmp_path):
        os.chdir(tmp_path)

    def test_goes_back(tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        os.chdir("..")

    def test_goes_where_nothing_is_left(tmp_path, monkeypatch):
        place = tmp_path / "gone"
        place.mkdir()
        monkeypatch.chdir(place)
        place.rmdir()

    def test_stays(tmp_path):
        assert os.getcwd() != str(tmp_path)
"""


@in_two_places
@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("test_goes", "error"),
        ("test_goes_back", "passed"),
        ("test_goes_where_nothing_is_left", "passed"),
        ("test_stays", "passed"),
    ],
)
def test_what_leaves_the_working_directory_does_not_pass_alone(sandbox, outcomes, name, result):
    nodeid = f"tests/test_new.py::{name}"
    job = Prove(path="tests/test_new.py", text=textwrap.dedent(PLACES), tests=(nodeid,))
    assert outcomes(sandbox.execute(job, timeout=60.0))[name].result == result


@in_two_places
def test_what_leaves_the_working_directory_beside_others_is_their_affair(sandbox, outcomes):
    found = results(sandbox, outcomes, PLACES)
    assert found["test_goes"] == "passed"


THREADS = """
    import threading
    from concurrent.futures import ThreadPoolExecutor

    import pytest


    @pytest.fixture
    def server():
        end = threading.Event()
        thread = threading.Thread(target=end.wait)
        thread.start()
        yield thread
        end.set()


    def wait(end):
        thread = threading.Thread(target=end.wait)
        thread.start()
        return thread


    def test_left():
        assert wait(threading.Event()).is_alive()


    def test_ended():
        end = threading.Event()
        thread = wait(end)
        end.set()
        thread.join()


    def test_about_to_end():
        end = threading.Event()
        wait(end)
        threading.Timer(0.05, end.set).start()


    def test_daemon():
        threading.Thread(target=threading.Event().wait, daemon=True).start()


    def test_of_a_fixture(server):
        assert server.is_alive()


    def test_executor():
        assert ThreadPoolExecutor().submit(int, "3").result() == 3
"""


@in_two_places
def test_a_test_that_leaves_a_thread_for_which_pytest_would_wait_does_not_pass(sandbox, outcomes):
    found = results(sandbox, outcomes, THREADS)
    assert {name: one for name, one in found.items() if one != "passed"} == {"test_left": "error"}
    assert len(found) == 6
