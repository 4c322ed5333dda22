from __future__ import annotations

import enum
import functools
import http
import types

from pytest_enrich.payload.rules.body import keys_looked_up

RATES = {"low": 1, "high": 9}
MANY = dict.fromkeys(range(10_000))
OBJECTS = {object(): 1, "named": 2}


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Shop:
    PRICES = types.MappingProxyType({b"tea": 3})

    def price(self, name):
        return self.PRICES[name]


def rate(kind, other):
    return RATES.get(kind.strip().lower(), other)


@functools.lru_cache
def is_known(kind):
    return kind in RATES


def test_a_parameter_gets_the_keys_of_the_mappings_that_it_is_looked_up_in():
    assert keys_looked_up(rate, "kind") == ("'low'", "'high'")
    assert keys_looked_up(rate, "other") == ()


def test_what_a_decorator_hides_is_seen():
    assert keys_looked_up(is_known, "kind") == ("'low'", "'high'")


def test_a_class_and_an_enumeration_have_keys_as_well():
    def colour(name):
        return Colour[name], http.HTTPStatus[name]

    assert keys_looked_up(colour, "name")[:3] == ("'RED'", "'BLUE'", "'CONTINUE'")
    assert keys_looked_up(Shop.price, "name") == ("b'tea'",)


def test_keys_that_no_caller_writes_and_all_of_a_big_table_are_left_alone():
    def either(key):
        return MANY[key], OBJECTS[key], unknown[key]  # noqa: F821 - there is no such name

    assert keys_looked_up(either, "key") == ("'named'",)


class Broken(dict):
    def __iter__(self):
        raise RuntimeError("not now")


BROKEN = Broken(a=1)


def test_a_table_that_cannot_be_read_has_no_keys():
    def looked_up(key):
        return BROKEN[key]

    assert keys_looked_up(looked_up, "key") == ()


def test_the_search_reaches_what_only_one_entry_of_a_table_leads_to(explore):
    text = """\
        FORMATS = {"plain": None, "grid": "+-+", "unsafe": "<>"}
        def shown(text, style):
            sign = FORMATS.get(style)
            if sign == "<>":
                return sign[0] + text  # here
            return text
        """
    assert explore(text, "shown").findings
