from __future__ import annotations

import contextlib
import sys

from pytest_enrich.payload.interest import is_raising, is_resumable, qualnames


def test_names_are_qualified_without_locals(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(
        "class A:\n    @property\n    def b(self):\n        def c(): pass\n        return c\n\ndef d(): pass\n"
    )

    assert qualnames(path) == {(1, "A"): "A", (2, "b"): "A.b", (4, "c"): "A.b.c", (7, "d"): "d"}


def test_a_file_that_is_broken_or_gone_has_no_names(tmp_path):
    (tmp_path / "a.py").write_text("def broken(:\n")
    (tmp_path / "b.py").write_bytes(b"\0\xff")

    assert [qualnames(tmp_path / name) for name in ("a.py", "b.py", "c.py")] == [{}, {}, {}]


def test_a_generator_can_be_entered_again_and_a_function_cannot():
    def plain():
        return 1

    def generator():
        yield 1

    async def coroutine():
        return 1

    assert [is_resumable(f.__code__) for f in (plain, generator, coroutine)] == [False, True, True]


def test_a_frame_is_left_by_a_return_or_by_an_exception():
    def shown(number):
        if number:
            raise ValueError

    left = []

    def watch(frame, event, _value):
        if event == "return" and frame.f_code is shown.__code__:
            left.append(is_raising(frame.f_code, frame.f_lasti))

    sys.setprofile(watch)
    try:
        shown(0)
        with contextlib.suppress(ValueError):
            shown(1)
    finally:
        sys.setprofile(None)
    assert left == [False, True]
