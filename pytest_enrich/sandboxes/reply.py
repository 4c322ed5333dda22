"""The result of a job: the answer that it wrote, which is not trusted, or why there is none."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from pytest_enrich import data
from pytest_enrich.data import Answered, Execution, Failed, Job
from pytest_enrich.data.answers import Answer
from pytest_enrich.sandboxes import limits, process

Reason: TypeAlias = Literal["timeout", "memory", "crash", "refused", "no answer", "bad answer"]

REASONS: Mapping[str, Reason] = {"memory": "memory", "refused": "refused"}
"""The reasons for not answering that a job can give itself; anything else is a crash."""
MOST_ANSWER = 16 * limits.MIB
ANSWERS: Mapping[type[Job], type[Answer]] = {
    data.Collect: data.Collected,
    data.Record: data.Recorded,
    data.Explore: data.Explored,
    data.Prove: data.Proved,
    data.Mutate: data.Mutated,
    data.Vary: data.Varied,
}


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the payload writes: an answer, or why there is none."""

    answer: msgspec.Raw = msgspec.Raw(b"null")
    failed: str = ""
    detail: str = ""


def answer_name() -> str:
    """A name that code in the job's process cannot guess: it would have to look for it in our frames."""
    return f"answer-{secrets.token_hex(16)}.json"


def judge(job: Job, ended: process.Ended, answer_file: Path) -> Execution:
    """The result: an answer only counts if the job ended by itself and the answer has the right shape."""
    if ended.stopped:
        late = ended.stopped == "timeout"
        why = "it did not end in time" if late else f"it was ended: {ended.stopped}"
        return failed("timeout" if late else "crash", why, ended)
    raw = read(answer_file)
    if ended.how != "exit 0" or raw is None:
        return _unanswered(ended)
    if len(raw) > MOST_ANSWER:
        return failed("bad answer", f"more than {MOST_ANSWER} bytes", ended)
    try:
        reply = msgspec.json.decode(raw, type=Reply)
        if reply.failed:
            return failed(REASONS.get(reply.failed, "crash"), reply.detail, ended)
        answer = msgspec.json.decode(reply.answer, type=ANSWERS[type(job)])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return failed("bad answer", str(error), ended)
    return Answered(answer=answer, seconds=0.0, output=ended.output)


def read(path: Path) -> bytes | None:
    """The start of a regular file: the job may have put a pipe, a link or a flood in its place."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return file.read(MOST_ANSWER + 1)
    return None


def _unanswered(ended: process.Ended) -> Failed:
    kind, _, number = ended.how.partition(" ")
    if kind == "exit":
        return failed("no answer", f"it left with status {number}", ended)
    if kind == "signal" and int(number) == signal.SIGXCPU:
        return failed("timeout", "it used up its processor time", ended)
    if kind == "signal":
        return failed("crash", f"it was ended by {_signal_name(int(number))}", ended)
    return failed("crash", "it ended together with its supervisor", ended)


def _signal_name(number: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def failed(reason: Reason, detail: str, ended: process.Ended | None = None) -> Failed:
    """A failure, with the end of the output."""
    output = ended.output.strip()[-1500:] if ended else ""
    return Failed(reason=reason, detail=f"{detail}\n{output}".strip(), seconds=0.0)
