"""Data behind an address: http and https with the standard library, object stores with fsspec where it is installed."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from pydantic import JsonValue

from goldfish.errors import CannotFetch, ExtraMissing, ProjectUnwritable
from goldfish.files import Told

WEB: Final = ("http", "https")
STORES: Final = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs"}  # scheme → the package that fsspec needs for it
CHUNK: Final = 1 << 20

_ACCESS = re.compile(  # parameters that grant access, whatever their values look like
    r"(?i)(?:x-(?:amz|goog|ms)-.*|(?:aws|google)access(?:key)?id|sig|signature|token|.*[_-]token|key|.*[_-]?key|"
    r"auth|authorization|password|passwd|pwd|secret|credential|se|sp|sv|sr|st|skoid|sktid|policy|expires)"
)
_ODD = re.compile(r"[^A-Za-z0-9._-]+")


class RemoteFiles:
    """As the port says. `finds` tells what looks like a secret."""

    def __init__(self, finds: Callable[[JsonValue], bool], stores: dict[str, str] | None = None) -> None:
        self._finds = finds
        self._stores = STORES if stores is None else stores

    def clean(self, uri: str) -> str:
        """As the port says."""
        parts = self._split(uri)
        host = parts.netloc.rpartition("@")[2]
        kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not self._grants(k, v)]
        return urlunsplit((parts.scheme.lower(), host, parts.path, urlencode(kept), ""))

    def fetch(self, uri: str, directory: Path, *, limit: int, timeout: float, told: Told | None = None) -> Path:
        """As the port says."""
        shown, parts = self.clean(uri), self._split(uri)
        name = _ODD.sub("-", unquote(parts.path.rstrip("/").rpartition("/")[2])).strip("-.")[:100] or "data"
        opened = self._web(parts, timeout) if parts.scheme.lower() in WEB else self._store(uri, parts.scheme.lower())
        target = directory / name
        try:
            with opened as (source, promised):
                is_too_much = promised is not None and promised > limit
                count = limit + 1 if is_too_much else _write(source, target, limit, told)
        except urllib.error.HTTPError as error:
            raise CannotFetch(uri=shown, why=f"the server answers {error.code} {_why(error.reason)}") from error
        except urllib.error.URLError as error:
            raise CannotFetch(uri=shown, why=_why(error.reason)) from error
        except (http.client.HTTPException, OSError, ValueError, RuntimeError) as error:
            raise CannotFetch(uri=shown, why=_why(error)) from error
        if count > limit:
            much = f"{promised} bytes, more" if promised is not None else "more"
            raise CannotFetch(uri=shown, why=f"it holds {much} than the {limit} bytes allowed")
        if promised is not None and count != promised:
            raise CannotFetch(uri=shown, why=f"the connection ended after {count} of {promised} bytes")
        return target

    def _split(self, uri: str) -> SplitResult:
        try:
            parts = urlsplit(uri)
            port = parts.port  # raises for what is no number
        except ValueError as error:
            raise CannotFetch(uri=uri.partition("://")[0] + "://…", why="it is no address") from error
        known = (*WEB, *self._stores)
        if parts.scheme.lower() not in known:
            raise CannotFetch(uri=f"{parts.scheme}://…", why=f"only {', '.join((*known, 'file'))} can be read")
        if not parts.hostname and port is None and parts.scheme.lower() in WEB:
            raise CannotFetch(uri=f"{parts.scheme}://…", why="it names no host")
        return parts

    def _grants(self, name: str, value: str) -> bool:
        return _ACCESS.fullmatch(name) is not None or self._finds({name: value})

    @contextlib.contextmanager
    def _web(self, parts: SplitResult, timeout: float) -> Iterator[tuple[IO[bytes], int | None]]:
        address = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
        request = urllib.request.Request(address, headers={"User-Agent": "goldfish", "Accept-Encoding": "identity"})  # noqa: S310 - the scheme was checked
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            # A header that is not passed on to another host that the server may send us to.
            request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(pair).decode())
        with _opener().open(request, timeout=timeout) as response:
            length = response.headers.get("Content-Length")
            yield response, int(length) if length and length.isdecimal() else None

    @contextlib.contextmanager
    def _store(self, uri: str, scheme: str) -> Iterator[tuple[IO[bytes], int | None]]:
        try:
            import fsspec
        except ImportError as error:
            raise ExtraMissing(feature=f"Reading {scheme}://", package="fsspec", extra="uri") from error
        try:
            system, path = fsspec.core.url_to_fs(uri)
        except ImportError as error:
            raise ExtraMissing(feature=f"Reading {scheme}://", package=self._stores[scheme], extra="uri") from error
        if system.isdir(path):
            raise CannotFetch(uri=self.clean(uri), why="it is a directory; name a file in it")
        with system.open(path, "rb") as source:
            yield source, system.size(path)


def _write(source: IO[bytes], target: Path, limit: int, told: Told | None) -> int:
    """Write what is read, up to a little more than the limit; how much it was."""
    read = getattr(source, "read1", source.read)  # whatever has come, so that silence is noticed
    count = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        file = target.open("xb")
    except OSError as error:
        raise ProjectUnwritable(path=target.parent, why=os.strerror(error.errno or 0)) from error
    with file:
        while count <= limit and (data := read(CHUNK)):
            try:
                file.write(data)
            except OSError as error:
                raise ProjectUnwritable(path=target.parent, why=os.strerror(error.errno or 0)) from error
            count += len(data)
            if told is not None:
                told(len(data))
    return count


class _SameKind(urllib.request.HTTPRedirectHandler):
    """Follows a redirect from http to http or https, and from https to https; to nothing else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        before, then = urlsplit(req.full_url).scheme.lower(), urlsplit(newurl).scheme.lower()
        if then not in WEB or (before == "https" and then != "https"):
            raise urllib.error.URLError(
                f"the server sends us on from {before} to {then or 'nowhere'}, which is refused"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    """urllib without its readers of files, FTP and data addresses."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _SameKind(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _why(error: object) -> str:
    """What an error says, without an address that may hold a password."""
    if isinstance(error, TimeoutError):
        return "no byte came for too long"
    text = str(error).partition("\n")[0][:200]
    return re.sub(r"\S*://\S*", "…", text) or type(error).__name__
