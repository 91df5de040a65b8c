"""What is to be done next for a run: read off the facts, never remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from goldfish.domain.executions import Execution
from goldfish.domain.runs import Run

Action = Literal["launch", "withdraw", "stop", "watch", "collect", "finish"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do now for one stage of a run, or for the run itself (`stage` empty)."""

    action: Action
    run: str
    stage: str = ""


def next_steps(run: Run, executions: Mapping[str, Execution], free: int) -> list[Step]:
    """All that can be done now. `free` is how many more executions may be under way at once."""
    if not run.is_open:
        return []
    steps = [
        Step(action, run.stream, name) for name, execution in executions.items() for action in _for_one(run, execution)
    ]
    steps += [Step("launch", run.stream, stage.name) for stage in run.ready(executions)[: max(free, 0)]]
    return steps or [Step("finish", run.stream)]


def under_way(executions: Mapping[str, Execution]) -> int:
    """How many of these hold a place on the machine."""
    return sum(e.intended is not None and e.exited is None and e.concluded is None for e in executions.values())


def _for_one(run: Run, execution: Execution) -> list[Action]:
    """What to do for an execution that was begun and has not ended."""
    if execution.intended is None or execution.concluded is not None:
        return []
    if execution.exited is not None or execution.lost is not None or execution.refused is not None:
        return ["collect"]
    to_end = run.stop_reason(execution.stream.partition("/")[2]) is not None
    if execution.launched is None:
        return ["withdraw"] if to_end else ["launch"]
    if to_end and execution.stop_reason is None:
        return ["stop", "watch"]
    return ["watch"]
