"""Use cases around contracts: see what was declared and what was found, and adopt what was found."""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish import durable
from goldfish.api.contract_answers import AdoptedAnswer, ContractsAnswer, SignalContract, WrittenContract
from goldfish.api.core import Core
from goldfish.api.pipeline_files import DEFAULT, PipelineFiles
from goldfish.application import Session
from goldfish.domain.contract_grammar import resolve_contract
from goldfish.domain.contract_matching import Described, observed, violations
from goldfish.domain.contract_writing import as_written, contracts_yaml
from goldfish.domain.json_values import merged
from goldfish.domain.names import TreeId, is_run
from goldfish.domain.pipelines import Pipeline, parse_pipeline
from goldfish.domain.problems import Problems
from goldfish.errors import BadPipeline, NothingToAdopt, PipelineChanged, UnknownRun
from goldfish.files import Changed, opened_steady
from goldfish.policies.contracts import described_at
from goldfish.queries.tried import latest_output

if TYPE_CHECKING:
    from goldfish.domain.contracts import Contract
    from goldfish.domain.runs import Run
    from goldfish.domain.values import SignalType
    from goldfish.domain.workspaces import Workspace


class ContractCommands(Core):
    """What signals must be, and what they were."""

    def contracts(self, of: str, *, pipeline: str = DEFAULT) -> ContractsAnswer:
        """The contracts of a run, or of a workspace's pipeline held against what its stages wrote last."""
        session = Session(self.application.journal)
        if is_run(of):
            run = session.run(of)
            return _answer(of, run.plan.pipeline, self._of_run(session, of, run))
        workspace = self.look(of)
        files = self._pipeline_files(workspace)
        found = files.pipeline(pipeline)
        return _answer(workspace.name, found.name, self._of_pipeline(session, workspace.name, files, found))

    def adopt_contracts(
        self,
        workspace: str,
        *,
        run: str | None = None,
        stages: Collection[str] = (),
        pipeline: str = DEFAULT,
        dry_run: bool = False,
    ) -> AdoptedAnswer:
        """Write what was found in outputs as their contracts into the pipeline of a mounted workspace.

        Only outputs without a contract get one. They are judged by what `run` wrote, or by what each stage wrote last.
        Raises `NothingToAdopt`, and `PipelineChanged` when somebody edits the file meanwhile.
        """
        session = Session(self.application.journal)
        found = self.look(workspace)
        slot = found.in_slot()
        files = self._pipeline_files(found)
        written = files.pipeline(pipeline)
        for stage in stages:
            written.stage(stage)
        signals = list(self._of_pipeline(session, found.name, files, written, run=run))
        adopted = [
            signal
            for signal in signals
            if signal.declared is None and signal.observed is not None and (not stages or signal.stage in stages)
        ]
        if not adopted:
            raise NothingToAdopt(file=written.file, workspace=found.name)
        path = self.layout.slot(slot) / written.file
        before = _bytes(path)
        after = self._with_contracts(before, written, adopted)
        if not dry_run:
            with self.slots.alone(slot):
                if _bytes(path) != before:
                    raise PipelineChanged(path=path)
                durable.write(path, after, mode=path.stat().st_mode & 0o777)
        return AdoptedAnswer(
            workspace=found.name,
            path=str(path),
            adopted=adopted,
            written=not dry_run,
            patch=_patch(before, after, written.file),
        )

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _pipeline_files(self, workspace: Workspace) -> PipelineFiles:
        """The pipelines of a workspace as its files are now."""
        tree = workspace.tree
        if workspace.slot is not None:
            self.slots.settle(workspace)
            tree = self.services.snapshots.take(self.layout.slot(workspace.slot), cache=workspace.slot).tree
        return PipelineFiles(self.services, workspace.name, TreeId(tree))

    def _of_run(self, session: Session, name: str, run: Run) -> Iterator[SignalContract]:
        for stage in run.plan.stages:
            for output in stage.outputs:
                ref = f"{name}/{stage.name}.{output.name}"
                yield _signal(stage.name, output.name, output.type, output.contract, ref, described_at(session, ref))

    def _of_pipeline(
        self, session: Session, workspace: str, files: PipelineFiles, pipeline: Pipeline, run: str | None = None
    ) -> Iterator[SignalContract]:
        problems = Problems()
        if run is not None and not session.run(run).version:
            raise UnknownRun(given=run)
        for stage in pipeline.stages:
            config = merged(stage.defaults, files.config(pipeline, stage.name))
            for output in stage.outputs:
                where = f"stage {stage.name!r}, output {output.name!r}, contract"
                contract = (
                    resolve_contract(where, output.type, output.contract, config, problems)
                    if output.contract is not None
                    else None
                )
                ref = f"{run}/{stage.name}.{output.name}" if run else self._latest(workspace, stage.name, output.name)
                known = described_at(session, ref) if ref else None
                found = _signal(stage.name, output.name, output.type, contract, ref, known)
                declared = dict(output.contract) if output.contract is not None else None
                yield found.model_copy(update={"declared": declared})
        if problems.found:
            raise BadPipeline(file=pipeline.file, why=problems.found)

    def _latest(self, workspace: str, stage: str, signal: str) -> str | None:
        found = latest_output(self.services.projector.at(), workspace, stage, signal)
        return found.ref if found is not None else None

    def _with_contracts(self, before: bytes, pipeline: Pipeline, adopted: list[SignalContract]) -> bytes:
        """The text of the pipeline with the contracts. It is read again: nothing but the contracts may differ."""
        contracts = {(s.stage, s.signal): s.observed for s in adopted if s.observed is not None}
        file = pipeline.file
        if parse_pipeline(self.services.read_yaml(before, file), file) != pipeline:
            raise PipelineChanged(path=file)
        after = self.services.add_contracts(before, contracts)
        again = parse_pipeline(self.services.read_yaml(after, file), file)
        got = {
            (stage.name, output.name): dict(output.contract)
            for stage in again.stages
            for output in stage.outputs
            if output.contract is not None and (stage.name, output.name) in contracts
        }
        if got != contracts:
            raise BadPipeline(file=file, why="the contracts cannot be written into it as it is; write them yourself")
        return after


