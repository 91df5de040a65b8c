"""Refusals about thoughts, hypotheses, claims and decisions."""

from __future__ import annotations

from goldfish.errors.base import Refusal


class UnknownNote(Refusal):
    """There is no note {given!r}.
    `goldfish thoughts` lists thoughts, hypotheses, claims and decisions."""


class NoteExists(Refusal):
    """{note} was written before.
    Write it without naming it: it gets the next number."""


class WrongKindOfNote(Refusal):
    """{note} is a {kind}, not {needed}.
    A hypothesis is resolved with `goldfish hypothesis resolve`; a thought or a decision is taken back with
    `goldfish note withdraw`."""


class ReasonTooShort(Refusal):
    """The reason has {length} characters, fewer than the {minimum} that this project wants.
    Say why the judgement is another one than the numbers say, or than it was before."""


class NoteNeeded(Refusal):
    """{run} {ended}, and nothing says what that teaches.
    Say it with --comment "…" or --learned "…": the next one who tries this reads it."""
