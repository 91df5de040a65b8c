"""Errors of the command line and of the tools for agents."""

from __future__ import annotations

from goldfish.errors.base import GoldfishError, Refusal


class UnknownTool(Refusal):
    """There is no tool {given!r}.
    tools/list names them all."""


class WrongArguments(Refusal):
    """The arguments of {tool} cannot be used: {why}.
    Its input schema says what each one is; correct them and call again."""


class OutOfReach(Refusal):
    """{path} is not a path that tools may use: {why}.
    Name a path inside the project, a reference like run-3/prepare.features, or an address like https://example.org/a.csv.
    People can bring in what lies elsewhere."""


class BudgetTooSmall(Refusal):
    """{given} tokens are too few to say even what the project is for and how much there is: that takes {least}.
    Ask for at least {least}; 2000 are usual."""


class WrongUsage(Refusal):
    """The command cannot be understood: {why}.
    `{command} --help` shows how it is called."""


class Interrupted(GoldfishError):
    """Interrupted.
    What had happened is in the log; repeat the command for the rest."""

    exit_code = 130


class StoppedWaiting(Interrupted):
    """Interrupted; {run} goes on by itself.
    Follow it with `goldfish wait {run}`, or end it with `goldfish cancel {run}`."""


class Unexpected(GoldfishError):
    """goldfish met an error that it has no name for: {what}.
    {where} Please report it: what is in the ledger stands."""
