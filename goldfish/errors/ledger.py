"""Errors of the ledger."""

from __future__ import annotations

from goldfish.errors.base import GoldfishError, Refusal


class LedgerUnavailable(GoldfishError):
    """The ledger cannot be written: {why}.
    Nothing further is launched. Mend the disk, then repeat the command: its id keeps it from happening twice."""

    exit_code = 3


class LedgerReplaced(LedgerUnavailable):
    """The ledger file was removed, replaced or linked while in use: {why}.
    Put the original .goldfish/ledger.db back, then run `goldfish verify`."""


class LedgerBusy(LedgerUnavailable):
    """Another process held the ledger for longer than {seconds} s.
    Repeat the command."""


class LedgerCorrupt(GoldfishError):
    """The ledger is damaged at position {position}: {why}.
    Run `goldfish verify` for all damages. Do not edit the file; restore it from a backup."""

    exit_code = 4


class UnknownEvent(LedgerCorrupt):
    """Position {position} holds the event {event!r} version {version}, which this goldfish does not know.
    Use a newer goldfish; this one will not guess."""


class Busy(GoldfishError):
    """{stream} was changed by others {tries} times while this command was decided.
    Repeat the command."""


class CommandIdReused(Refusal):
    """The command id {command_id!r} was used before for another request.
    Use a new id for a new request; the same id only to repeat the same one."""


class NotAMoment(Refusal):
    """{given!r} is neither a position nor a time.
    Give the position of an event, like 42, or a time, like 2026-04-05, 2026-04-05T06:00 (UTC) or \
2026-04-05T08:00+02:00."""


class MomentAhead(Refusal):
    """{given} lies in the future: {newest}.
    Leave the moment out to ask about now."""


class MomentTooEarly(Refusal):
    """Nothing was known at {given}: the first that is known here is of {first} (UTC).
    Ask about a later moment."""


class UnknownPosition(Refusal):
    """There is no event at position {given}.
    `goldfish undo --list` lists what can be undone; `goldfish log` lists all events."""
