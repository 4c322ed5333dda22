"""The gate that code passes before it is sent: to this machine alone, unless people say otherwise.

A server on this machine may still hand a prompt on to Ollama's cloud: by a name that ends in `cloud`, even one
that was never pulled, or by a model with an innocent name that stands for one elsewhere. Six signs tell:

1. what the server says of its cloud: where it is off nothing is handed on; 2. the name's tag; 3. the list: its
`remote_host` and `remote_model`, an entry without weights, or a name that it does not have; 4. a server that does
not know `NAME:local` (an old one: `NAME`) or shows one of these fields with it; 5. the same two fields in each
reply, for which `wire` looks; 6. the host itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich.proposers.ollama import pulled
from pytest_enrich.proposers.ollama.client import Client
from pytest_enrich.proposers.ollama.exchange import Failure
from pytest_enrich.proposers.ollama.host import Host
from pytest_enrich.proposers.ollama.pulled import Pulled

CLOUD_SINCE, STATUS_SINCE, LOCAL_SINCE = (0, 12, 0), (0, 16, 2), (0, 17, 6)
_NOT_FOUND = (400, 404)


class Pass(Struct, frozen=True, kw_only=True):
    """A model that code may be sent to: `name` is what to ask for, so that it cannot be handed on."""

    model: Pulled
    name: str


class Refusal(Struct, frozen=True, kw_only=True):
    """Why code is not sent, in words, and what a person can do."""

    reason: str
    remedy: str = ""


def of_host(host: Host, *, allow_remote: bool) -> Refusal | None:
    """Why nothing is sent to a host, or None; nothing is asked of it for this."""
    if host.is_cloud():
        return Refusal(reason=f"{host} is Ollama's cloud; code is not sent there")
    if allow_remote or host.is_loopback():
        return None
    return Refusal(
        reason=f"{host} is another machine; your source code would be sent there",
        remedy="to allow it:    enrich_allow_remote = true",
    )


def of_model(client: Client, models: Sequence[Pulled], name: str, version: str) -> Pass | Refusal:
    """Whether a model is here; no code is sent to find out."""
    if is_cloud_name(name):
        return Refusal(reason=f"{name} runs in Ollama's cloud; code is not sent there")
    model = pulled.find(models, name)
    if model is None:
        return _not_pulled(name, models)
    if model.remote or pulled.is_stub(model):
        there = f" on {model.remote}" if model.remote else " elsewhere"
        return Refusal(reason=f"{model.name} only stands for a model{there}; code is not sent there")
    return _confirmed(client, model, version)


def is_cloud_name(name: str) -> bool:
    """Whether a server would hand the name on: its tag is `cloud` or ends in `-cloud`."""
    _, colon, tag = name.rpartition(":")
    return bool(colon) and (tag.lower() == "cloud" or tag.lower().endswith("-cloud"))


def parsed(version: str) -> tuple[int, ...]:
    """`0.33.0-rc2` as numbers; () for what is none, as a build by hand may say."""
    match = re.match(r"v?([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})", version)
    return tuple(int(part) for part in match.groups()) if match else ()


def is_older(version: str, than: tuple[int, ...]) -> bool:
    """Whether a server is surely older; one that was built by hand says nothing, or `0.0.0`, and may be new."""
    return any(parsed(version)) and parsed(version) < than


def _confirmed(client: Client, model: Pulled, version: str) -> Pass | Refusal:
    """Have the server say itself that the model is here, by the name that it knows for this."""
    if is_older(version, CLOUD_SINCE):
        return Pass(model=model, name=model.name)
    name = model.name if is_older(version, LOCAL_SINCE) else f"{model.name}:local"
    found = client.post("/api/show", {"model": name})
    if not isinstance(found, Failure):
        remote = found.get("remote_host") or found.get("remote_model")
        return _elsewhere(model) if remote else Pass(model=model, name=name)
    if found.status in {*_NOT_FOUND, 403}:
        return _elsewhere(model)
    if is_cloud_off(client, version):
        return Pass(model=model, name=model.name)
    return Refusal(reason=f"whether {model.name} is on this machine could not be told: {found}")


def is_cloud_off(client: Client, version: str) -> bool:
    """Whether the server says that it hands nothing on; an older one does not know the question."""
    if is_older(version, STATUS_SINCE):
        return False
    told = client.get("/api/status")
    cloud = None if isinstance(told, Failure) else told.get("cloud")
    return isinstance(cloud, dict) and cloud.get("disabled") is True


def _elsewhere(model: Pulled) -> Refusal:
    return Refusal(reason=f"the server does not say that {model.name} is on its machine; code is not sent there")


def _not_pulled(name: str, models: Sequence[Pulled]) -> Refusal:
    have = ", ".join(one.name for one in models[:8]) or "none"
    return Refusal(
        reason=f"model {name} is not pulled (you have: {have})", remedy=f"pull it:        ollama pull {name}"
    )
