"""What is known of bytes that contracts are held against: what capture found in them when they were recorded."""

from __future__ import annotations

from collections.abc import Iterable

from goldfish.application import Session
from goldfish.domain.contract_checks import BROKEN
from goldfish.domain.contract_matching import Described, violations
from goldfish.domain.contracts import Contract
from goldfish.domain.executions import Execution
from goldfish.domain.names import execution_id, split_execution
from goldfish.domain.runs import Run
from goldfish.domain.settling import refuse_broken_input
from goldfish.domain.values import InputPlan, StagePlan
from goldfish.errors import LaunchRefused


def described_at(session: Session, ref: str) -> Described | None:
    """What is known of the bytes that "run-3/prepare.features" or "digits@r2" names; None when nothing is."""
    place, dot, signal = ref.rpartition(".")
    if dot and split_execution(place) is not None:
        output = session.execution(place).outputs.get(signal)
        return output.described if output is not None else None
    name, at, number = ref.rpartition("@r")
    if not at or not number.isdecimal():
        return None
    registered = session.source(name).revisions.get(int(number))
    return registered.described or None if registered is not None else None


def read_by(session: Session, run: str, stage: StagePlan) -> dict[str, Described]:
    """What is known of the bytes that a stage reads, by the name of the input, where it has a contract."""
    refs = {given.name: _ref(run, given) for given in stage.inputs if given.contract is not None}
    found = {name: described_at(session, ref) for name, ref in refs.items()}
    return {name: described for name, described in found.items() if described is not None}


def refuse_broken_inputs(session: Session, request: Run, execution: Execution) -> None:
    """Raise `LaunchRefused` when a stage of the run wrote what the contract of an input refuses."""
    run, _, name = execution.stream.partition("/")
    stage = next(s for s in request.plan.stages if s.name == name)
    known = read_by(session, run, stage)
    for given in stage.inputs:
        if given.contract is None or given.contract.enforcement != "block" or given.name not in known:
            continue
        if found := violations(given.contract, given.type, known[given.name]):
            why = f"the input {given.name} {BROKEN}: {'; '.join(found[:5])}"
            raise LaunchRefused(execution=execution.stream, why=why)


def refuse_unfit_bytes(session: Session, stages: Iterable[StagePlan]) -> None:
    """Raise `ContractBroken` when bytes that a plan names are known not to be what an input asks for."""
    for stage in stages:
        for given in stage.inputs:
            if given.contract is not None and given.ref is not None:
                refuse_broken_input(stage.name, given, described_at(session, given.ref) or {})


def keeps_contracts(stage: StagePlan, execution: Execution) -> bool:
    """Whether what an earlier execution wrote is what the contracts of the stage now say."""
    return not any(
        violations(output.contract, output.type, execution.outputs[output.name].described)
        for output in stage.outputs
        if output.contract is not None and output.contract.enforcement == "block" and output.name in execution.outputs
    )


def broke_a_contract(execution: Execution) -> bool:
    """Whether it failed because of what was asked of its bytes, which may have been asked differently since."""
    return execution.outcome == "failed" and BROKEN in (execution.cause or "")


def same_contracts(left: Iterable[StagePlan], right: Iterable[StagePlan]) -> bool:
    """Whether two plans ask the same of every signal."""
    return _asked(left) == _asked(right)


def _asked(stages: Iterable[StagePlan]) -> dict[tuple[str, str], Contract]:
    found = {(stage.name, given.name): given.contract for stage in stages for given in stage.inputs}
    found |= {(stage.name, output.name): output.contract for stage in stages for output in stage.outputs}
    return {place: contract for place, contract in found.items() if contract is not None}


def _ref(run: str, given: InputPlan) -> str:
    return given.ref or f"{execution_id(run, given.stage or '')}.{given.signal}"
