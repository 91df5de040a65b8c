"""goldfish: a research ledger for machine-learning experiments that coding agents run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from datetime import datetime

    from duckdb import DuckDBPyConnection

__version__ = "0.1.0"
__all__ = ["__version__", "connect"]


def connect(
    path: str | os.PathLike[str] | None = None, as_of: int | str | datetime | None = None
) -> DuckDBPyConnection:
    """A DuckDB connection to the project that holds `path`, or the current directory: for notebooks and scripts.

    It shows `events`, every read model, the views and the metric points, as of now, or of a position or a time. What
    is recorded later does not appear in it. It is read-only, no file is in its reach, and no setting can be changed.
    `connection.sql("FROM runs").df()` gives a DataFrame, `.to_arrow_table()` an Arrow table; your own data joins in
    with `connection.register(name, frame)`.
    """
    from importlib import import_module  # what imports this package must not thereby import all of it

    found: DuckDBPyConnection = import_module("goldfish.api.notebook").connect(path, as_of)
    return found
