"""A private method that what its class inherits calls is explored through that."""

import pytest

from pytest_enrich.payload.explore import world

BASES = """
    class Base:
        def __init__(self, size: int):
            self.size = size

        def run(self, times: int):
            return self._twice(times)

        def _twice(self, times):
            return self._step(times) * 2

        def __iter__(self):
            return self

        def __next__(self):
            self.size -= 1
            return self._left(self.size)

        @property
        def whole(self):
            return self._made()


    class Cart(Base):
        def _step(self, times):
            if times > 7:
                return "many"{step}
            return "few"

        @staticmethod
        def _left(size):
            if size < 1:
                raise StopIteration
            return size{left}

        def _made(self):
            return self.size + 1{made}

        def _alone(self):
            return 3
"""


def text(**lines):
    return BASES.format(**dict.fromkeys(("step", "left", "made"), "") | lines)


@pytest.mark.parametrize(
    ("name", "way"),
    [("step", ".run("), ("left", "list("), ("made", ".whole")],
)
def test_a_hook_is_reached_by_what_the_class_inherits(explore, name, way):
    explored = explore(text(**{name: "  # here"}), f"Cart._{name}", "hook")
    found = [one for one in explored.findings if one.reached]
    assert found
    assert all(way in one.action and f"._{name}(" not in one.action for one in found)


class Base:
    def __init__(self):
        self.start()

    def start(self):
        self._started()

    def _other(self):
        self._closed()

    @classmethod
    def stop(cls):
        cls()._other()

    def lazily(self):
        return [self._named(one) for one in ()]


class Own(Base):
    def _started(self): ...

    def _closed(self): ...

    def _named(self, one): ...

    def _alone(self): ...


@pytest.mark.parametrize(
    ("name", "found"),
    [("_started", ["start"]), ("_closed", ["stop"]), ("_named", ["lazily"]), ("_alone", [])],
)
def test_public_methods_lead_to_what_they_refer_to_at_last(name, found):
    assert [*world.callers(Own, name)] == found


def test_what_a_constructor_does_is_reached_by_it():
    class Made(Base):
        def __init__(self):
            self._filled()

    class Last(Made):
        def _filled(self): ...

    assert [*world.callers(Last, "_filled")] == ["__init__"]
