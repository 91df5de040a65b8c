"""Data behind addresses: a real HTTP server of this machine, and a store of fsspec's in memory."""

from __future__ import annotations

import base64
import builtins
import http.client
import http.server
import io
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from goldfish.adapters.remote_files import RemoteFiles, _SameKind
from goldfish.errors import CannotFetch, ExtraMissing
from goldfish.ledger.redaction import Redactor

TOKEN = "ghp_" + "a1B2c3D4e5" * 4
DATA = b"a,b\n1,2\n" * 1000


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path, and keeps what it was sent."""

    seen: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization")))
        name = self.path.partition("?")[0]
        if name.startswith("/to/"):
            self.send_response(302)
            self.send_header(
                "Location", {"/to/data": "/data.csv", "/to/file": "file:///etc/passwd"}.get(name, name[4:])
            )
            self.end_headers()
            return
        if name == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        if name == "/cut":
            self.send_header("Content-Length", str(len(DATA) + 10))
        elif name != "/endless":
            self.send_header("Content-Length", str(len(DATA)))
        self.end_headers()
        if name == "/silent":
            time.sleep(3)
            return
        self.wfile.write(DATA)

    def log_message(self, *_: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture
def server() -> Iterator[str]:
    Handler.seen = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> RemoteFiles:
    monkeypatch.setenv("no_proxy", "*")
    return RemoteFiles(Redactor(b"a key for tests").finds, {"s3": "s3fs", "memory": "fsspec"})


def fetch(remote: RemoteFiles, uri: str, into: Path, limit: int = 1 << 20, timeout: float = 20) -> Path:
    return remote.fetch(uri, into, limit=limit, timeout=timeout)


def test_bytes_are_fetched_under_their_own_name(remote: RemoteFiles, server: str, tmp_path: Path) -> None:
    told: list[int] = []
    path = remote.fetch(f"{server}/sub/data.csv?x=1", tmp_path, limit=1 << 20, timeout=20, told=told.append)
    assert (path.name, path.read_bytes(), sum(told)) == ("data.csv", DATA, len(DATA))
    assert fetch(remote, f"{server}/to/data", tmp_path / "b").read_bytes() == DATA
    assert fetch(remote, f"{server}/endless", tmp_path / "c").read_bytes() == DATA  # of unknown length
    assert fetch(remote, f"{server}/..%2f..%2fetc", tmp_path / "d").parent == tmp_path / "d"


@pytest.mark.parametrize(
    ("path", "why"),
    [("missing", "404"), ("cut", "the connection ended after"), ("to/file", "302")],
)
def test_what_is_not_there_or_not_whole_or_elsewhere_is_refused(
    remote: RemoteFiles, server: str, tmp_path: Path, path: str, why: str
) -> None:
    with pytest.raises(CannotFetch, match=why):
        fetch(remote, f"{server}/{path}", tmp_path)


@pytest.mark.parametrize("path", ["data.csv", "endless"])
def test_more_than_the_limit_is_refused(remote: RemoteFiles, server: str, tmp_path: Path, path: str) -> None:
    with pytest.raises(CannotFetch, match="more than the 100 bytes"):
        fetch(remote, f"{server}/{path}", tmp_path, limit=100)


def test_a_silent_server_is_given_up(remote: RemoteFiles, server: str, tmp_path: Path) -> None:
    with pytest.raises(CannotFetch, match="no byte came"):
        fetch(remote, f"{server}/silent", tmp_path, timeout=0.2)


def test_a_server_that_is_not_there_is_named(remote: RemoteFiles, tmp_path: Path) -> None:
    with pytest.raises(CannotFetch, match="refused"):
        fetch(remote, "http://127.0.0.1:1/x", tmp_path)


@pytest.mark.parametrize(
    "uri", ["ftp://host/x", "data://,x", "file:///etc/passwd", "http://", "http://h:port/x", "s4://b/x"]
)
def test_other_kinds_of_addresses_are_refused(remote: RemoteFiles, tmp_path: Path, uri: str) -> None:
    for ask in (remote.clean, lambda given: fetch(remote, given, tmp_path)):
        with pytest.raises(CannotFetch):
            ask(uri)


def test_nobody_is_sent_on_from_https_to_http() -> None:
    asked = urllib.request.Request("https://host/x")
    with pytest.raises(urllib.error.URLError, match="from https to http"):
        _SameKind().redirect_request(asked, io.BytesIO(), 302, "Found", http.client.HTTPMessage(), "http://host/x")


def test_a_password_goes_to_its_host_and_nowhere_else(remote: RemoteFiles, server: str, tmp_path: Path) -> None:
    fetch(remote, server.replace("://", "://me:p%40ss@") + "/to/data", tmp_path)
    (first, given), (second, after) = Handler.seen
    assert (first, second) == ("/to/data", "/data.csv")
    assert given == "Basic " + base64.b64encode(b"me:p@ss").decode()
    assert after is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://me:pass@h.org/a/b.csv", "https://h.org/a/b.csv"),
        ("https://me@h.org:8443/b?page=2#part", "https://h.org:8443/b?page=2"),
        ("https://h.org/b?X-Amz-Signature=0123&X-Amz-Expires=60&page=2", "https://h.org/b?page=2"),
        ("https://h.org/b?sig=abc&se=2026&api_key=1", "https://h.org/b"),
        (f"https://h.org/b?q={TOKEN}&page=2", "https://h.org/b?page=2"),
        ("s3://key:secret@bucket/b.npy", "s3://bucket/b.npy"),
    ],
)
def test_what_gives_access_is_not_part_of_what_is_recorded(remote: RemoteFiles, given: str, kept: str) -> None:
    assert remote.clean(given) == kept


def test_no_refusal_repeats_a_password(remote: RemoteFiles, server: str, tmp_path: Path) -> None:
    for path in ("missing", "to/file", "cut"):
        with pytest.raises(CannotFetch) as refused:
            fetch(remote, server.replace("://", "://me:hunter22@") + f"/{path}?token={TOKEN}", tmp_path / path)
        assert "hunter22" not in refused.value.message
        assert TOKEN not in refused.value.message


def test_object_stores_are_read_through_fsspec(remote: RemoteFiles, tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://bucket/data.csv", "wb") as file:
        file.write(DATA)
    path = fetch(remote, "memory://bucket/data.csv", tmp_path)
    assert (path.name, path.read_bytes()) == ("data.csv", DATA)
    with pytest.raises(CannotFetch, match="more than the 100 bytes"):
        fetch(remote, "memory://bucket/data.csv", tmp_path / "b", limit=100)
    with pytest.raises(CannotFetch, match="directory"):
        fetch(remote, "memory://bucket", tmp_path / "c")
    with pytest.raises(CannotFetch):
        fetch(remote, "memory://bucket/nothing.csv", tmp_path / "d")


def test_without_the_extra_it_is_said_what_to_install(
    remote: RemoteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name in ("fsspec", "s3fs"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ExtraMissing) as refused:
        fetch(remote, "s3://bucket/x", tmp_path)
    assert "goldfish-ledger[uri]" in refused.value.next_step
