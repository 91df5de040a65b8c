"""The manifest of a stored directory: canonical JSON that names each file by path, size, digest and executable bit."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from goldfish.domain.canonical import canonical
from goldfish.domain.names import Digest

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

_FORMAT = "directory 1"
_PREFIX = b'{"files":['
_SUFFIX = b'],"goldfish":"directory 1"}'


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file of a stored directory; `path` is relative, with `/`."""

    path: str
    size: int
    digest: Digest
    executable: bool


def write(files: list[ManifestFile]) -> bytes:
    """The only manifest for these files."""
    ordered = sorted(files, key=lambda file: file.path)
    return canonical({"goldfish": _FORMAT, "files": [asdict(file) for file in ordered]})


def may_be(head: bytes, tail: bytes) -> bool:
    """Whether bytes that begin and end so can be a manifest: a cheap look before reading all of them."""
    return head.startswith(_PREFIX) and tail.endswith(_SUFFIX)


def read(data: bytes) -> list[ManifestFile] | None:
    """The files of a manifest, or None when these bytes are not exactly what `write` makes."""
    if not may_be(data, data):
        return None
    try:
        lines = json.loads(data)["files"]
        files = [ManifestFile(**line) for line in lines]
        if all(map(_is_sound, files)) and len({file.path for file in files}) == len(files) and write(files) == data:
            return files
    except (ValueError, TypeError, RecursionError):
        pass
    return None


def _is_sound(file: ManifestFile) -> bool:
    parts = file.path.split("/")
    return (
        all(part not in ("", ".", "..") and "\0" not in part for part in parts)
        and type(file.size) is int
        and file.size >= 0
        and type(file.executable) is bool
        and DIGEST.fullmatch(file.digest) is not None
    )
