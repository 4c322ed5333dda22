"""The models that a server has, and the gate that code passes before it is sent.

Code is sent to this machine alone, unless people say otherwise.

A server on this machine may still hand a prompt on to Ollama's cloud: by a name that ends in `cloud`, even one
that was never pulled, or by a model with an innocent name that stands for a remote one. Six signs tell:

1. what the server says of its cloud: where that is off, nothing is handed on; 2. the name's tag; 3. the list: its
`remote_host` and `remote_model`, an entry without weights, or a name that it does not have; 4. a server that does
not know `NAME:local` (an old one: `NAME`) or shows one of these fields with it; 5. the same two fields in each
reply, for which `protocol` looks; 6. the host itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.proposers.ollama.client import Client, Host
from pytest_enrich.proposers.ollama.protocol import Failure

# The share of a machine's memory that a model may fill; the window and the tests need the rest.
SHARE = 0.6
_GIGA = 1e9
_SCALES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
# A stub has a few hundred bytes and no weights.
_SMALLEST = 1_000_000
REGISTRY, LIBRARY = "registry.ollama.ai/", "library/"

LOCAL_SINCE = (0, 17, 6)
_NOT_FOUND = (400, 403, 404)
SMALL, SHORT, LONG = 4e9, 3500, 14000
"""Models with fewer than `SMALL` parameters are shown `SHORT` characters, others `LONG`."""


class Pulled(Struct, frozen=True, kw_only=True):
    """A model in a server's list.

    Attributes:
        name: Its name, with the tag.
        digest: The digest of its manifest, which changes with weights, template and parameters.
        size: Bytes on the disk.
        parameters: Their number, 0 when the server does not say.
        capabilities: `completion`, `insert`, `thinking`, ...; None from a server that does not say.
        remote: The host whose model it stands for, "" for a model that is here.
        window: The longest context it was made for, 0 when the server does not say.
    """

    name: str
    digest: str = ""
    size: int = 0
    parameters: float = 0.0
    capabilities: frozenset[str] | None = None
    remote: str = ""
    window: int = 0

    def can(self, capability: str) -> bool:
        """Whether it has a capability, as far as the server says."""
        return capability in (self.capabilities or ())

    @property
    def is_text(self) -> bool:
        """Whether it can be asked at all; an embedding model cannot."""
        return self.capabilities is None or "completion" in self.capabilities

    @property
    def is_for_code(self) -> bool:
        """Whether it fills in the middle, or has `code` in its name."""
        return self.can("insert") or "code" in self.name.lower()


def read_models(client: Client) -> tuple[Pulled, ...] | Failure:
    """The server's list."""
    listed = client.get("/api/tags")
    if isinstance(listed, Failure):
        return listed
    models = listed.get("models")
    if not isinstance(models, list):
        return Failure(kind="bad answer", message="no list of models")
    return tuple(
        _pulled(entry) for entry in models if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    )


def find_model(models: Sequence[Pulled], name: str) -> Pulled | None:
    """The model of that name, in any case; without a tag it is the latest, and the registry may be left out."""
    wanted = plain_name(name if ":" in name.rpartition("/")[2] else f"{name}:latest")
    return next((model for model in models if plain_name(model.name) == wanted), None)


def plain_name(name: str) -> str:
    """A model's name in a form that is the same for all its spellings."""
    return name.lower().removeprefix(REGISTRY).removeprefix(LIBRARY)


def choose_model(models: Sequence[Pulled], memory: int = 0) -> tuple[str, str]:
    """The name of the best model, and why it is the best; "" where none can be asked.

    Models for code come first, then the largest that fits `memory` bytes (0: not known).
    """
    local = [model for model in models if model.is_text and not model.remote and not is_stub(model)]
    smallest = sorted(local, key=lambda model: model.size)[:1]
    fitting = [model for model in local if not memory or model.size <= memory * SHARE] or smallest
    if not fitting:
        return "", ""
    best = max(fitting, key=lambda model: (model.is_for_code, model.parameters or model.size, model.name))
    return best.name, _reason(best, models, fits=not memory or best.size <= memory * SHARE)


