from __future__ import annotations

from pytest_enrich.payload.rules.body import changing_methods


class Line:
    def __init__(self):
        self.said = []
        self.peer = None

    def hang_up(self):
        self.peer = None

    def forget(self, most=0):
        del self.said[most:]

    def wait(self):
        self.said.sort()

    def call(self, number):
        self.peer = number

    def last(self):
        return self.said[-1]

    def spelled(self):
        letters = []
        letters.append(self.last())
        return letters

    async def close(self):
        self.peer = None

    def drained(self):
        while self.said:
            yield self.said.pop()
            self.peer = None

    def _reset(self):
        self.said = []


def test_methods_that_set_delete_or_order_what_the_object_keeps_and_need_nothing():
    assert list(changing_methods(Line)) == ["close", "forget", "hang_up", "wait"]
