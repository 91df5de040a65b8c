"""Refusals about runs and references."""

from __future__ import annotations

from goldfish.errors.base import GoldfishError, Refusal


class UnknownRun(Refusal):
    """There is no run {given!r}.
    `goldfish history` lists the runs."""


class UnknownReference(Refusal):
    """{given!r} names nothing in this project.
    References look like run-12, run-12/train, baseline, baseline@v3 or a source name."""


class AmbiguousReference(Refusal):
    """{given!r} names more than one thing: {candidates}.
    Say which one is meant, by one of these names."""


class RunExists(Refusal):
    """{run} was requested before.
    Request a run without naming it: it gets the next number."""


class RunAlreadyEnded(Refusal):
    """{run} has ended already: {outcome}.
    Nothing of it is left to stop. To go on, request a new run."""


class RunWasImported(Refusal):
    """{run} was not carried out here: it was imported from {system}.
    It can be shown, compared, searched and written about. To carry it out, make a pipeline of it and run that."""


class NoProgram(Refusal):
    """There is no program to run.
    Write it behind two dashes: goldfish exec -- python train.py --lr 3e-4"""


class WrongDirectory(Refusal):
    """The program cannot be run on the files of {path}: {why}.
    Change to the directory that holds the program, or name another workspace with --workspace."""


class NothingToRetry(Refusal):
    """{run} {state}: there is nothing to retry.
    To do the same once more, run its workspace with --rerun "WHY"."""


class ReasonNeeded(Refusal):
    """A run needs a reason of at least {minimum} characters; this one has {length}.
    Say what you try and what you expect: --reason "…"."""


class CannotCompare(Refusal):
    """{left} and {right} cannot be compared: {why}.
    Compare runs and groups with each other, or versions with each other."""


class StillRunning(GoldfishError):
    """{run} had not ended after {seconds} s.
    It goes on by itself. Follow it with `goldfish wait {run}`."""

    exit_code = 5


class SecretRefused(Refusal):
    """The settings of stage {stage!r} hold something that looks like a secret.
    Keep secrets out of configs: everything there is recorded for ever. Let the stage read them from a file outside."""
