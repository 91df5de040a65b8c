"""Which streams are about this work? Answered by an index that SQLite keeps in the very transaction of an append.

The index finds the fingerprint in the bytes of the record without SQLite's JSON functions: those may raise on a damaged
record, and SQLite 3.38 to 3.40 refuse them in an index while the schema is not trusted (measured). The bytes are
canonical JSON, keys sorted, and no field that comes before the event's own fingerprint has keys that users choose. So
the first `"fingerprint":"` of a record is the event's; nothing inside a JSON string can look like it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

from goldfish.adapters.sqlite_ledger.connections import address
from goldfish.ledger.journal import FINGERPRINTED

INDEX = "events_by_fingerprint"

_KEY = 'CAST(\'"fingerprint":"\' AS BLOB)'  # 15 bytes
_REST = f"substr(record, instr(record, {_KEY}) + 15)"
_FINGERPRINT = f"substr({_REST}, 1, instr({_REST}, CAST('\"' AS BLOB)))"  # with the quote that ends it
_COVERED = "name IN ('" + "', '".join(FINGERPRINTED) + f"') AND instr(record, {_KEY}) > 0"

SCHEMA = f"CREATE INDEX IF NOT EXISTS {INDEX} ON events ({_FINGERPRINT}, name) WHERE {_COVERED}"

# SQLite takes the index only for the same expression and the same condition. What it finds is compared once more.
_FOUND = f"{_COVERED} AND {_FINGERPRINT} = ? AND name = ?"
_EXACT = "json_extract(CAST(record AS TEXT), '$.data.fingerprint') = ?"
STREAMS = f"SELECT stream FROM events WHERE {_FOUND} AND {_EXACT} ORDER BY position DESC"  # noqa: S608 constants


def parameters(fingerprint: str, name: str) -> tuple[bytes, str, str]:
    """What `STREAMS` is asked with."""
    text = json.dumps(fingerprint, ensure_ascii=False)
    return text[1 : text.index('"', 1) + 1].encode(), name, fingerprint


def add_index(path: Path) -> None:
    """Give a ledger that was made before it the index, unless somebody is writing or nobody can.

    Everything works without it, only slower, so that whoever opens the ledger next may do it.
    """
    with (
        contextlib.suppress(sqlite3.Error, UnicodeDecodeError),
        contextlib.closing(sqlite3.connect(address(path, mode="rw"), uri=True, timeout=0)) as connection,
    ):
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute(SCHEMA)
        connection.commit()
