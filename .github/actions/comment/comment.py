"""Put a comment on the pull request of a `workflow_run`: one, edited in place, none where there is nothing to say.

    python3 comment.py FILE

FILE is the report `github-comment`. It comes from a job that has run the code of the pull request, so it is only
ever sent as text, and only so much of it as GitHub takes. The variables are those of the runner, and ENRICH_TOKEN.
"""

# ruff: noqa: INP001 - a program of an action, in no package

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

MARK = "<!-- pytest-enrich comment -->"
OVER = f"{MARK}\nNothing is suggested here any more.\n"
AUTHOR = "github-actions[bot]"
LARGEST = 60_000  # characters; GitHub takes 65,536
PAGES = 30


def main() -> int:
    """Make, change or leave the comment, and say which."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))["workflow_run"]
    try:
        return said(comment(event, text(Path(sys.argv[1]))))
    except urllib.error.HTTPError as error:
        said(f"GitHub refused with {error.code}; the job needs permissions: {{ pull-requests: write }}")
        return 1


def comment(event: dict[str, Any], body: str) -> str:
    """Say `body` on the pull request of this run."""
    if not body and event["conclusion"] != "success":
        return "The run ended early: what was said before stays."
    number = pull_request(event)
    if number is None:
        return "No open pull request has this commit as its last: nothing to say."
    there = existing(number)
    if there is not None:
        ask("PATCH", f"issues/comments/{there}", {"body": body or OVER})
        return f"Changed the comment of pull request {number}."
    if not body:
        return "Nothing to say."
    ask("POST", f"issues/{number}/comments", {"body": body})
    return f"Commented on pull request {number}."


def text(file: Path) -> str:
    """What is to be said, "" where the run left nothing, or what is no comment of ours."""
    if file.is_symlink() or not file.is_file():
        return ""
    with file.open("rb") as opened:
        content = opened.read(4 * LARGEST).decode("utf-8", "replace")[:LARGEST]
    return content if content.startswith(MARK) else ""


def pull_request(event: dict[str, Any]) -> int | None:
    """The open pull request whose last commit the run was about; a later push has a run of its own."""
    head = f"{event['head_repository']['owner']['login']}:{event['head_branch']}"
    query = urllib.parse.urlencode({"state": "open", "head": head})
    found = [one["number"] for one in ask("GET", f"pulls?{query}") if one["head"]["sha"] == event["head_sha"]]
    return found[0] if found else None


def existing(number: int) -> int | None:
    """The comment that an earlier run made."""
    for page in range(1, PAGES + 1):
        comments = ask("GET", f"issues/{number}/comments?per_page=100&page={page}")
        for one in comments:
            if one["user"]["login"] == AUTHOR and (one["body"] or "").startswith(MARK):
                return int(one["id"])
        if not comments:
            break
    return None


def ask(method: str, path: str, data: object = None) -> Any:  # noqa: ANN401 - what JSON holds
    """Ask GitHub's API about the repository."""
    request = urllib.request.Request(  # noqa: S310 - the runner names the address
        f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}",
        method=method,
        data=None if data is None else json.dumps(data).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['ENRICH_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310 - the same
        return json.load(reply)


def said(line: str) -> int:
    """Print it, and answer that all is well."""
    sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
