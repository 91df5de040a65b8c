"""History of other systems, read from their files: one module for each format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.domain.imported import Format
from goldfish.errors import CannotImport

if TYPE_CHECKING:
    from goldfish.ports import ForeignHistory


def open_history(
    given: Format,
    path: Path,
    *,
    baselines: Path | None = None,
    experiment: str | None = None,
    unfinished: bool = False,
) -> ForeignHistory:
    """The history in a file or a directory. Raises `CannotImport`, `ExtraMissing`.

    `baselines` is a second file, of when which experiment became the baseline; only `experiments` has one.
    `experiment` is the one experiment of MLflow that is read. With `unfinished`, what has not ended is read as it
    stands; only `mlflow` and `wandb` tell that.
    """
    if baselines is not None and given != "experiments":
        raise CannotImport(path=baselines, why=f"baselines belong to experiments, not to {given}")
    if experiment is not None and given != "mlflow":
        raise CannotImport(path=path, why=f"one experiment can be chosen in stores of MLflow, not in {given}")
    if unfinished and given not in ("mlflow", "wandb"):
        raise CannotImport(path=path, why=f"{given} does not say what has not ended")
    match given:
        case "experiments":
            from goldfish.adapters.imports.experiments import Experiments

            return Experiments(path, baselines)
        case "incident":
            from goldfish.adapters.imports.incident import Incident

            return Incident(path)
        case "results":
            from goldfish.adapters.imports.results import ResultsTable

            return ResultsTable(path)
        case "mlflow":
            from goldfish.adapters.imports.mlflow_files import MlflowFiles
            from goldfish.adapters.imports.mlflow_sqlite import MlflowDatabase

            kind = MlflowFiles if os.path.isdir(path) else MlflowDatabase  # is_dir raises for names too long
            return kind(path, experiment, unfinished=unfinished).history()
        case "tensorboard":
            from goldfish.adapters.imports.tensorboard_logs import TensorboardLogs

            return TensorboardLogs(path).history()
        case "wandb":
            from goldfish.adapters.imports.wandb_directory import WandbDirectory

            return WandbDirectory(path, unfinished=unfinished).history()
