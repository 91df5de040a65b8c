"""Use cases around pipelines that run nothing: say what is wrong with them, and draw them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from goldfish.api.contract_answers import (
    CheckAnswer,
    DrawnSignal,
    DrawnStage,
    PipelineAnswer,
    PipelineCheck,
    PipelineProblem,
)
from goldfish.api.contracts import ContractCommands
from goldfish.api.pipeline_checks import Trial
from goldfish.api.pipeline_files import DEFAULT, path_of
from goldfish.application import Session
from goldfish.domain.drawing import mermaid
from goldfish.errors import Refusal, UnknownPipeline

if TYPE_CHECKING:
    from goldfish.api.pipeline_files import PipelineFiles
    from goldfish.domain.pipelines import Pipeline
    from goldfish.domain.workspaces import Workspace


class PipelineQuestions(ContractCommands):
    """Pipelines as they are written."""

    def check_pipelines(self, workspace: str | None = None, *, pipeline: str | None = None) -> CheckAnswer:
        """Everything that keeps pipelines from being run. Without a workspace, of all that are mounted."""
        return CheckAnswer(
            checked=[check for found in self._meant(workspace) for check in self._checked(found, pipeline)]
        )

    def pipeline(self, workspace: str, *, pipeline: str = DEFAULT) -> PipelineAnswer:
        """A pipeline: its stages in the order of their data, what each reads and writes, and a drawing."""
        found = self.look(workspace)
        written = self._pipeline_files(found).pipeline(pipeline)
        return PipelineAnswer(
            workspace=found.name,
            name=written.name,
            file=written.file,
            description=written.description,
            stages=list(_drawn(written)),
            mermaid=mermaid(written),
        )

    def _meant(self, workspace: str | None) -> list[Workspace]:
        if workspace is not None:
            return [self.look(workspace)]
        found = [self.look(name) for name in self._workspace_names()]
        return [each for each in found if each.slot is not None]

    def _checked(self, workspace: Workspace, pipeline: str | None) -> Iterator[PipelineCheck]:
        files = self._pipeline_files(workspace)
        for asked in [pipeline] if pipeline is not None else files.names() or [DEFAULT]:
            name, stages, problems = asked, [], []
            try:
                written = files.pipeline(asked)
                name, stages = written.name, [stage.name for stage in written.ordered]
                problems = list(dict.fromkeys(self._problems(files, written)))
            except UnknownPipeline:
                if pipeline is not None:
                    raise
                problems = [("UnknownPipeline", DEFAULT, "there is no such file")]
            except Refusal as refusal:
                problems = list(_told(refusal, path_of(asked)))
            yield PipelineCheck(
                workspace=workspace.name,
                pipeline=name,
                file=path_of(asked),
                stages=stages,
                problems=[PipelineProblem(error=error, file=file, problem=why) for error, file, why in problems],
            )

    def _problems(self, files: PipelineFiles, pipeline: Pipeline) -> Iterator[tuple[str, str, str]]:
        trial = Trial(Session(self.application.journal), pipeline, files.configs(pipeline), files.paths)
        for refusal in trial.refusals():
            yield from _told(refusal, pipeline.file)


def _told(refusal: Refusal, file: str) -> Iterator[tuple[str, str, str]]:
    """A refusal as problems: one for each, where it holds several."""
    file, why = str(refusal.facts.get("file", file)), refusal.facts.get("why")
    if isinstance(why, list) and "file" in refusal.facts:
        for problem in why:
            yield refusal.name, file, str(problem)
    else:
        yield refusal.name, file, refusal.message.removeprefix(f"{file}: ").removesuffix(".")


def _drawn(pipeline: Pipeline) -> Iterator[DrawnStage]:
    for stage in pipeline.ordered:
        yield DrawnStage(
            name=stage.name,
            does=" ".join(stage.command) or stage.module,
            description=stage.description,
            inputs=[
                DrawnSignal(
                    name=given.name,
                    type=given.type,
                    source=f"source:{given.source}" if given.source else f"{given.stage}.{given.signal}",
                    contract=dict(given.contract) if given.contract is not None else None,
                )
                for given in stage.inputs
            ],
            outputs=[
                DrawnSignal(
                    name=output.name,
                    type=output.type,
                    source=None,
                    contract=dict(output.contract) if output.contract is not None else None,
                    optional=output.optional,
                )
                for output in stage.outputs
            ],
        )
