"""Which layers are chosen, what they hide, and that a layer counts only when it was seen to work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Answered, Failed, Prove
from pytest_enrich.errors import UsageError
from pytest_enrich.sandboxes import isolation, places
from pytest_enrich.sandboxes.isolation import Isolation
from pytest_enrich.sandboxes.places import Place
from pytest_enrich.sandboxes.process import ProcessSandbox

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has kernel layers")
NAMES = ["bwrap+landlock+seccomp", "landlock+seccomp", "rlimits-only"]


def test_process_takes_no_layer_whatever_there_is(project):
    assert isolation.choose("process", project).name == "rlimits-only"


def test_auto_takes_the_strongest_that_works(project):
    found = [one.name for one in isolation.available(project)]

    assert isolation.choose("auto", project).name == [*found, "rlimits-only"][0]
    assert found == [name for name in NAMES if name in found]


def test_without_layers_auto_goes_on_and_strict_says_what_helps(project, monkeypatch):
    monkeypatch.setattr(isolation, "works", lambda *_: False)

    assert isolation.choose("auto", project).name == "rlimits-only"
    with pytest.raises(UsageError, match="--enrich-sandbox=process"):
        isolation.choose("strict", project)


@on_linux
@pytest.mark.parametrize("script", ["exit 1", "while [ $# -gt 0 ]; do shift; done", "exec no-such-program"])
def test_a_bwrap_that_cannot_do_it_does_not_count(project, layers, tmp_path, monkeypatch, script):
    layers("landlock+seccomp", project)
    fake = tmp_path / "bin" / "bwrap"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))

    # The second ends well without having started what it was given.
    assert [one.name for one in isolation.available(project)] == ["landlock+seccomp"]


@on_linux
@pytest.mark.parametrize("name", NAMES[:2])
def test_what_vanished_since_the_run_began_does_no_harm(project, layers, tmp_path, name):
    found = layers(name, project)
    gone = tuple(Place(str(tmp_path / f"gone-{shown}"), shown) for shown in (True, False))
    read = tuple(place.path for place in gone)

    assert isolation.works(replace(found, places=found.places + gone, read=found.read + read), project)


def test_a_confinement_that_does_not_confine_is_noticed(project, tmp_path):
    # It starts what it is given, and makes no walls.
    fake = tmp_path / "bwrap"
    fake.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n')
    fake.chmod(0o755)

    assert not isolation.works(Isolation(name="bwrap+landlock+seccomp", bwrap=str(fake)), project)


def seen(found: tuple[Place, ...], path: Path) -> bool:
    labels = {place.path: place.shown for place in found}
    return next((labels[str(above)] for above in (path, *path.parents) if str(above) in labels), True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    for name in (".ssh/id_ed25519", ".netrc", "notes.txt", "work/shop/src/shop.py", "work/shop/.git/config"):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    monkeypatch.setenv("HOME", str(home))
    return home


def test_a_project_at_home_is_seen_and_the_rest_of_home_is_not(home):
    root = home / "work" / "shop"
    for name in (".env", ".env.local", ".env.example", "deep/er/.env", "deep/id_rsa", "deep/data.txt"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    found = places.survey(root)

    shown = ("src/shop.py", ".env.example", "deep/data.txt")
    hidden = (".env", ".env.local", "deep/er/.env", "deep/id_rsa", ".git/config")
    assert [name for name in (*shown, *hidden) if seen(found, root / name)] == list(shown)
    assert not seen(found, home / ".ssh" / "id_ed25519")
    assert not seen(found, home / "notes.txt")
    assert not seen(found, home / ".netrc")


def test_a_repository_is_seen_as_a_whole_from_a_project_inside_it(home):
    root = home / "work" / "shop" / "packages" / "cart"
    root.mkdir(parents=True)

    found = places.survey(root)

    assert seen(found, home / "work" / "shop" / "src" / "shop.py")
    assert not seen(found, home / "work" / "shop" / ".git" / "config")


@pytest.fixture
def repository(tmp_path):
    """A repository outside of any home, its neighbours, and a function that writes a file, tracked or not."""
    root = tmp_path / "work" / "shop"
    root.mkdir(parents=True)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(root)]
    subprocess.run([*git, "init", "-q"], check=True)

    def write(name: str, *, tracked: bool) -> Path:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        if tracked:
            subprocess.run([*git, "add", "-f", name], check=True)
        return path

    write("src/shop.py", tracked=True)
    return root, write


SECRETS = [
    ".env", ".envrc", ".flaskenv", ".pgpass", "credentials.json", "deploy/secrets.yaml", "infra/prod.tfvars",
    "docker/prod.env", "keys/Server.KEY", "a/b/c/d/e/f/g/h/.env", "tests/data/.env",
]  # fmt: skip
TEST_DATA = ["tests/data/cert.pem", "tests/keys/private.key", "src/shop/tests/.netrc", "tests/credentials.json"]
SOURCE = ["src/secrets.py", "src/credentials/__init__.py", ".env.example", "docs/secrets.md", "id_rsa.pub"]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_hidden_wherever_it_lies(repository, name):
    root, write = repository
    path = write(name, tracked=False)

    assert not seen(places.survey(root), path)


@pytest.mark.parametrize("name", [".env", "deploy/secrets.yaml", "deploy/prod.tfvars"])
def test_a_secret_is_hidden_although_it_was_committed(repository, name):
    root, write = repository
    path = write(name, tracked=True)

    assert not seen(places.survey(root), path)


@pytest.mark.parametrize("name", [*TEST_DATA, "src/shop/cacert.pem"])
def test_what_git_tracks_among_the_tests_is_seen_and_so_are_keys(repository, name):
    root, write = repository
    path = write(name, tracked=True)

    assert seen(places.survey(root), path)


@pytest.mark.parametrize("name", TEST_DATA)
def test_test_data_that_nobody_committed_is_hidden(repository, name):
    root, write = repository
    path = write(name, tracked=False)

    assert not seen(places.survey(root), path)


@pytest.mark.parametrize("name", SOURCE)
def test_source_is_seen_whatever_it_is_called(repository, name):
    root, write = repository
    path = write(name, tracked=False)

    assert seen(places.survey(root), path)


@pytest.mark.parametrize(
    ("name", "shown"), [("tests/data/cert.pem", True), ("cert.pem", False), ("tests/.env", False)]
)
def test_without_git_keys_are_seen_among_the_tests(tmp_path, name, shown):
    path = tmp_path / "shop" / name
    path.parent.mkdir(parents=True)
    path.write_text("x")

    assert seen(places.survey(tmp_path / "shop"), path) is shown


def test_what_a_secret_links_to_is_hidden(repository):
    root, write = repository
    vault = write("deploy/vault", tracked=False)
    (root / ".env").symlink_to("deploy/vault")

    assert not seen(places.survey(root), vault)


def test_beside_a_project_only_what_python_imports_is_seen(repository, monkeypatch):
    root, _ = repository
    for name in ("other/notes.txt", "library/src/lib.py", "library/src/.env"):
        path = root.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    monkeypatch.syspath_prepend(str(root.parent / "library" / "src"))
    monkeypatch.setattr(places, "PRIVATE", ())  # a temporary folder is hidden anyhow

    found = places.survey(root)

    names = ("shop/src/shop.py", "library/src/lib.py", "library/src/.env", "other/notes.txt")
    assert [name for name in names if seen(found, root.parent / name)] == list(names[:2])


def test_at_the_very_top_only_what_is_no_part_of_the_system_is_hidden(monkeypatch):
    tops = [SimpleNamespace(path=f"/{name}", is_symlink=lambda: False) for name in ("app", "data", "etc", "usr")]
    monkeypatch.setattr(places, "_scan", lambda folder: {"/": tops}[folder])

    assert places._beside("/app") == ["/data"]
    assert places._beside("/opt/app") == ["/opt"]
    assert places._beside("/usr/app") == []


@on_linux
@pytest.mark.parametrize("name", NAMES[:2])
def test_a_job_reads_nothing_beside_its_project(project, layers, monkeypatch, name):
    neighbour = project.parent / "neighbour" / "notes.txt"
    neighbour.parent.mkdir()
    neighbour.write_text("private")
    (project / "tests" / "keys").mkdir()
    (project / "tests" / "keys" / "private.key").write_text("for all")
    (project / "server.key").write_text("private")
    monkeypatch.setattr(places, "PRIVATE", ())
    text = f"""
