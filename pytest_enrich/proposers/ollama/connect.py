"""From the settings to a model that may be asked, or the reason why there is none; no code is sent here."""

from __future__ import annotations

import math
import os
from collections.abc import Callable

from msgspec import Struct

from pytest_enrich.config import Settings
from pytest_enrich.proposers.ollama import gate
from pytest_enrich.proposers.ollama.client import Client, parse_host
from pytest_enrich.proposers.ollama.gate import Model, Pulled, Refusal
from pytest_enrich.proposers.ollama.protocol import Failure, Limits

# A server on this machine answers a short question at once, or is not there.
NEAR = 0.3
ROOM, THOUGHT, THOUGHTS = 1500, 1200, 4800
"""Tokens of a window beyond the prompt's text: for the reply and what a template puts around the turns; for the
thoughts of a model that was told not to think, and of one that may."""
SMALLEST_WINDOW, LARGEST_WINDOW, STEP = 2048, 16384, 1024
_CHARACTERS = 2.8


class Connected(Struct, frozen=True, kw_only=True):
    """A model that may be asked, and what there is to say about it."""

    client: Client
    model: Model
    reason: str
    version: str
    is_here: bool

    @property
    def heading(self) -> str:
        """`ollama coder:7b on 127.0.0.1:11434 (code stays here)`."""
        where = "code stays here" if self.is_here else "your source code is sent there"
        return f"ollama {self.model.pulled.name} on {self.client.host} ({where})"


def connect(settings: Settings, notice: Callable[[str], None] = lambda _what: None) -> Connected | Refusal:
    """The model to ask, or why there is none; `notice` is told when it keeps questions waiting."""
    host = parse_host(settings.host or os.environ.get("OLLAMA_HOST", ""))
    hosts = settings.policy.policy.model.hosts
    if hosts is not None and str(host) not in {str(parse_host(allowed)) for allowed in hosts}:
        return Refusal(reason=f"{host} is not among model.hosts of {settings.policy.name}", is_forbidden=True)
    if refusal := gate.of_host(host, allow_remote=settings.allow_remote):
        return refusal
    limits = Limits(connect=NEAR) if host.is_loopback() else Limits()
    client = Client(host, limits, notice=notice)
    outcome = _model(client, settings)
    if isinstance(outcome, Refusal):
        client.close()
    return outcome


def window(characters: int, model: Pulled, *, may_think: bool = False) -> int:
    """Tokens of context for prompts of this length: one size for the run, since another would reload the model."""
    room = ROOM + (THOUGHTS if may_think else THOUGHT) * model.can("thinking")
    needed = math.ceil((characters / _CHARACTERS + room) / STEP) * STEP
    largest = min(LARGEST_WINDOW, model.window or LARGEST_WINDOW)
    return min(max(needed, SMALLEST_WINDOW), largest)


def _model(client: Client, settings: Settings) -> Connected | Refusal:
    answer = client.get("/api/version")
    if isinstance(answer, Failure):
        return _silent(client, answer)
    version = str(answer.get("version", ""))
    models = gate.read_models(client)
    if isinstance(models, Failure):
        return _silent(client, models)
    rules = settings.policy.policy.model
    allowed = tuple(model for model in models if rules.allows(model.digest))
    memory = gate.machine_memory() if client.host.is_loopback() else 0
    best, reason = gate.choose_model(allowed, memory)
    name = settings.model or best
    if not name:
        return _forbidden(models[0], settings) if models and not allowed else _empty(client)
    judged = gate.of_model(client, models, name, version)
    if isinstance(judged, Refusal):
        return judged
    if not rules.allows(judged.pulled.digest):
        return _forbidden(judged.pulled, settings)
    return Connected(
        client=client,
        model=judged,
        reason="asked for by name" if settings.model else reason,
        version=version,
        is_here=client.host.is_loopback(),
    )


def _empty(client: Client) -> Refusal:
    remedy = "get one:        ollama pull qwen2.5-coder:7b"
    return Refusal(reason=f"Ollama on {client.host} has no model", remedy=remedy)


def _forbidden(model: Pulled, settings: Settings) -> Refusal:
    reason = f"{model.name} (sha256:{model.digest}) is not among model.digests of {settings.policy.name}"
    return Refusal(reason=reason, is_forbidden=True)


def _silent(client: Client, failure: Failure) -> Refusal:
    if failure.kind == "unreachable":
        return Refusal(reason=f"no answer from {client.host.url}", remedy="start it:       ollama serve")
    return Refusal(reason=f"what answers on {client.host.url} is no Ollama ({failure})")
