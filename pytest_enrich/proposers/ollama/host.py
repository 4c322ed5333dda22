"""Where Ollama listens, read as Ollama's own programs read `OLLAMA_HOST`."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket

from msgspec import Struct

PORT = 11434
_PORTS = {"http": 80, "https": 443}
_LARGEST_PORT = 65535


class Host(Struct, frozen=True, kw_only=True):
    """An address that requests go to."""

    scheme: str = "http"
    name: str = "127.0.0.1"
    port: int = PORT
    path: str = ""

    @property
    def url(self) -> str:
        """What the client is given."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{self.scheme}://{name}:{self.port}{self.path}"

    def __str__(self) -> str:
        """As people read it: `127.0.0.1:11434`."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{name}:{self.port}"

    def is_loopback(self) -> bool:
        """Whether all that the name stands for is this machine; what cannot be told is not."""
        addresses = [self.name] if _address(self.name) else _resolved(self.name)
        found = [_address(one) for one in addresses]
        return bool(found) and all(one is not None and one.is_loopback for one in found)

    def is_cloud(self) -> bool:
        """Whether it is Ollama's own service."""
        name = self.name.lower().rstrip(".")
        return name == "ollama.com" or name.endswith(".ollama.com")


def parse(text: str) -> Host:
    """The host that `[scheme://]host[:port][/path]` names; what is left out is Ollama's default.

    A bad port is the default one, and an address to bind to (`0.0.0.0`) is loopback, as for Ollama itself.
    """
    given = text.strip().strip("\"'").strip()
    scheme, found, rest = given.partition("://")
    if not found:
        scheme, rest = "http", given
    authority, slash, path = rest.partition("/")
    name, port = _split(authority.rpartition("@")[2])
    default = _PORTS.get(scheme, PORT) if found else PORT
    return Host(
        scheme=scheme if scheme in _PORTS else "http",
        name=_reachable(name),
        port=_number(port, default),
        path=f"{slash}{path}".rstrip("/"),
    )


def _split(authority: str) -> tuple[str, str]:
    """Name and port; an IPv6 address may stand in brackets or, without a port, alone."""
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", authority)
    if bracketed:
        return bracketed[1], bracketed[2] or ""
    if authority.count(":") > 1:
        return authority, ""
    name, _, port = authority.partition(":")
    return name, port


def _reachable(name: str) -> str:
    address = _address(name)
    if address is not None and address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "::1"  # noqa: PLR2004 - IP's version
    return name or "127.0.0.1"


def _number(text: str, default: int) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) <= _LARGEST_PORT:
        return default if not text else PORT
    return int(text)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name)
    return None


def _resolved(name: str) -> list[str]:
    """The addresses of `localhost`. Other names are not even looked up: they may be anywhere tomorrow."""
    if name.lower().rstrip(".") != "localhost":
        return []
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(name, None)]
    except OSError:
        return []
