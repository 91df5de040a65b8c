"""Kept answers: what was computed once for a ledger need not be computed again by the next process.

A cache like every read model: bound to the exact log by its last hash, to the code by its files, and to its own bytes
by a digest. Whatever does not fit is ignored, and deleting it loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from goldfish import durable
from goldfish.domain.event import Value
from goldfish.files import DIRECTORY, Changed, opened, read_whole

V = TypeVar("V", bound=Value)

_PACKAGES = ("domain", "projections", "queries")
_MOST = 4 << 20  # bytes of an answer


class KeptAnswers:
    """One answer for each question, of the newest log it was asked of."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def find(self, question: str, log: str, kind: type[V]) -> V | None:
        """The answer to a question about this very log, if it was kept by this very code."""
        try:
            head, body = _read(self._path(question)).split(b"\n", 1)
        except (OSError, ValueError, Changed):
            return None
        if head.decode("ascii", "replace") != _seal(question, log, body):
            return None
        try:
            return kind.model_validate_json(body)
        except ValidationError:
            return None

    def keep(self, question: str, log: str, answer: Value) -> None:
        """Keep an answer about this log. Raises `ProjectUnwritable`, OSError."""
        body = answer.model_dump_json().encode()
        durable.write(self._path(question), [_seal(question, log, body).encode(), b"\n", body])

    def _path(self, question: str) -> Path:
        return self._directory / f"{question}.kept"


def _read(path: Path) -> bytes:
    """The bytes of a plain file: a pipe would be waited for."""
    with opened(path.parent, DIRECTORY) as directory:
        return read_whole(os.fsencode(path.name), within=directory, most=_MOST)[0]


def _seal(question: str, log: str, body: bytes) -> str:
    return hashlib.sha256(json.dumps([question, log, _code(), hashlib.sha256(body).hexdigest()]).encode()).hexdigest()


def _code() -> list[tuple[str, int, int]]:
    """Name, size and time of every file that an answer depends on."""
    root = Path(__file__).parent.parent
    files = sorted(path for package in _PACKAGES for path in (root / package).rglob("*.py"))
    return [(str(path.relative_to(root)), found.st_size, found.st_mtime_ns) for path in files if (found := path.stat())]
