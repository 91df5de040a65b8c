"""History of other systems, read from their files: one module for each format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.domain.imported import Format
from goldfish.errors import CannotImport

if TYPE_CHECKING:
    from goldfish.ports import ForeignHistory


def open_history(given: Format, path: Path, *, baselines: Path | None = None) -> ForeignHistory:
    """The history in a file. Raises `CannotImport`.

    `baselines` is a second file, of when which experiment became the baseline; only `experiments` has one.
    """
    if baselines is not None and given != "experiments":
        raise CannotImport(path=baselines, why=f"baselines belong to experiments, not to {given}")
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
