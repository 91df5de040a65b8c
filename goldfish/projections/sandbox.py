"""A DuckDB for other people's SQL: read-only, with nothing in reach but the ledger, and no way to change that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.projections._duck import quoted
from goldfish.projections.models import MODELS
from goldfish.projections.points import POINTS, Curve, show_points
from goldfish.projections.views import VIEWS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from goldfish.projections._base import Base
    from goldfish.projections.projector import View

RELATIONS = ("events", *MODELS, *VIEWS, POINTS.name)
"""All that can be asked for by name."""

_CATALOG = "goldfish"
_ABOUT_ALL = re.compile(r"\b(show|information_schema|duckdb_\w+|pg_\w+|sqlite_\w+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What queries may use: bytes of memory, and of files for what does not fit in it."""

    memory: int = 1 << 30
    spilled: int = 8 << 30
    threads: int = 2


def named(sql: str) -> list[str]:
    """The relations that a query may be about: each whose name is a word of it; all, when it asks what there is."""
    if _ABOUT_ALL.search(sql):
        return list(RELATIONS)
    words = set(re.findall(r"\w+", sql.lower()))
    return [name for name in RELATIONS if name in words]


@dataclass(frozen=True, slots=True)
class Session:
    """A DuckDB file that shows relations at one moment, and the base from which its views read."""

    file: Path
    base: Base | None


def write_session(view: View, directory: Path, names: Sequence[str], curves: Sequence[Curve] = ()) -> Session:
    """Write such a file into a directory."""
    file = directory / f"{_CATALOG}.duckdb"
    base = view.projector.put_into(file, view.moment, [name for name in names if name != POINTS.name])
    if POINTS.name in names:
        show_points(file, curves)
    return Session(file, base)


def attach(connection: DuckDBPyConnection, session: Session) -> None:
    """Show it to a connection of our own, as the catalog `goldfish`."""
    if session.base is not None:
        connection.execute(f"ATTACH {quoted(str(session.base.path))} AS {session.base.catalog} (READ_ONLY)")
    connection.execute(f"ATTACH IF NOT EXISTS {quoted(str(session.file))} AS {_CATALOG} (READ_ONLY)")


def open_sandbox(
    session: Session, curves: Sequence[Curve] = (), *, spill: Path | None = None, bounds: Bounds | None = None
) -> DuckDBPyConnection:
    """A connection for others that shows a session. Its file may go once this is open.

    The file is opened read-only: nothing can be created, attached, loaded or set, and no other file can be read but
    those of `curves`. What does not fit in memory goes to `spill`.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(spill or ""),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
    }
    if bounds is not None:
        config["threads"] = bounds.threads
        config["memory_limit"] = f"{bounds.memory >> 10}KiB"
        config["max_temp_directory_size"] = f"{bounds.spilled >> 10}KiB"
    connection = duckdb.connect(str(session.file), read_only=True, config=config)
    if session.base is not None:
        connection.execute(f"ATTACH {quoted(str(session.base.path))} AS {session.base.catalog} (READ_ONLY)")
    if curves:
        paths = ", ".join(quoted(path) for path in dict.fromkeys(str(curve.path) for curve in curves))
        connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