def test_it():
    assert open("tests/keys/private.key").read() == "for all"
    for name in ({str(neighbour)!r}, "server.key"):
        try:
            found = open(name).read()
        except OSError:
            found = ""
        assert found != "private"
"""
    sandbox = ProcessSandbox(project, layers=layers(name, project))

    end = sandbox.execute(Prove(path="tests/test_new.py", text=text), timeout=20)

    assert isinstance(end, Answered), end
    assert [(one.result, one.detail) for one in end.answer.outcomes] == [("passed", "")]


def test_what_python_needs_is_seen_wherever_it_lies(home):
    found = places.survey(home / "work" / "shop")

    for needed in (sys.prefix, sys.base_prefix, pytest.__file__):
        assert seen(found, Path(needed).resolve())


def test_entries_are_all_that_is_shown_and_nothing_that_is_hidden(tmp_path):
    for name in ("a/b/c/x", "a/b/y", "a/z", "d/w"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "a" / "link").symlink_to(tmp_path / "d" / "w")
    labels = {"": False, "a": True, "a/b": False, "a/b/c": True}
    top = tmp_path.resolve()

    whole, partly = places.entries(Place(str(top / name), shown) for name, shown in labels.items())

    assert {path for path in whole if path.startswith(str(top))} == {str(top / "a" / "z"), str(top / "a/b/c")}
    assert {path for path in partly if path.startswith(str(top))} == {str(top / "a")}


@on_linux
def test_a_job_whose_layers_cannot_be_applied_does_not_run(project, layers, tmp_path):
    python = tmp_path / "python"
    # As on a machine whose system calls nobody told us.
    start = (
        "import platform as p, runpy, sys; p.machine = lambda: 'riscv64'; del sys.argv[0]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{start}" "$@"\n')
    python.chmod(0o755)
    sandbox = ProcessSandbox(project, python=str(python), layers=layers("landlock+seccomp", project))

    end = sandbox.execute(Prove(path="tests/test_new.py", text="def test_it(): pass\n"), timeout=10)

    assert isinstance(end, Failed)
    assert "no table of system calls for riscv64" in end.detail
