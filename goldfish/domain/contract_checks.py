"""The check `contract`: whether what a stage read and wrote is what its contracts say. Passes are verdicts too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from goldfish.domain.contract_matching import Described, violations
from goldfish.domain.contracts import Contract
from goldfish.domain.executions import Execution
from goldfish.domain.values import SignalType, StagePlan, Verdict

NAME = "contract"
BROKEN = "is not what its contract says"


def contract_checks(
    stage: StagePlan, written: Mapping[str, Described], read: Mapping[str, Described]
) -> list[Execution.CheckEvaluated]:
    """One verdict for each signal with a contract; `written` and `read` are what is known of the bytes, by name."""
    return [*_of_inputs(stage, read), *_of_outputs(stage, written)]


def _of_inputs(stage: StagePlan, read: Mapping[str, Described]) -> Iterator[Execution.CheckEvaluated]:
    for given in stage.inputs:
        if given.contract is not None:
            yield _verdict("input", given.name, given.type, given.contract, read.get(given.name))


def _of_outputs(stage: StagePlan, written: Mapping[str, Described]) -> Iterator[Execution.CheckEvaluated]:
    for output in stage.outputs:
        if output.contract is not None:
            yield _verdict("output", output.name, output.type, output.contract, written.get(output.name))


def _verdict(
    what: str, name: str, signal: SignalType, contract: Contract, described: Described | None
) -> Execution.CheckEvaluated:
    found = violations(contract, signal, described) if described is not None else []
    verdict: Verdict = "not-applicable" if described is None else "failed" if found else "passed"
    said = {
        "not-applicable": f"of the {what} {name} nothing is known that a contract could be held against",
        "failed": f"the {what} {name} {BROKEN}: {'; '.join(found[:5])}",
        "passed": f"the {what} {name} is what its contract says",
    }
    evidence: dict[str, JsonValue] = {"signal": what, "contract": contract.model_dump(mode="json")}
    return Execution.CheckEvaluated(
        check=NAME,
        subject=name,
        verdict=verdict,
        severity=contract.enforcement,
        sentence=said[verdict][:2_000],
        evidence={**evidence, "violations": [*found[:20]]} if found else evidence,
    )
