import json

import pytest

from pytest_enrich.payload.fork import decode, encode

PLAIN = {"a": [1, -2.5, True, None, "é\n\ud800"], "b": {"c": []}, "d": (1, 2)}


def test_it_is_the_json_that_json_makes():
    assert encode(PLAIN) == json.dumps(PLAIN).encode()


def test_what_is_written_is_read():
    value = {"a": [1, -2.5, True, None, "é"]}
    assert decode(encode(value)) == value


def test_what_is_not_plain_is_refused():
    with pytest.raises(TypeError, match="Object of type object is not JSON serializable"):
        encode({"a": object()})


@pytest.mark.parametrize("text", [b"", b"{", b"{} {}", b"\xff"])
def test_what_is_no_json_is_an_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 - its words are of no use to anyone
        decode(text)


def test_whoever_replaces_the_encoder_has_no_say(monkeypatch):
    def forged(*_arguments, **_options):
        return '{"forged": 1}'

    for name in ("encode", "iterencode", "default"):
        monkeypatch.setattr(json.JSONEncoder, name, forged)
    monkeypatch.setattr(json.JSONDecoder, "decode", lambda *_: {"forged": 1})
    monkeypatch.setattr(json, "dumps", forged)
    monkeypatch.setattr(json, "loads", forged)
    monkeypatch.setattr(json.encoder, "c_make_encoder", forged)
    assert (encode({"a": 1}), decode(b'{"a": 1}')) == (b'{"a": 1}', {"a": 1})
