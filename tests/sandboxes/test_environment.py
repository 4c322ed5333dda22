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
    usual = {"PATH": "/bin", "LANG": "C", "PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "shop.settings"}

    assert usual.items() <= environment.clean(usual, PLACE).items()


def test_home_and_temporary_files_are_in_the_scratch_directory():
    cleaned = environment.clean({"HOME": "/root", "TMPDIR": "/elsewhere", "XDG_CACHE_HOME": "/c"}, PLACE)

    for name in ("HOME", "TMPDIR", "TEMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HYPOTHESIS_STORAGE_DIRECTORY"):
        assert Path(cleaned[name]).is_relative_to(PLACE)


def test_the_hash_seed_is_set():
    assert (
        environment.clean({"PYTHONHASHSEED": "random"}, PLACE, world=World(hash_seed=5))["PYTHONHASHSEED"] == "5"
    )
