"""Work that was done before is taken over: same code within reach, same configuration, same bytes, same environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from goldfish.domain.executions import Execution
from goldfish.domain.fingerprints import Files, stage_fingerprint
from goldfish.domain.names import Digest, ExecutionId, TreeId
from goldfish.domain.values import Environment, InputPlan, ResolvedInput, StagePlan
from goldfish.ledger.journal import Journal
from goldfish.policies.contracts import broke_a_contract, keeps_contracts
from goldfish.policies.earlier import earlier_execution, earlier_failure
from goldfish.ports import Artifacts, Snapshots


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all stages of one run share."""

    tree: str
    environment: Environment
    seed: int | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """An execution that did the same work and ended well; all that it wrote is still there."""

    name: ExecutionId
    execution: Execution


class Work:
    """Tells what a stage would do, and whether it was done before."""

    def __init__(self, journal: Journal, snapshots: Snapshots, artifacts: Artifacts) -> None:
        self._journal = journal
        self._artifacts = artifacts
        self._known = lru_cache(maxsize=8)(lambda tree: Files(snapshots.files(tree)))

    def files(self, tree: str) -> Files:
        """The files of a tree; of the trees that were asked for last they are read and digested once."""
        return self._known(TreeId(tree))

    def fingerprint(self, shared: Circumstances, stage: StagePlan, inputs: Sequence[ResolvedInput]) -> Digest:
        """Equal for executions that do the same work on the same bytes."""
        return stage_fingerprint(stage, self.files(shared.tree), inputs, shared.environment, shared.seed)

    def done(self, stage: StagePlan, fingerprint: str) -> Earlier | None:
        """The newest execution that did this work.

        None also when something it wrote is gone from the store, or is not what the contracts say by now.
        """
        if not stage.reuse:
            return None
        found = earlier_execution(self._journal, fingerprint)
        if found is None or not all(self._artifacts.has(Digest(digest)) for digest in _digests(found[1])):
            return None
        return Earlier(*found) if keeps_contracts(stage, found[1]) else None

    def failed(self, fingerprint: str) -> Earlier | None:
        """The newest execution that did this work and failed; not for what contracts asked, since these may change."""
        found = earlier_failure(self._journal, fingerprint)
        return Earlier(*found) if found is not None and not broke_a_contract(found[1]) else None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What can be said of a stage before it runs. Without a fingerprint: it reads what is not written yet."""

    inputs: list[ResolvedInput | None]
    fingerprint: str | None
    earlier: Earlier | None
    failed: Earlier | None = None  # nothing could stand in for it, and this is how the same work ended


def foresee(work: Work, shared: Circumstances, stages: Sequence[StagePlan], *, fresh: bool) -> dict[str, Foreseen]:
    """For each stage in plan order, what it would read, and which execution could stand in for it."""
    result: dict[str, Foreseen] = {}
    for stage in stages:
        inputs = [_foreseen_input(given, result) for given in stage.inputs]
        known = [given for given in inputs if given is not None]
        if len(known) < len(inputs):
            result[stage.name] = Foreseen(inputs, None, None)
            continue
        mark = work.fingerprint(shared, stage, known)
        earlier = None if fresh else work.done(stage, mark)
        result[stage.name] = Foreseen(inputs, mark, earlier, work.failed(mark) if earlier is None else None)
    return result


def _foreseen_input(given: InputPlan, before: Mapping[str, Foreseen]) -> ResolvedInput | None:
    if given.digest is not None:
        return ResolvedInput(name=given.name, type=given.type, digest=given.digest, ref=given.ref or "")
    upstream = before.get(given.stage or "")
    earlier = upstream.earlier if upstream is not None else None
    output = earlier.execution.outputs.get(given.signal or "") if earlier else None
    if earlier is None or output is None:
        return None
    return ResolvedInput(name=given.name, type=given.type, digest=output.digest, ref=f"{earlier.name}.{given.signal}")


def _digests(execution: Execution) -> list[str]:
    sealed = [execution.sealed.digest] if execution.sealed is not None and execution.sealed.digest is not None else []
    return [*(output.digest for output in execution.outputs.values()), *sealed]
