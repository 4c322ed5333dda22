"""Names of files, folders and variables that suggest secrets: prompts and sandboxes use the same ones."""

from __future__ import annotations

import fnmatch
import re

_OF_SETTINGS = ("yaml", "yml", "json", "toml", "ini", "cfg", "conf", "txt", "properties", "enc")

KEYS = ("*.pem", "*.key", "*.p8", "*.p12", "*.pfx", "*.ppk", "*.jks", "*.keystore")
"""Keys and certificates; those that a project publishes are for its tests."""

FILES = (
    ".env", ".env.*", "*.env", ".envrc", ".envrc.*", ".flaskenv", ".git", ".git-credentials", ".netrc", "_netrc",
    ".pgpass", "pgpass.conf", ".my.cnf", ".mylogin.cnf", ".pypirc", ".npmrc", ".htpasswd", ".dockercfg", ".boto",
    ".s3cfg", ".vault_pass*", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*.kdbx",
    "*.tfvars", "*.tfvars.json", "*.tfstate", "*.tfstate.*",
    "credentials", "client_secret*.json", "service_account*.json", "service-account*.json",
    *(f"{stem}.{kind}" for stem in ("secret", "secrets", "credentials", "*_credentials") for kind in _OF_SETTINGS),
    *KEYS,
)  # fmt: skip
"""Globs of files, in lower case."""

FOLDERS = (
    ".git", ".env", ".env.*", ".ssh", ".gnupg", ".aws", ".azure", ".docker", ".kube", ".config", ".secrets",
    "enrich-suggestions",
)  # fmt: skip
"""Globs of folders with all that is in them, in lower case."""

_HARMLESS = re.compile(r"\.env\.(example|sample|template|dist|test)|.*\.(py|pyi|pyc|so|pub)")
"""Templates without values, what Python imports, and public keys."""

_VARIABLE = re.compile(
    r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|WEBHOOK|COOKIE|CONNECTION_?STRING|SSHPASS"
    r"|(^|_)(PASS|DSN|AUTH|BEARER|SALT)(_|$)|_(PWD|SESSION|SESSION_?ID)$",
    re.IGNORECASE,
)


def _any(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(fnmatch.translate, globs)))


_FILES, _KEYS, _FOLDERS = _any(FILES), _any(KEYS), _any(FOLDERS)


def is_file(name: str) -> bool:
    """Whether a file of this name (without its folder) is likely to hold a secret."""
    lowered = name.lower()
    return _FILES.match(lowered) is not None and not _HARMLESS.fullmatch(lowered)


def is_key(name: str) -> bool:
    """Whether a file of this name is a key or a certificate."""
    return _KEYS.match(name.lower()) is not None


def is_folder(name: str) -> bool:
    """Whether everything in a folder of this name is likely to be secret."""
    lowered = name.lower()
    return _FOLDERS.match(lowered) is not None and not _HARMLESS.fullmatch(lowered)


def is_variable(name: str) -> bool:
    """Whether an environment variable of this name is likely to be secret."""
    return _VARIABLE.search(name) is not None
