"""The files of a tree that say what is run: pipeline.yaml, pipelines/NAME.yaml, and the configurations."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from goldfish.domain.json_values import merged
from goldfish.domain.names import nearest
from goldfish.domain.pipelines import Pipeline, parse_pipeline
from goldfish.errors import UnknownPipeline

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.bootstrap import Services
    from goldfish.domain.names import TreeId

DEFAULT = "pipeline.yaml"
_IN_FOLDER = re.compile(r"pipelines/([^/]+)\.yaml")


class PipelineFiles:
    """What one tree of a workspace holds."""

    def __init__(self, services: Services, workspace: str, tree: TreeId) -> None:
        self._services = services
        self._workspace = workspace
        self._tree = tree

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every file of the tree."""
        return frozenset(file.path for file in self._services.work.files(self._tree))

    def names(self) -> list[str]:
        """What can be asked for: pipeline.yaml first, then the names of those in pipelines/."""
        paths = self.paths
        found = sorted(match[1] for path in paths if (match := _IN_FOLDER.fullmatch(path)))
        return [DEFAULT, *found] if DEFAULT in paths else found

    def pipeline(self, asked: str = DEFAULT) -> Pipeline:
        """The pipeline of this name or path. Raises `UnknownPipeline`, `BadDocument` and `BadPipeline`."""
        file = path_of(asked)
        data = self._services.snapshots.read(self._tree, file)
        if data is None:
            known = self.names()
            raise UnknownPipeline(given=asked, workspace=self._workspace, near=nearest(asked, known) or known[:3])
        return parse_pipeline(self._services.read_yaml(data, file), file)

    def config(self, pipeline: Pipeline, stage: str) -> dict[str, JsonValue]:
        """The configuration of a stage; that of a named pipeline goes over the common one."""
        named = _IN_FOLDER.fullmatch(pipeline.file)
        own = self._read(f"configs/{named[1]}/{stage}.yaml") if named else {}
        return merged(self._read(f"configs/{stage}.yaml"), own)

    def configs(self, pipeline: Pipeline) -> dict[str, dict[str, JsonValue]]:
        """The configurations of all stages."""
        return {stage.name: self.config(pipeline, stage.name) for stage in pipeline.stages}

    def _read(self, file: str) -> dict[str, JsonValue]:
        if file not in self.paths:
            return {}
        data = self._services.snapshots.read(self._tree, file)
        return {} if data is None else self._services.read_yaml(data, file)


def path_of(asked: str) -> str:
    """The path of a pipeline: `sweep` is pipelines/sweep.yaml; a path, or a name that ends in .yaml, is itself."""
    given = asked.removeprefix("./")
    if not given or given == "pipeline":
        return DEFAULT
    return given if "/" in given or given.endswith((".yaml", ".yml")) else f"pipelines/{given}.yaml"
