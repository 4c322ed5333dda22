"""Tests that go through a client, which may have threads or be set up for many tests, run with other values."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Sighting

SOURCE = """
    class Refused(Exception):
        pass


    def answer(count):
        if count > 100:
            return {"error": "100 at most"}  # here
        return {"total": count, "of": {"all": 1}}


    def checked(count):
        if count > 100:
            raise KeyError("total")  # here
        return {"total": count}
    """
SHARED = """
    import os

    import pytest

    import sample


    @pytest.fixture(scope="session")
    def owner():
        {start}
        return os.getpid()


    def test_answer(owner):
        count = 30
        assert sample.answer(count)["total"] == 30
        assert (os.getpid() == owner) is True
    """


def test_what_runs_in_a_thread_that_a_fixture_started_is_seen(vary, written):
    tests = written("""
        import queue
        import threading

        import pytest

        from sample import answer


        @pytest.fixture
        def ask():
            asked, answers = queue.Queue(), queue.Queue()

            def serve():
                while (count := asked.get()) is not None:
                    answers.put(answer(count))

            server = threading.Thread(target=serve)
            server.start()

            def ask(count):
                asked.put(count)
                return answers.get(timeout=10)

            yield ask
            asked.put(None)
            server.join()


        def test_ask(ask):
            assert ask(3)["of"] == {"all": 1}
        """)
    point = tests.point("assert ask(3)['of'] == {'all': 1}", "ask(3)")
    pattern = tests.pattern("test_ask", tests.literal("3"), points=(point,))
    (variant,) = vary(SOURCE, tests, pattern, constants=("100",)).variants
    assert variant.seen == (Sighting(point=0, value="{'error': '100 at most'}"),)


@pytest.mark.parametrize(("key", "value"), [("['total']", 3), ("['of']['all']", 1)])
def test_where_a_key_is_missing_the_whole_is_seen(vary, written, key, value):
    tests = written(f"""
        from sample import answer


        def test_answer():
            body = answer(3)
            assert body{key} == {value}
        """)
    point = tests.point(f"assert body{key} == {value}", f"body{key}")
    pattern = tests.pattern("test_answer", tests.literal("3"), points=(point,))
    (variant,) = vary(SOURCE, tests, pattern, constants=("100",)).variants
    assert variant.seen == (Sighting(point=0, value="{'error': '100 at most'}", missed=True),)


def test_what_is_looked_into_is_seen_too(vary, written):
    tests = written("""
        from sample import answer


        def test_answer():
            body = answer(3)
            assert body["of"]["all"] == 1
        """)
    point = tests.point("assert body['of']['all'] == 1", "body['of']['all']")
    pattern = tests.pattern("test_answer", tests.literal("3"), points=(point,))
    source = """
        def answer(count):
            if count > 100:
                return {"total": 100, "of": {"all": 1}}  # here
            return {"total": count, "of": {"all": 1}}
        """
    (variant,) = vary(source, tests, pattern, constants=("100",)).variants
    assert variant.seen == (Sighting(point=0, value="1", whole="{'total': 100, 'of': {'all': 1}}"),)


def test_what_the_code_itself_does_not_find_is_an_accident(vary, written):
    tests = written("""
        from sample import checked


        def test_checked():
            count = 30
            assert checked(count)["total"] == 30
        """)
    point = tests.point("assert checked(count)['total'] == 30", "checked(count)['total']")
    pattern = tests.pattern("test_checked", tests.literal("30"), points=(point,))
    answer = vary(SOURCE, tests, pattern, constants=("100",))
    assert [variant.raised for variant in answer.variants] == ["⟨builtins:KeyError⟩"]


@pytest.mark.parametrize(
    ("start", "is_shared"),
    [
        ("pass", True),
        ("import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()", False),
    ],
)
def test_what_tests_share_is_set_up_once_unless_it_starts_a_thread(vary, written, start, is_shared):
    tests = written(SHARED.format(start=start))
    points = (
        tests.point("assert sample.answer(count)['total'] == 30", "sample.answer(count)['total']"),
        tests.point("assert (os.getpid() == owner) is True", "os.getpid() == owner"),
    )
    pattern = tests.pattern("test_answer", tests.literal("30"), points=points)
    (variant,) = vary(SOURCE, tests, pattern, constants=("100",)).variants
    assert variant.seen[1].value == str(not is_shared)


def test_what_a_library_says_on_of_what_the_code_raised_is_expected(vary, written):
    source = """
        from pydantic import BaseModel, field_validator


        class Order(BaseModel):
            count: int

            @field_validator("count")
            @classmethod
            def is_small(cls, count):
                if count > 100:
                    raise ValueError("100 at most")  # here
                return count
        """
    tests = written("""
        from sample import Order


        def test_order():
            order = Order(count=3)
            assert order.count == 30 / 10
        """)
    point = tests.point("assert order.count == 30 / 10", "order.count")
    pattern = tests.pattern("test_order", tests.literal("3"), points=(point,))
    (variant,) = vary(source, tests, pattern, constants=("100",)).variants
    assert (variant.raised.rpartition(":")[2], variant.message) == ("ValidationError⟩", "100 at most")
