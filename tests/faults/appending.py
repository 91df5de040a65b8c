"""A process that appends and says so: `python -m tests.faults.appending LEDGER FIRST LAST`. Killed on purpose."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.domain.names import CommandId, Stream
from goldfish.errors import GoldfishError
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.redaction import Redactor
from tests.contracts.journal import envelope


def events(number: int) -> list[str]:
    """The streams that command number n writes to, two events at once."""
    return [f"left-{number}", f"right-{number}"]


def answers(journal: SqliteJournal, first: int, last: int) -> Iterator[str]:
    """Append two events per command that has not taken effect yet; `ack N`, or `failed N NAME`."""
    for number in range(first, last + 1):
        command = f"command-{number}"
        try:
            if not journal.command(CommandId(command)):
                journal.append([envelope(stream, 1, command=command) for stream in events(number)], {Stream("x"): 0})
            yield f"ack {number}"
        except GoldfishError as error:
            yield f"failed {number} {error.name}"


def main(path: str, first: int, last: int) -> None:
    """Print each answer as soon as it is known."""
    journal = SqliteJournal(Path(path), LedgerMapper(Redactor(b"a key for tests")), lock_timeout=5)
    for answer in answers(journal, first, last):
        print(answer, flush=True)
    journal.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
