"""Secrets never enter: text that looks like one becomes a keyed fingerprint before the event is built."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections import Counter
from collections.abc import Callable
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Final

from goldfish.domain.dtypes import NAMES

_SHAPES: Final = re.compile(
    r"""
    -----BEGIN\ [A-Z ]*PRIVATE\ KEY(?:\ BLOCK)?-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY(?:\ BLOCK)?-----|\Z)
  | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
  | \b(?:gh[pousr]|github_pat)_[A-Za-z0-9_]{20,}
  | \bglpat-[A-Za-z0-9_-]{16,}
  | \b(?:sk|rk|pk)[-_](?=[a-z0-9_-]{0,200}[A-Z])(?=[A-Za-z_-]{0,200}[0-9])[A-Za-z0-9_-]{16,}
  | \bsk-[0-9a-f]{32,}\b
  | \bxox[abeoprs]-[A-Za-z0-9-]{10,}
  | (?<=hooks\.slack\.com/services/)[A-Za-z0-9/]{20,}
  | \bhf_[A-Za-z0-9]{20,}
  | \bnpm_[A-Za-z0-9]{30,}
  | \bpypi-AgE[A-Za-z0-9_-]{30,}
  | \bAIza[A-Za-z0-9_-]{30,}
  | \bya29\.[A-Za-z0-9_-]{20,}
  | \bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}
  | \beyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*
  | (?<=://)[^\s/:@]{0,256}:[^\s/@]{1,256}(?=@)
  | (?i:(?<=\bbearer\ )(?=[a-z._~+/-]{0,200}[0-9])[a-z0-9._~+/-]{12,}=*)
  | (?i:\bauthorization["']?\s{0,8}[:=]\s{0,8}["']?[a-z]{1,20}\s{1,8})(?P<header>[^\s"',;]{6,})
  | (?i:(?:passw(?:or)?d|passphrase|[_-]pwd|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|[_-]secret
        |secret(?=\s{0,8}=|["'])|(?:access|api|auth|bot|refresh|session|hf|gh|github|gitlab|npm|slack)[_-]?token)
    ["']?\s{0,8}[:=]\s{0,8}["']?)(?P<value>[^\s"',;]{6,})
    """,
    re.VERBOSE | re.DOTALL,
)
_SECRET_NAME: Final = re.compile(
    r"(?i)(?:passw(?:or)?d|passphrase|[_-]pwd|secret|credentials?|(?:api|access|private|secret)[_-]?key"
    r"|(?:access|api|auth|bot|refresh|session|hf|gh|github|gitlab|npm|slack)[_-]?token)$"
)
_DENSE: Final = re.compile(r"(?<![A-Za-z0-9+/_-])(?<!sha256=)[A-Za-z0-9+/_-]{32,}={0,2}")
_SEGMENT: Final = re.compile(r"[^/]{32,}")
_DIGEST: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|sha(?:1|224|256|384|512)-[A-Za-z0-9+/]+={0,2}")
_PLAIN_DIGEST: Final = re.compile(r"(?:sha256:)?[0-9a-f]{40}(?:[0-9a-f]{24})?")  # most long texts in events are these
_HINT: Final = re.compile(r"[^\s]{20}|://|(?i:key|token|secret|passw|passp|pwd|bearer|authoriz)")
_SAID: Final = ("⟨", "${")  # a fingerprint, or the name of a variable in place of its value
_BITS = 4.0  # per character; long English text stays near 4, random base64 of 32 characters is near 4.7
_CHANGES = 0.38  # share of neighbours of another kind (aA, A1 …): words joined by case have 0.1 to 0.35, base64 has 0.6

_SHORTEST = 8  # characters of the shortest text in which a secret can be told: "pwd=" and six more are ten
_NUMBERS: Final = frozenset({int, float, bool, type(None)})
_NAMES = 4096  # keys whose clean form is remembered


class Redactor:
    """Replaces secrets by `⟨secret 1a2b3c4d⟩`: the same secret always looks the same, and cannot be computed back."""

    def __init__(self, key: bytes | Callable[[], bytes]) -> None:
        """`key` may be asked for when the first secret is met, and no earlier."""
        self._given = key
        self._names: dict[str, str] = {}

    @cached_property
    def _key(self) -> bytes:
        return self._given if isinstance(self._given, bytes) else self._given()

    def clean(self, value: Any) -> Any:
        """The same JSON value with every secret in its texts, keys included, replaced."""
        match value:
            case str():
                return self.text(value)
            case dict():
                known = self._names.get
                return {
                    known(key) or self._name(key): item if type(item) in _NUMBERS else self._named(key, item)
                    for key, item in value.items()
                }
            case list():
                return [self.clean(item) for item in value]
            case _:
                return value

    def text(self, text: str) -> str:
        """Text without secrets."""
        if len(text) < _SHORTEST or _PLAIN_DIGEST.fullmatch(text) or not _HINT.search(text):
            return text
        return _DENSE.sub(self._dense, _SHAPES.sub(self._shape, text))

    def _name(self, key: str) -> str:
        """A key without secrets. The same few keys come again and again."""
        if len(self._names) > _NAMES:
            self._names.clear()
        found = self._names[key] = self.text(key)
        return found

    def finds(self, value: Any) -> bool:
        """Whether `clean` would change anything."""
        return bool(self.clean(value) != value)

    def _named(self, key: str, value: Any) -> Any:
        """What stands under a name like `api_key` is a secret whatever it looks like."""
        if isinstance(value, str) and value and not _is_open(value) and names_a_secret(key):
            return self._mark(value)
        return self.clean(value)

    def _shape(self, match: re.Match[str]) -> str:
        group = "value" if match["value"] else "header" if match["header"] else 0
        secret = match[group]
        if secret.startswith(_SAID):
            return match[0]
        return match[0][: match.start(group) - match.start()] + self._mark(secret)

    def _dense(self, match: re.Match[str]) -> str:
        if _looks_random(match[0]):
            return self._mark(match[0])
        return _SEGMENT.sub(lambda m: self._mark(m[0]) if _looks_random(m[0]) else m[0], match[0])

    def _mark(self, secret: str) -> str:
        raw = secret.encode("utf-8", "surrogatepass")
        return f"⟨secret {hmac.new(self._key, raw, hashlib.sha256).hexdigest()[:8]}⟩"


def _is_open(value: str) -> bool:
    """What may stand under such a name: that it was a secret, a variable, or the element type of a column."""
    return value.startswith(_SAID) or value in NAMES


@lru_cache(4096)
def names_a_secret(key: str) -> bool:
    """Whether what stands under this name is a secret whatever it looks like."""
    return _SECRET_NAME.search(key) is not None


def _looks_random(token: str) -> bool:
    joints = "".join({c for c in token if c in "-_"})
    if _DIGEST.fullmatch(token) or (len(joints) == 1 and token.count(joints) * 12 > len(token)):  # words-in-a-row
        return False
    kinds = [_kind(c) for c in token]
    pairs = [(a, b) for a, b in pairwise(kinds) if a and b]
    counts = Counter(token)
    bits = -sum(n / len(token) * math.log2(n / len(token)) for n in counts.values())
    mixed = {"a", "A", "1"} <= set(kinds)
    return mixed and bits > _BITS and sum(a != b for a, b in pairs) > _CHANGES * len(pairs)


def _kind(c: str) -> str:
    return "a" if c.islower() else "A" if c.isupper() else "1" if c.isdigit() else ""
