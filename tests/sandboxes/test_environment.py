from __future__ import annotations

from pathlib import Path

import pytest

from pytest_enrich.data import World
from pytest_enrich.sandboxes import environment

PLACE = Path("/scratch/pytest-enrich-x")


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY",
        "github_token",
        "DB_PASSWORD",
        "MYSQL_PASSWD",
        "GOOGLE_CREDENTIALS",
        "SSH_AUTH_SOCK",
        "MYSQL_PWD",
        "DB_PASS",
        "BW_SESSION",
        "SLACK_WEBHOOK",
        "TEAMS_WEBHOOK_URL",
        "SENTRY_DSN",
        "AZURE_STORAGE_CONNECTION_STRING",
    ],
)
def test_a_name_that_looks_like_a_secret_stays_outside(name):
    assert name not in environment.clean({name: "x"}, PLACE)


def test_a_secret_that_the_user_names_is_passed_on():
    assert environment.clean({"SHOP_KEY": "x"}, PLACE, allowed=("SHOP_KEY",))["SHOP_KEY"] == "x"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("postgres://me:pw@example.org/shop", False),
        ("redis://:pw@example.org", False),
        ("https://example.org:8080/a@b", True),
        ("postgres://example.org/shop", True),
        ("a:b@c", True),
    ],
)
def test_credentials_in_an_address_stay_outside(value, kept):
    assert ("PLACE" in environment.clean({"PLACE": value}, PLACE)) is kept


@pytest.mark.parametrize(
    "name", ["PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS", "COV_CORE_SOURCE", "COVERAGE_PROCESS_START", "PYTHONINSPECT"]
)
def test_a_job_is_no_part_of_the_run_that_started_it(name):
    assert name not in environment.clean({name: "x"}, PLACE)


def test_the_rest_is_passed_on():
    usual = {
        "PATH": "/bin",
        "LANG": "C",
        "PWD": "/a",
        "OLDPWD": "/b",
        "COMPASS": "n",
        "AUTHOR": "me",
        "PYTHONPATH": "src",
        "DJANGO_SETTINGS_MODULE": "shop.settings",
    }

    assert usual.items() <= environment.clean(usual, PLACE).items()


@pytest.mark.parametrize("name", ["PWD", "OLDPWD", "COMPASS", "AUTHOR", "PASSENGERS", "XDG_SESSION_TYPE"])
def test_a_name_that_only_sounds_like_one_is_passed_on(name):
    assert name in environment.clean({name: "x"}, PLACE)


def test_home_and_temporary_files_are_in_the_scratch_directory():
    cleaned = environment.clean({"HOME": "/root", "TMPDIR": "/elsewhere", "XDG_CACHE_HOME": "/c"}, PLACE)

    for name in ("HOME", "TMPDIR", "TEMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HYPOTHESIS_STORAGE_DIRECTORY"):
        assert Path(cleaned[name]).is_relative_to(PLACE)


def test_the_hash_seed_is_set():
    assert (
        environment.clean({"PYTHONHASHSEED": "random"}, PLACE, world=World(hash_seed=5))["PYTHONHASHSEED"] == "5"
    )
