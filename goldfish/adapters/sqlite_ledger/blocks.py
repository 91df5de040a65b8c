"""Many events at once: SQLite puts them together, so that Python makes no object for each.

Reading a million events takes a third of the time (measured), and no second copy of SQLite in this process: closing a
file in one copy would drop the locks that the other one holds on it.
"""

from __future__ import annotations

import sqlite3

from goldfish.ports import EventBlock

SELECT = """
    SELECT count(*), CAST(group_concat(version) AS BLOB), CAST(group_concat(stream, char(10)) AS BLOB),
           CAST(group_concat(name, char(10)) AS BLOB), CAST(group_concat(length(record)) AS BLOB),
           CAST(group_concat(record, '') AS BLOB)
    FROM events WHERE position > ? AND position <= ?
"""


def block_of(row: sqlite3.Row, wanted: int) -> EventBlock | None:
    """What `SELECT` found, if it is as many events as were wanted, with streams and names of one line."""
    count, *columns = row
    if count != wanted or not wanted:
        return None
    block = EventBlock(*columns)
    return block if block.streams.count(b"\n") == block.names.count(b"\n") == wanted - 1 else None


def is_too_much(error: BaseException | None) -> bool:
    """Whether SQLite refused to put so many bytes into one value."""
    return "too big" in str(error)
