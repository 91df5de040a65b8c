"""Each step and the policy that takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from goldfish.policies.collecting import collect_the_evidence
from goldfish.policies.finishing import finish_the_run
from goldfish.policies.launching import launch_the_stage
from goldfish.policies.run_execution import Action, Step
from goldfish.policies.tools import Tools
from goldfish.policies.watching import stop_the_stage, watch_the_stage, withdraw_the_launch

_FOR_A_STAGE: Final[Mapping[Action, Callable[[Tools, str, str], object]]] = {
    "launch": launch_the_stage,
    "withdraw": withdraw_the_launch,
    "stop": stop_the_stage,
    "watch": watch_the_stage,
    "collect": collect_the_evidence,
}


def carry_out(tools: Tools, step: Step) -> object:
    """Take a step. Every step may be taken again, by anybody, at any time. True means: a watched stage has ended."""
    if step.action == "finish":
        finish_the_run(tools, step.run)
        return None
    return _FOR_A_STAGE[step.action](tools, step.run, step.stage)
