from __future__ import annotations

import socket

import pytest

from pytest_enrich.proposers.ollama.client import parse_host


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("example.org", "http://example.org:11434"),
        ("http://example.org", "http://example.org:80"),
        ("https://example.org", "https://example.org:443"),
        ("https://example.org:8443/ollama/", "https://example.org:8443/ollama"),
        (":1234", "http://127.0.0.1:1234"),
        (' "127.0.0.1:9" ', "http://127.0.0.1:9"),
        ("127.0.0.1:x", "http://127.0.0.1:11434"),
        ("127.0.0.1:99999", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:80", "http://127.0.0.1:80"),
        ("::", "http://[::1]:11434"),
        ("[::]:7", "http://[::1]:7"),
        ("[::1]", "http://[::1]:11434"),
        ("fe80::1", "http://[fe80::1]:11434"),
        ("ftp://somewhere", "http://somewhere:11434"),
        ("http://127.0.0.1@evil.example:80", "http://evil.example:80"),
    ],
)
def test_a_host_is_read_as_ollama_reads_it(text, url):
    assert parse_host(text).url == url


@pytest.mark.parametrize("text", ["", "127.0.0.1", "127.8.8.8:80", "[::1]:80", "0.0.0.0", "localhost"])
def test_this_machine_is_loopback(text):
    assert parse_host(text).is_loopback()


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1",
        "gpu.corp.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "[fe80::1]",
    ],
)
def test_what_may_be_elsewhere_is_not_loopback(text):
    assert not parse_host(text).is_loopback()


def test_a_localhost_that_is_elsewhere_is_not_loopback(monkeypatch):
    elsewhere = [(socket.AF_INET, None, None, "", ("10.0.0.7", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: elsewhere)
    assert not parse_host("localhost").is_loopback()


def test_no_name_is_looked_up_but_localhost(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked up"))
    assert not parse_host("gpu.corp.example").is_loopback()


@pytest.mark.parametrize(
    ("text", "cloud"), [("https://ollama.com", True), ("api.OLLAMA.com.", True), ("notollama.com", False)]
)
def test_ollamas_own_service_is_known(text, cloud):
    assert parse_host(text).is_cloud() is cloud


@pytest.mark.parametrize(("text", "shown"), [("", "127.0.0.1:11434"), ("[::1]:8", "[::1]:8")])
def test_people_read_name_and_port(text, shown):
    assert str(parse_host(text)) == shown
