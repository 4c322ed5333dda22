"""What a team allows: `enrich_policy`, a file that restricts settings and decisions, and grants nothing.

docs/reference/policy.md says what the keys mean.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from pytest_enrich.errors import UsageError

KEY = "enrich_policy"
Digest: TypeAlias = Annotated[str, Meta(pattern="^(sha256:)?[0-9a-f]{64}$")]
Days: TypeAlias = Annotated[int, Meta(ge=0)]
Isolation: TypeAlias = Literal["bwrap+landlock+seccomp", "landlock+seccomp", "rlimits-only"]
Kind: TypeAlias = Literal["row", "test", "bug"]
OneLine: TypeAlias = Annotated[str, Meta(pattern=r"^[^\r\n\f\x00]*\Z")]
CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


class ModelRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which models may be asked, where, and which files they never see; None is any, an empty list none."""

    digests: tuple[Digest, ...] | None = None
    hosts: tuple[str, ...] | None = None
    never_sent: tuple[str, ...] = ()

    def allows(self, digest: str) -> bool:
        """Whether a model with this digest may be asked."""
        digests = None if self.digests is None else {allowed.removeprefix("sha256:") for allowed in self.digests}
        return digests is None or digest.removeprefix("sha256:") in digests


class SuggestionRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which suggestions there may be, and which test files they may change: globs, none for any."""

    kinds: tuple[Kind, ...] = ("row", "test", "bug")
    places: tuple[str, ...] = ()


class ReviewRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may accept, and the comment on what was accepted.

    Attributes:
        reviewers: Globs of the e-mail addresses that git commits with; none for anybody.
        codeowners: Whether the person who accepts must be an owner of the test file.
        handles: The addresses behind the names in CODEOWNERS.
        comment: The comment above each accepted test; `{id}` is its id.
    """

    reviewers: tuple[str, ...] = ()
    codeowners: bool = False
    handles: dict[str, tuple[str, ...]] = {}
    comment: OneLine = ""


class RetentionRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After how many days `clean` removes what was decided (None: at once) and evidence (None: never)."""

    evidence_days: Days | None = None
    decided_days: Days | None = None


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole policy; `isolation` has the accepted combinations of sandbox layers, none for any."""

    isolation: tuple[Isolation, ...] = ()
    model: ModelRules = ModelRules()
    suggestions: SuggestionRules = SuggestionRules()
    review: ReviewRules = ReviewRules()
    retention: RetentionRules = RetentionRules()

    def refused(self, kind: str, place: str) -> str:
        """Why there may be no suggestion of this kind for this test file, "" when there may."""
        rules = self.suggestions
        if kind not in rules.kinds:
            return f"the policy allows no suggestion of the kind {kind}"
        if rules.places and not any(fnmatchcase(place, glob) for glob in rules.places):
            return f"the policy allows no suggestion for {place}"
        return ""

    def unfit(self, email: str, place: str, owners: Sequence[str] | None) -> str:
        """Why the person with this address may not accept a test for this file, "" when they may.

        `owners` are the file's, None where there is no CODEOWNERS.
        """
        rules, who = self.review, email or "nobody: git config user.email is not set"
        if rules.reviewers and not any(fnmatchcase(email.lower(), glob.lower()) for glob in rules.reviewers):
            return f"the policy has others accept: {', '.join(rules.reviewers)}; this is {who}"
        if rules.codeowners and owners is None:
            return f"the policy has code owners accept, and there is no {' or '.join(CODEOWNERS[:2])}"
        addresses = {
            address.lower() for owner in owners or () for address in (owner, *rules.handles.get(owner, ()))
        }
        if rules.codeowners and owners and email.lower() not in addresses:
            return f"the policy has the owners of {place} accept: {', '.join(owners)}; this is {who}"
        return ""


class Named(Struct, frozen=True):
    """A policy, the name of its file, and the sha256 of that; "" where there is none."""

    policy: Policy = Policy()
    name: str = ""
    sha256: str = ""


NONE = Named()


def read(rootdir: Path, name: str) -> Named:
    """The policy in a file of the project; without a name one that allows everything.

    Raises:
        UsageError: It cannot be read; the message names file and key, and what is accepted.
    """
    if not name:
        return NONE
    try:
        content = (rootdir / name).read_bytes()
        return Named(msgspec.toml.decode(content, type=Policy), name, hashlib.sha256(content).hexdigest())
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}\nMake it, or take {KEY} away.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(_explained(name, str(error))) from None


def _explained(name: str, said: str) -> str:
    """What is wrong, at which key, and what is accepted there."""
    trouble, _, place = said.partition(" - at `$.")
    place = place.rstrip("`")
    unknown = re.search(r"unknown field `(.*)`", trouble)
    kind: object = Policy
    for key in re.sub(r"\[[^]]*\]", "", place).split("."):
        kind = {field.name: field.type for field in _fields(kind)}.get(key, kind)
    place = ".".join(filter(None, (place, unknown[1] if unknown else "")))
    trouble = "there is no such key" if unknown else trouble
    accepted = _words(kind) or [field.name for field in _fields(kind)] if unknown or "enum" in trouble else []
    return ": ".join(filter(None, (name, place, trouble))) + f"; accepted: {', '.join(accepted)}" * bool(accepted)


def _fields(kind: object) -> Sequence[msgspec.structs.FieldInfo]:
    return msgspec.structs.fields(kind) if isinstance(kind, type) and issubclass(kind, Struct) else ()


def _words(kind: object) -> list[str]:
    """The accepted words."""
    inner = get_args(kind)
    return (
        list(inner) if get_origin(kind) is Literal else [word for argument in inner for word in _words(argument)]
    )


def owners(text: str, path: str) -> tuple[str, ...]:
    """The owners of a file by the last line of a CODEOWNERS that is about it."""
    latest: tuple[str, ...] = ()
    for line in text.splitlines():
        pattern, *names = line.partition("#")[0].split() or [""]
        if pattern and not pattern.startswith("[") and _is_about(pattern, path):
            latest = tuple(names)
    return latest


def _is_about(pattern: str, path: str) -> bool:
    """As in a .gitignore: a pattern with a slash is about one place, one for a folder about all in it."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.strip("/"))
    wildcards = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(wildcards.get(part, re.escape(part)) for part in parts)
    start = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    below = "" if pattern.endswith("/*") else "(?:/.*)?"  # to GitHub, that means the folder's own files
    return re.fullmatch(f"{start}{body}{below}", path) is not None
