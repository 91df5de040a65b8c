"""Refusals about results and verdicts."""

from __future__ import annotations

from goldfish.errors.base import Refusal


class BadResultsSpec(Refusal):
    """The results that were given with the run cannot be used: {why}.
    Its keys are metric, direction, split, pick, minimum, goal, tolerance, secondary, baseline, context and caveats."""


class RunStillOpen(Refusal):
    """{run} has not ended, so that it cannot be judged yet.
    Follow it with `goldfish wait {run}`, or end it with `goldfish cancel {run} --reason "…"`."""


class AlreadyFinalized(Refusal):
    """{run} was judged before: {verdict}.
    To change that, say why: `goldfish amend {run} --reason "…"`. The earlier judgement stays in its history."""


class NotFinalized(Refusal):
    """{run} was not judged yet, so that there is nothing to amend.
    Judge it with `goldfish finalize {run}`."""


class NothingToAmend(Refusal):
    """This changes nothing of what was said about {run}.
    Say what is different: --verdict, --value STAGE=NUMBER, --comment, --learned or --next."""


class NoResultsSpec(Refusal):
    """{execution} is not judged by a number: it has no results in the pipeline.
    Leave its value out. Stages that have results: {stages}."""


class BadResultValue(Refusal):
    """The value of {stage!r} cannot be used: {why}.
    Give a finite number, or a mapping of value, metric, direction, split and goal."""


class ResultNotLogged(Refusal):
    """{execution} never logged {metric} = {given}.
    What it logged: {logged}. Give one of these, or no value to take the one that its results pick."""


class ResultContradictsSpec(Refusal):
    """The result of {execution} is not what was asked for: {why}.
    Give the value of what the spec names; another metric, split or direction needs a run with another spec."""


class VerdictNeedsReason(Refusal):
    """The verdict {verdict} of {run} contradicts the numbers: {why}.
    Give the verdict {expected}, or say why not: --reason "…"."""


class GateClosed(Refusal):
    """{workspace} has {count} a verdict: {runs}.
    Judge each with `goldfish finalize RUN`, then ask again. `goldfish settings set gate=say` opens the gate."""
