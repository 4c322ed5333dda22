"""Lines that survive a kill at any moment."""

import signal
import subprocess
import sys
import textwrap

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_enrich.data import Decision, Finished, Gap
from pytest_enrich.store.identity import append_to_log, read_log


def gap(number):
    return Gap(
        id=f"cart-{'a' * 7}{'abcdefgh'[number % 8]}", path="a.py", qualname="f", line=1, outcome="true", text=""
    )


def finished(number, digest="d"):
    return Finished(gap=gap(number), digest=digest, proposer="search", outcome="nothing found")


def test_finished_gaps_are_read_back_in_order(store):
    store.journal(finished(1), finished(2))
    store.journal(finished(3))
    assert store.finished() == (finished(1), finished(2), finished(3))


def test_journalling_nothing_writes_nothing(store):
    store.journal()
    assert store.finished() == ()


def test_a_run_can_forget(store):
    store.journal(finished(1))
    store.forget()
    assert store.finished() == ()


def test_a_torn_last_line_is_not_a_problem(filled):
    filled.note(decision("cart-6e2m3fea"))
    with (filled.directory / "decisions.jsonl").open("ab") as file:
        file.write(b'{"id": "cart-6e2m')
    assert filled.decisions() == (decision("cart-6e2m3fea"),)
    assert filled.shelf().problems == ()


def test_a_torn_line_spoils_only_itself(filled):
    with (filled.directory / "decisions.jsonl").open("ab") as file:
        file.write(b'{"id": "cart-6e2m')
    filled.note(decision("cart-6e2m3fea"))
    assert filled.decisions() == (decision("cart-6e2m3fea"),)


def test_a_broken_line_is_counted(filled):
    (filled.directory / "decisions.jsonl").write_bytes(b"nonsense\n")
    assert filled.shelf().problems == ("decisions.jsonl has 1 unreadable lines: not used",)


@settings(max_examples=60)
@given(numbers=st.lists(st.integers(0, 7), max_size=6), cut=st.integers(0, 2000))
def test_whatever_is_cut_off_the_end_only_the_last_lines_are_lost(tmp_path_factory, numbers, cut):
    path = tmp_path_factory.mktemp("log") / "state.jsonl"
    append_to_log(path, [finished(number) for number in numbers])
    data = path.read_bytes() if path.exists() else b""
    path.write_bytes(data[: max(0, len(data) - cut)])
    append_to_log(path, [finished(0, digest="after")])
    values, _ = read_log(path, Finished)
    kept = [finished(number) for number in numbers]
    assert values[-1] == finished(0, digest="after")
    assert list(values[:-1]) == kept[: len(values) - 1]
    assert len(values) - 1 >= data[: max(0, len(data) - cut)].count(b"\n")


def test_a_killed_run_loses_at_most_one_gap(store):
    program = f"""
        import itertools
        from pathlib import Path
        from pytest_enrich.data import Finished, Gap
        from pytest_enrich.store import Store

        store = Store(Path({str(store.directory)!r}), Path({str(store.rootdir)!r}))
        for number in itertools.count():
            gap = Gap(id="cart-aaaaaaaa", path="a.py", qualname="f", line=number, outcome="true", text="x" * 999)
            store.journal(Finished(gap=gap, digest="d", proposer="search", outcome="nothing found"))
            print(number, flush=True)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    ) as child:
        told = [int(child.stdout.readline()) for _ in range(25)]
        child.send_signal(signal.SIGKILL)
        told += [int(line) for line in child.stdout.read().split()]
    lines = [one.gap.line for one in store.finished()]
    assert lines == list(range(len(lines)))
    assert len(lines) >= len(told)


def decision(identity):
    return Decision(id=identity, verb="accept", body="b", at="2026-11-25T00:00:00Z")