def machine_memory() -> int:
    """This machine's memory in bytes, 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def is_stub(model: Pulled) -> bool:
    """Whether it has no weights."""
    return 0 < model.size < _SMALLEST and not model.parameters


class Model(Struct, frozen=True, kw_only=True):
    """A model that code may be sent to.

    `name` is what to ask for, so that it cannot be handed on; the window is that of the whole run.
    """

    pulled: Pulled
    name: str
    window: int = 4096
    may_think: bool = False

    @property
    def is_small(self) -> bool:
        """Whether it is one of the models that can do little, and that run where each token takes long."""
        return 0 < self.pulled.parameters < SMALL

    @property
    def room(self) -> int:
        """How many characters a question may have."""
        return SHORT if self.is_small else LONG

    @property
    def think(self) -> bool | None:
        """What to send as `think` to a model that can: unless it may, no time is spent on thoughts."""
        return self.may_think if self.pulled.can("thinking") else None


class Refusal(Struct, frozen=True, kw_only=True):
    """Why code is not sent, in words, and what a person can do; `is_forbidden` by a policy."""

    reason: str
    remedy: str = ""
    is_forbidden: bool = False


def of_host(host: Host, *, allow_remote: bool) -> Refusal | None:
    """Why nothing is sent to a host, or None; it is not contacted to find out."""
    if host.is_cloud():
        return Refusal(reason=f"{host} is Ollama's cloud; code is not sent there")
    if allow_remote or host.is_loopback():
        return None
    return Refusal(
        reason=f"{host} is another machine; your source code would be sent there",
        remedy="to allow it:    enrich_allow_remote = true",
    )


def of_model(client: Client, models: Sequence[Pulled], name: str, version: str) -> Model | Refusal:
    """The model, if it is on the server's own machine, else why it is refused; no code is sent to find out."""
    if is_cloud_name(name):
        return Refusal(reason=f"{name} runs in Ollama's cloud; code is not sent there")
    model = find_model(models, name)
    if model is None:
        return _not_pulled(name, models)
    if model.remote or is_stub(model):
        where = f" on {model.remote}" if model.remote else " elsewhere"
        return Refusal(reason=f"{model.name} only stands for a model{where}; code is not sent there")
    return _confirmed(client, model, version)


def is_cloud_name(name: str) -> bool:
    """Whether a server would hand the name on: its tag is `cloud` or ends in `-cloud`."""
    _, colon, tag = name.rpartition(":")
    return bool(colon) and (tag.lower() == "cloud" or tag.lower().endswith("-cloud"))


def _knows_local(version: str) -> bool:
    """Whether a server knows `NAME:local`; one built by hand says no version, or `0.0.0`, and may be new."""
    match = re.match(r"v?([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})", version)
    numbers = tuple(map(int, match.groups())) if match else ()
    return not any(numbers) or numbers >= LOCAL_SINCE


def _confirmed(client: Client, model: Pulled, version: str) -> Model | Refusal:
    """The model, once the server itself says that it is here, by the name that it has for local models."""
    name = f"{model.name}:local" if _knows_local(version) else model.name
    shown = client.post("/api/show", {"model": name})
    if isinstance(shown, Failure):
        if shown.status in _NOT_FOUND:
            return _elsewhere(model)
        if not is_cloud_off(client):
            return Refusal(reason=f"whether {model.name} is on this machine could not be told: {shown}")
        name = model.name
    elif shown.get("remote_host") or shown.get("remote_model"):
        return _elsewhere(model)
    elif model.capabilities is None:
        # An older server tells a model's capabilities only when asked about that model.
        model = replace(model, capabilities=_capabilities(shown))
    return Model(pulled=model, name=name) if model.is_text else Refusal(reason=f"{model.name} writes no text")


def is_cloud_off(client: Client) -> bool:
    """Whether the server says that it hands nothing on; an older one cannot answer this."""
    status = client.get("/api/status")
    cloud = None if isinstance(status, Failure) else status.get("cloud")
    return isinstance(cloud, dict) and cloud.get("disabled") is True


def _elsewhere(model: Pulled) -> Refusal:
    return Refusal(reason=f"the server does not say that {model.name} is on its machine; code is not sent there")


def _not_pulled(name: str, models: Sequence[Pulled]) -> Refusal:
    have = ", ".join(model.name for model in models[:8]) or "none"
    return Refusal(
        reason=f"model {name} is not pulled (you have: {have})", remedy=f"pull it:        ollama pull {name}"
    )


def _reason(best: Pulled, models: Sequence[Pulled], *, fits: bool) -> str:
    sort = "fills in code" if best.can("insert") else "made for code" if best.is_for_code else "none is for code"
    size = f"{best.parameters / _GIGA:.2g}B" if best.parameters else f"{best.size / _GIGA:.1f} GB"
    of = "the only one pulled" if len(models) == 1 else f"best of {len(models)} pulled"
    return f"{of}: {sort}, {size}{'' if fits else ', more than fits the memory'}"


def _pulled(entry: dict[str, Any]) -> Pulled:
    details = entry.get("details") if isinstance(entry.get("details"), dict) else {}
    assert isinstance(details, dict)
    return Pulled(
        name=entry["name"],
        digest=_text(entry.get("digest")).removeprefix("sha256:"),
        size=_whole(entry.get("size")),
        parameters=_parameters(_text(details.get("parameter_size"))),
        capabilities=_capabilities(entry),
        remote=_text(entry.get("remote_host")) or _text(entry.get("remote_model")),
        window=_whole(details.get("context_length")),
    )


def _capabilities(told: dict[str, Any]) -> frozenset[str] | None:
    capabilities = told.get("capabilities")
    return frozenset(map(str, capabilities)) if isinstance(capabilities, list) else None


def _parameters(text: str) -> float:
    """The number that `134.52M` or `7.6B` stands for."""
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([KMBT]?)", text.strip(), re.IGNORECASE)
    return float(match[1]) * _SCALES.get(match[2].upper(), 1.0) if match else 0.0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
