"""A DuckDB connection for notebooks."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.api.core import Core
from goldfish.api.curves import curves
from goldfish.ledger.envelope import Actor

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from goldfish.domain.moments import When


def connect(path: str | os.PathLike[str] | None = None, as_of: When | None = None) -> DuckDBPyConnection:
    """A connection to everything that a project's ledger holds, as of a moment; see `goldfish.connect`."""
    from goldfish.projections.sandbox import RELATIONS, open_sandbox, write_session

    core = Core.open(Path(path) if path is not None else Path.cwd(), Actor(kind="human", name="analyst"))
    view = core.view(as_of)
    found = curves(core.services.artifacts, view)
    with tempfile.TemporaryDirectory(prefix="goldfish-connect-") as place:
        session = write_session(view, Path(place), RELATIONS, found.kept)
        connection = open_sandbox(session, found.kept, spill=core.layout.projections / "spill")
    view.projector.close()
    return connection
