"""Questions about the ledger. Each takes a view of the read models at one position and answers with frozen values."""

from __future__ import annotations
