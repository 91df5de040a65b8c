"""Canonical JSON: one value, one text. Sorted keys, no spaces, UTF-8, no NaN or infinity.

As RFC 8785, but with Python's text for floats and code-point order for keys.
"""

from __future__ import annotations

import hashlib
import json

from goldfish.domain.names import Digest
from goldfish.errors import UnusableText


def canonical(value: object) -> bytes:
    """The only JSON text for a value. Raises `UnusableText` for what JSON cannot say."""
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8")
    except (ValueError, TypeError, RecursionError) as error:  # NaN, lone surrogates, odd types, bottomless nesting
        raise UnusableText(what="value", why=str(error)) from error


def digest_of(value: object) -> Digest:
    """The SHA-256 of a value's canonical JSON."""
    return digest_bytes(canonical(value))


def digest_bytes(data: bytes) -> Digest:
    """The SHA-256 of bytes, as it is written everywhere."""
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())
