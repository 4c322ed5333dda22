"""What people are told of the layers, one by one."""

from __future__ import annotations

import shutil
import sys

import pytest

from pytest_enrich.sandboxes import isolation

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has kernel layers")


@on_linux
def test_what_works_is_what_a_run_would_take(project):
    name, found = isolation.survey(project)
    assert name == isolation.choose("auto", project).name
    assert [one.name for one in found] == ["bwrap", "landlock+seccomp"]
    assert found[-1].works is (name != "rlimits-only")


@on_linux
def test_a_program_that_is_not_installed_is_named_with_what_installs_it(project, monkeypatch):
    monkeypatch.setenv("PATH", str(project))
    name, (bwrap, *_) = isolation.survey(project)
    assert name == "landlock+seccomp"
    assert (bwrap.works, bwrap.found) == (False, "not installed: `apt-get install bubblewrap`")


@on_linux
def test_a_kernel_without_them_is_told_as_such(project, monkeypatch):
    monkeypatch.setattr(isolation, "available", lambda _root: iter(()))
    name, (_, kernel) = isolation.survey(project)
    assert name == "rlimits-only"
    assert not kernel.works
    assert "Linux 5.13" in kernel.found


def test_other_systems_have_none(project, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert isolation.survey(project) == ("rlimits-only", ())


@on_linux
def test_it_is_told_where_nothing_may_change_modes(project, monkeypatch):
    isolated = isolation.Isolation(name="bwrap+landlock+seccomp", bwrap="/usr/bin/bwrap", devices="exposed")
    monkeypatch.setattr(shutil, "which", lambda _name: isolated.bwrap)
    monkeypatch.setattr(isolation, "available", lambda _root: iter((isolated,)))
    _, (bwrap, *_) = isolation.survey(project)
    assert bwrap.works
    assert "no modes are changed in it" in bwrap.found
