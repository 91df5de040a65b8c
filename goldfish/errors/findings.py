"""Refusals about findings: what was found out to be bad."""

from __future__ import annotations

from goldfish.errors.base import Refusal


class UnknownFinding(Refusal):
    """There is no finding {given!r}.
    `goldfish findings` lists what was found out to be bad."""


class FindingExists(Refusal):
    """{finding} was recorded before.
    Record it without naming it: it gets the next number."""


class NothingSuspected(Refusal):
    """Nothing says what is bad.
    Name it: `goldfish affected run-3 digits@r1`, or describe it: `goldfish affected --finding FINDING.json`."""


class FindingNotUnderstood(Refusal):
    """Nothing in this finding says which runs or claims are bad: {parts}.
    Say it by a key with a value that the ledger knows, as in
    {{"bad_flag": "augment", "bad_code": ["baseline@v3"], "since": "2026-04-01"}}."""


class UnusableFinding(Refusal):
    """The finding cannot be read: {why}.
    It is a JSON object, as in {{"bad_data": "digits@r2", "signal": "labels are shifted by one"}}."""


class ClaimNeedsRuns(Refusal):
    """A claim is about runs, and this one names none.
    Name them: `goldfish claim "TEXT" --runs run-3 --against run-1`."""


class NotARun(Refusal):
    """{given} is {what}, and a claim compares runs.
    Name runs, like run-3: `goldfish history` lists them."""
