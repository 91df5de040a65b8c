"""Read models: SQL over events."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]  # one row of an answer: column → value
