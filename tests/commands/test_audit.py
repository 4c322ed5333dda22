from __future__ import annotations

import shutil
import subprocess
import zipfile

import pytest
from msgspec.structs import replace


@pytest.fixture
def written(project, no_dash):
    """A suggestion of which the evidence tells: it was turned down."""
    assert project.run("reject", no_dash, "--reason", "trivial", "--note", "no contract").status == 0
    return no_dash


def test_without_evidence_that_is_said(project):
    answer = project.run("audit", "verify")
    assert answer.status == 0
    assert "no evidence yet" in answer.out


@pytest.mark.usefixtures("written")
def test_evidence_that_nobody_touched_is_confirmed(project):
    answer = project.run("audit", "verify")
    assert answer.status == 0, answer.out
    assert "1 suggestion, 1 decision" in answer.out
    assert "Nothing was changed" in answer.out
    head = project.run("audit", "verify", "--json").json["head"]
    assert head in answer.out
    assert project.run("audit", "verify", "--head", head).status == 0


@pytest.mark.usefixtures("written")
def test_evidence_that_was_changed_is_told_with_the_place(project):
    path = project.store.evidence.files()[0]
    path.write_text(path.read_text().replace("no contract", "no reason!!"))
    answer = project.run("audit", "verify")
    assert answer.status == 1
    assert "000001.jsonl:2" in answer.out


@pytest.mark.usefixtures("written")
def test_evidence_that_was_begun_anew_is_told_by_a_head_that_was_kept(project):
    head = project.run("audit", "verify", "--json").json["head"]
    shutil.rmtree(project.store.directory / "evidence")
    project.store.evidence.add("decision", {"verb": "undo"})
    assert project.run("audit", "verify").status == 0
    answer = project.run("audit", "verify", "--head", head)
    assert answer.status == 1
    assert "was cut off, or made again" in answer.out


def test_the_story_of_a_suggestion_has_its_test_and_the_decision(project, written):
    answer = project.run("audit", "show", written.rpartition("-")[2])
    assert answer.status == 0
    assert answer.out.index("def test_") < answer.out.index("reject, trivial (no contract)")
    kinds = [one["kind"] for one in project.run("audit", "show", written, "--json").json]
    assert kinds == ["suggestion", "decision"]


def test_the_story_has_the_question_that_a_test_comes_from_of_an_earlier_run_too(project, no_dash):
    one, prompt = project.store.find(no_dash), "a" * 64
    project.store.evidence.add("exchange", {"prompt": prompt, "text": "the reply"}, {"prompt": "b" * 64})
    project.store.evidence.begin({})
    project.store.save(replace(one, origin=replace(one.origin, model="coder:7b", prompt=prompt)), "", "")
    answer = project.run("audit", "show", no_dash)
    assert "the reply" in answer.out
    assert "b" * 64 not in answer.out


@pytest.mark.usefixtures("written")
def test_a_suggestion_that_the_evidence_does_not_know_is_refused(project):
    answer = project.run("audit", "show", "nothing-aaaaaaaa")
    assert answer.status == 2
    assert "no suggestion 'nothing-aaaaaaaa'" in answer.err


@pytest.mark.usefixtures("written")
def test_the_same_evidence_is_packed_into_the_same_file_with_its_digests(project):
    for name in ("one.zip", "two.zip"):
        assert project.run("audit", "export", "--out", name).status == 0
    assert (project.root / "one.zip").read_bytes() == (project.root / "two.zip").read_bytes()
    with zipfile.ZipFile(project.root / "one.zip") as packed:
        packed.extractall(project.root / "packed")
    checked = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(checked, cwd=project.root / "packed" / "evidence", check=False).returncode == 0


@pytest.mark.usefixtures("written")
def test_broken_evidence_is_not_packed(project):
    (project.store.evidence.files()[0]).write_bytes(b"x\n")
    answer = project.run("audit", "export", "--out", "one.zip")
    assert answer.status == 2
    assert "the evidence is broken" in answer.err
    assert not (project.root / "one.zip").exists()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed (openssh-client)")
@pytest.mark.usefixtures("written")
def test_a_packed_file_is_signed_by_a_key_of_ssh(project):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(project.root / "key")], check=True)
    assert project.run("audit", "export", "--out", "one.zip", "--sign", "key").status == 0
    (project.root / "allowed").write_text(f"me {(project.root / 'key.pub').read_text()}")
    verify = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        "allowed",
        "-I",
        "me",
        "-n",
        "pytest-enrich",
        "-s",
        "one.zip.sig",
    ]
    packed = (project.root / "one.zip").read_bytes()
    assert subprocess.run(verify, cwd=project.root, input=packed, check=False).returncode == 0
    assert subprocess.run(verify, cwd=project.root, input=packed + b"x", check=False).returncode != 0


@pytest.mark.usefixtures("written")
def test_a_key_that_cannot_sign_is_told(project):
    answer = project.run("audit", "export", "--out", "one.zip", "--sign", "nowhere")
    assert answer.status == 3
    assert "is not signed" in answer.err
