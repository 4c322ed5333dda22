"""A fake Ollama that answers byte for byte what it is told: where a chunk ends, what breaks, what never comes."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

RECORDED = Path(__file__).with_name("recorded")
Piece = bytes | float | str
"""Bytes are sent, a number of seconds is waited, `reset` breaks the connection, `hang` waits for the other end."""


class FakeOllama:
    """Serves scripts: for each `METHOD path` the answers in order, the last again and again.

    An answer is a sequence of pieces, or a callable that is given the request's JSON. `asked` are the requests.
    """

    def __init__(self) -> None:
        self._scripts: dict[str, deque] = defaultdict(deque)
        self.asked: list[tuple[str, dict, dict[str, str]]] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def answer(self, route: str, *answers: Sequence[Piece] | Callable[[dict], Sequence[Piece]]) -> None:
        self._scripts[route] = deque(answers)

    def bodies(self, path: str) -> list[dict]:
        return [body for route, body, _ in self.asked if route.endswith(path)]

    def close(self) -> None:
        self._open = False
        with socket.create_connection(self._socket.getsockname()):  # closing it would not wake `accept`
            self._thread.join(2)
        self._socket.close()

    def _serve(self) -> None:
        while self._open:
            connection, _ = self._socket.accept()
            if not self._open:
                connection.close()
                break
            threading.Thread(target=self._connection, args=(connection,), daemon=True).start()

    def _connection(self, connection: socket.socket) -> None:
        with connection:
            request = _request(connection)
            if request is None:
                return
            route, body, headers = request
            self.asked.append((route, body, headers))
            for piece in self._next(route, body):
                if not self._send(connection, piece):
                    return

    def _next(self, route: str, body: dict) -> Sequence[Piece]:
        script = self._scripts.get(route)
        if not script:
            return plain(404, b"404 page not found", "text/plain")
        answer = script.popleft() if len(script) > 1 else script[0]
        return answer(body) if callable(answer) else answer

    def _send(self, connection: socket.socket, piece: Piece) -> bool:
        try:
            if isinstance(piece, bytes):
                connection.sendall(piece)
            elif isinstance(piece, float):
                time.sleep(piece)
            elif piece == "hang":
                connection.settimeout(5)
                if connection.recv(1) == b"":
                    return False
            else:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
        except OSError:
            return False
        return True


def _request(connection: socket.socket) -> tuple[str, dict, dict[str, str]] | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return " ".join(first.split()[:2]), json.loads(body) if body else {}, headers


def plain(status: int, body: bytes, content_type: str = "application/json; charset=utf-8") -> list[Piece]:
    """An answer with a length."""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return [head.encode() + b"Connection: close\r\n\r\n" + body]


def said(value: object, status: int = 200) -> list[Piece]:
    return plain(status, json.dumps(value).encode())


def stream(*parts: Piece, end: bool = True, content_type: str = "application/x-ndjson") -> list[Piece]:
    """A chunked answer: each of the bytes is a chunk of its own."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nConnection: close\r\n"
    chunks = [chunk(part) if isinstance(part, bytes) else part for part in parts]
    return [head.encode() + b"Transfer-Encoding: chunked\r\n\r\n", *chunks, *([b"0\r\n\r\n"] if end else [])]


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def line(text: str = "", **more: object) -> bytes:
    """One line of a chat's stream."""
    message = {
        "role": "assistant",
        "content": text,
        **({"thinking": more.pop("thinking")} if "thinking" in more else {}),
    }
    part = {"model": "m", "created_at": "2026-11-24T22:43:52Z", "message": message, "done": False, **more}
    return json.dumps(part, ensure_ascii=False).encode() + b"\n"


def done(text: str = "", **more: object) -> bytes:
    counts = {"done_reason": "stop", "prompt_eval_count": 900, "eval_count": 12, "total_duration": 10**9}
    return line(text, done=True, **{**counts, **more})


def reply(text: str, **more: object) -> list[Piece]:
    """A whole chat reply of a few parts."""
    middle = len(text) // 2
    return stream(line(text[:middle]), line(text[middle:]), done(**more))


def shown(body: dict) -> str:
    """What a model that can do everything says to the small tasks by which it is known, "" to all else."""
    asked = body["messages"][-1]["content"] if body.get("messages") else ""
    known = {
        "example.py::shorten": "```python\ndef test_cut():\n    assert shorten('abcdef', 3) == 'abc...'\n```",
        "read_settings(text)": '"""name = shop\nport = 80"""',
        "parse_age": "test_negative_age_is_refused",
    }
    return next((text for part, text in known.items() if part in asked), "")


def recorded(name: str, pieces: int | None = None) -> list[Piece]:
    """A recorded exchange; a streamed one is cut into lines, or (`pieces`) every so many bytes."""
    content = (RECORDED / f"{name}.http").read_bytes()
    content = content[content.index(b"HTTP/1.1") :].replace(b"\r\n", b"\n")
    head, _, body = content.partition(b"\n\n")
    if length := re.search(rb"Content-Length: (\d+)", head):
        return [head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body[: int(length[1])]]
    parts = body.splitlines(keepends=True) if pieces is None else list(_cut(body, pieces))
    return [head.replace(b"\n", b"\r\n") + b"\r\n\r\n", *map(chunk, parts), b"0\r\n\r\n"]


def _cut(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