def _signal(
    stage: str, name: str, kind: SignalType, contract: Contract | None, ref: str | None, known: Described | None
) -> SignalContract:
    seen = observed(kind, known) if known is not None else None
    return SignalContract(
        stage=stage,
        signal=name,
        type=kind,
        declared=as_written(kind, contract) if contract is not None else None,
        observed=as_written(kind, seen) if seen is not None else None,
        ref=ref if known is not None else None,
        violated=violations(contract, kind, known) if contract is not None and known is not None else [],
    )


def _answer(of: str, pipeline: str, signals: Iterable[SignalContract]) -> ContractsAnswer:
    found = list(signals)
    seen: dict[str, dict[str, WrittenContract]] = {}
    for signal in found:
        if signal.observed is not None:
            seen.setdefault(signal.stage, {})[signal.signal] = signal.observed
    return ContractsAnswer(of=of, pipeline=pipeline, signals=found, yaml=contracts_yaml(seen))


def _bytes(path: Path) -> bytes:
    """A file as it is now. Raises `PipelineChanged` when it is gone, a link, or being written."""
    try:
        with opened_steady(path) as (descriptor, status):
            return os.read(descriptor, status.st_size + 1)
    except Changed as error:
        raise PipelineChanged(path=path) from error


def _patch(before: bytes, after: bytes, file: str) -> str:
    old, new = (data.decode("utf-8").splitlines(keepends=True) for data in (before, after))
    lines = difflib.unified_diff(old, new, fromfile=f"a/{file}", tofile=f"b/{file}")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
