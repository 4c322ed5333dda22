"""The tracer against coverage.py itself, on the Python that runs this."""

from __future__ import annotations

import contextlib
import importlib.util
import textwrap

import coverage
import pytest
from coverage.exceptions import ConfigError
from coverage.results import analysis_from_file_reporter

from pytest_enrich.payload.engine.trace import TooLongError, Tracer

MANY_LINES = """
def f(a,
      b=1):
    total = g(
        a,
        b,
    )
    if (
        total
        and a
    ):
        return [
            a,
            b,
        ]
    raise ValueError(
        "x"
        f"{a}"
    )


def g(a, b):
    return (
        a
        + b
    )
"""
SAMPLES = {
    "if": (
        """
        def f(a):
            if a > 1:
                a += 1
            elif a < 0:
                return -1
            return a
        """,
        ["f(0)", "f(2)", "f(-1)"],
    ),
    "while": (
        """
        def f(n):
            total = 0
            while n:
                n -= 1
                if n == 2:
                    continue
                if n == 5:
                    break
                total += n
            else:
                total = -total
            return total
        """,
        ["f(0)", "f(4)", "f(7)"],
    ),
    "for": (
        """
        def f(items):
            for item in items:
                if item:
                    break
            else:
                return 0
            for one in items:
                one += 1
        """,
        ["f([])", "f([0])", "f([0, 1])"],
    ),
    "try": (
        """
        def f(text):
            try:
                value = int(text)
            except ValueError:
                value = 0
            except TypeError:
                return None
            else:
                value += 1
            finally:
                text = ""
            return value
        """,
        ["f('1')", "f('x')", "f(None)"],
    ),
    "raise": (
        """
        def f(a):
            if a:
                raise ValueError(a)
            return 1

        def g(a):
            with open(__file__) as file:
                f(a)
            return file
        """,
        ["f(0)", "g(0)", "g(1)"],
    ),
    "match": (
        """
        def f(value):
            match value:
                case [1, x]:
                    return x
                case str() if value:
                    pass
                case {"a": a}:
                    return a
                case _:
                    value = 0
            return value
        """,
        ["f([1, 2])", "f('a')", "f('')", "f({'a': 1})"],
    ),
    "generator": (
        """
        def f(n):
            for i in range(n):
                if i == 1:
                    yield -i
                yield i
            yield from [1]
        """,
        ["list(f(0))", "list(f(1))", "list(f(3))"],
    ),
    "generator left alone": (
        """
        def f(n):
            while True:
                yield n
                n += 1
        """,
        ["next(f(0))"],
    ),
    "async": (
        """
        import asyncio

        async def g(a):
            await asyncio.sleep(0)
            if a:
                return 1
            return 2

        async def f(a):
            async with asyncio.Lock():
                total = await g(a)
            async for one in h(a):
                total += one
            return total

        async def h(n):
            for i in range(n):
                yield i
                await asyncio.sleep(0)
        """,
        ["asyncio.run(f(0))", "asyncio.run(f(2))"],
    ),
    "nested": (
        """
        def f(a):
            def inner(b):
                if b:
                    return 1
                return 0
            return inner(a) + max(a, 1, key=lambda one: -one)
        """,
        ["f(0)", "f(1)"],
    ),
    "many lines": (MANY_LINES, ["f(1)", "f(0)"]),
    "class": (
        """
        class C:
            def __init__(self, a):
                self.a = a

            @property
            def size(self):
                if self.a:
                    return 1
                return 0
        """,
        ["C(0).size", "C(1).size"],
    ),
}


@pytest.fixture
def module(tmp_path):
    def module(text):
        path = tmp_path / "sample.py"
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        spec = importlib.util.spec_from_file_location("sample", path)
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made

    return module


def run(call, module):
    with contextlib.suppress(ValueError, TypeError):
        eval(call, vars(module))


def traced(call, module, statements):
    tracer = Tracer(module.__file__, statements)
    tracer.start()
    run(call, module)
    tracer.stop()
    return tracer.branches


class Measured:
    """What coverage.py says of one call."""

    def __init__(self, call, module):
        cov = coverage.Coverage(data_file=None, branch=True, include=[module.__file__], config_file=False)
        with contextlib.suppress(ConfigError):  # releases before 7.9 have no such option
            cov.set_option("run:core", "ctrace")
        cov.start()
        run(call, module)
        cov.stop()
        self.reporter = cov._get_file_reporter(module.__file__)
        analysis = analysis_from_file_reporter(cov.get_data(), 0, self.reporter, module.__file__)
        counts = analysis.exit_counts
        self.possible = {arc for arc in analysis.arc_possibilities if counts.get(arc[0], 0) > 1}
        missing = {(start, end) for start, ends in analysis.missing_branch_arcs().items() for end in ends}
        self.branches = self.possible - missing
        self.lines = analysis.executed

    def statements(self):
        """The first line of each line's statement."""
        lines = range(1, len(self.reporter.source().splitlines()) + 1)
        return {line: min(self.reporter.translate_lines([line])) for line in lines}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_branches_and_lines_are_those_of_coverage(name, module):
    text, calls = SAMPLES[name]
    sample = module(text)
    for call in calls:
        measured = Measured(call, sample)
        ours = traced(call, sample, measured.statements())
        assert ours & measured.possible == measured.branches, call
        # Definitions ran when the module was imported, before either looked.
        assert {to for _, to in ours if to > 0} == measured.lines, call


def test_other_files_are_not_looked_at(module):
    sample = module("def f(a):\n    return a\n")
    tracer = Tracer("/elsewhere.py", {})
    tracer.start()
    sample.f(1)
    tracer.stop()
    assert tracer.branches == set()


def test_what_was_noted_is_forgotten_at_the_next_start(module):
    sample = module("def f(a):\n    if a:\n        return 1\n    return 2\n")
    tracer = Tracer(sample.__file__, {})
    tracer.start()
    sample.f(1)
    tracer.start()
    sample.f(0)
    tracer.stop()
    assert tracer.branches == {(-1, 2), (2, 4), (4, -1)}


def test_a_call_of_too_many_steps_is_ended(module):
    sample = module("def f():\n    while True:\n        pass\n")
    tracer = Tracer(sample.__file__, {}, 50)
    tracer.start()
    with pytest.raises(TooLongError):
        sample.f()
    tracer.stop()
    assert (2, 3) in tracer.branches
