"""What a function decodes is encoded for it."""

from __future__ import annotations

import base64
import json
from json import loads

import pytest

from pytest_enrich.payload.rules import encoded


def reads(text):
    data = json.loads(text)
    return data["kind"]


def reads_by_name(text):
    return loads(text)


def joins(text):
    text = base64.b64decode(text)
    return text + b"."


def counts(text):
    return len(text)


def is_decoded_by_itself(text):
    return text.decode()


def hands_on(text):
    data = json.loads(text)
    return data["kind"], sized(3, data)


def sized(_number, of):
    return of.get("size")


class Reply:
    @classmethod
    def parse(cls, text):
        found = cls.opened(text)
        return found["kind"]

    @staticmethod
    def opened(text):
        return json.loads(text)


@pytest.mark.parametrize(
    ("function", "ways"),
    [
        (reads, [("⟨json:dumps⟩", "data")]),
        (reads_by_name, [("⟨json:dumps⟩", "")]),
        (joins, [("⟨base64:b64encode⟩", "")]),
        (counts, []),
        (is_decoded_by_itself, []),
        (Reply.parse.__func__, [("⟨json:dumps⟩", "found")]),
        (Reply.opened, [("⟨json:dumps⟩", "")]),
        (len, []),
    ],
)
def test_what_decodes_tells_what_encodes(function, ways):
    assert [(one.encoder, one.variable) for one in encoded.ways(function, "text")] == ways


def test_what_is_asked_of_it_is_known_where_it_is_passed_on():
    (way,) = encoded.ways(hands_on, "text")
    assert way.keys == ("kind", "size")
