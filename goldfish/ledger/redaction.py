"""Secrets never enter: text that looks like one becomes a keyed fingerprint before the event is built."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections import Counter
from typing import Any, Final

_SHAPES: Final = re.compile(
    r"""
    -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
  | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
  | \b(?:gh[pousr]|github_pat)_[A-Za-z0-9_]{20,}
  | \bglpat-[A-Za-z0-9_-]{16,}
  | \b(?:sk|rk|pk)[-_][A-Za-z0-9_-]{16,}
  | \bxox[abeoprs]-[A-Za-z0-9-]{10,}
  | \bhf_[A-Za-z0-9]{20,}
  | \bnpm_[A-Za-z0-9]{30,}
  | \bpypi-[A-Za-z0-9_-]{30,}
  | \bAIza[A-Za-z0-9_-]{30,}
  | \bya29\.[A-Za-z0-9_-]{20,}
  | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*
  | (?<=://)[^\s/:@]{1,256}:[^\s/@]{1,256}(?=@)
  | (?i:(?<=\bbearer\ )[A-Za-z0-9._~+/-]{12,}=*)
  | (?i:\b(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|client[_-]?secret)\b
    ["']?\s*[:=]\s*["']?)(?P<value>[^\s"',;]{6,})
    """,
    re.VERBOSE | re.DOTALL,
)
_DENSE: Final = re.compile(r"(?<![A-Za-z0-9+/_=.-])[A-Za-z0-9+/_-]{32,}={0,2}(?![A-Za-z0-9+/_=-])")
_HASH: Final = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})")
_HINT: Final = re.compile(r"[^\s]{20}|://|(?i:key|token|secret|passw|pwd|bearer)")
_BITS_PER_CHARACTER = 4.2  # English words joined by dashes stay below 4; random base64 of 32 characters is near 4.7


class Redactor:
    """Replaces secrets by `⟨secret 1a2b3c4d⟩`: the same secret always looks the same, and cannot be computed back."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def clean(self, value: Any) -> Any:
        """The same JSON value with every secret in its texts, keys included, replaced."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {self.text(key): self.clean(item) for key, item in value.items()}
            case list():
                return [self.clean(item) for item in value]
            case _:
                return value

    def text(self, text: str) -> str:
        """Text without secrets."""
        if not _HINT.search(text):
            return text
        return _DENSE.sub(self._dense, _SHAPES.sub(self._shape, text))

    def finds(self, value: Any) -> bool:
        """Whether `clean` would change anything."""
        return bool(self.clean(value) != value)

    def _shape(self, match: re.Match[str]) -> str:
        whole, value = match[0], match["value"]
        return whole if value and value.startswith("⟨") else whole.replace(value or whole, self._mark(value or whole))

    def _dense(self, match: re.Match[str]) -> str:
        return self._mark(match[0]) if _looks_random(match[0]) else match[0]

    def _mark(self, secret: str) -> str:
        return f"⟨secret {hmac.new(self._key, secret.encode(), hashlib.sha256).hexdigest()[:8]}⟩"


def _looks_random(token: str) -> bool:
    if _HASH.fullmatch(token) or token.count("/") > 1:  # a digest, or a path
        return False
    kinds = sum(bool(re.search(kind, token)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    counts = Counter(token)
    bits = -sum(n / len(token) * math.log2(n / len(token)) for n in counts.values())
    return kinds == 3 and bits > _BITS_PER_CHARACTER
