"""Everything in files that belong to the user: one DuckDB file, or a directory with a file for each table."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

import goldfish
from goldfish.api.sandbox import beside
from goldfish.durable import sync_directory, unwritable
from goldfish.errors import ExportExists, NotAnExport, QueryTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

    from goldfish.api.core import Core
    from goldfish.domain.moments import When
    from goldfish.layout import Layout

Progress = Callable[[str, int, int], None]

_MARK = "goldfish-export.json"
_DUCKDB = b"DUCK"  # from the ninth byte of its files


class Exported(BaseModel):
    """What an export wrote."""

    as_of: int
    path: str
    format: str
    bytes: int
    rows: dict[str, int]
    missing: list[str]


def export(core: Core, to: str, path: Path, as_of: When | None, force: bool, progress: Progress) -> Exported:
    """Write everything that is known at a moment beside `path`, and put it there when it is whole."""
    import duckdb

    target = free(path, core.layout, force=force, magic=_DUCKDB if to == "duckdb" else None)
    temporary = beside(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="goldfish-export-") as place:
            done = _write(core, to, Path(place), temporary, as_of, progress)
        put_in_place(temporary, target)
    except duckdb.OutOfMemoryException as error:
        raise QueryTooLarge(why=str(error).split("\n", 1)[0]) from error
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        _remove(temporary)
    size = sum(file.stat().st_size for file in ([target] if target.is_file() else target.iterdir()))
    return done.model_copy(update={"path": os.fspath(path), "bytes": size})


def _write(core: Core, to: str, place: Path, temporary: Path, as_of: When | None, progress: Progress) -> Exported:
    from goldfish.api.curves import curves
    from goldfish.projections._duck import connect
    from goldfish.projections.sandbox import RELATIONS, attach, write_session

    view = core.view(as_of)
    found = curves(core.services.artifacts, view)
    session = write_session(view, place, RELATIONS, found.kept)
    about = {"goldfish": goldfish.__version__, "as_of": view.position, "tables": list(RELATIONS)}
    if to != "duckdb":
        temporary.mkdir()
        (temporary / _MARK).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    rows: dict[str, int] = {}
    connection = connect(temporary if to == "duckdb" else None, place / "spill")
    try:
        attach(connection, session)
        connection.execute("SET threads = 2; SET preserve_insertion_order = false")
        for number, name in enumerate(RELATIONS):
            progress(name, number, len(RELATIONS))
            rows[name] = _copy(connection, name, to, temporary)
        if to == "duckdb":
            _explain(connection, view.position)
    finally:
        connection.close()
    return Exported(as_of=view.position, path="", format=to, bytes=0, rows=rows, missing=found.missing)


def _copy(connection: DuckDBPyConnection, name: str, to: str, directory: Path) -> int:
    """One relation into a table, or a file; returns its rows. Lists and the like are JSON in CSV."""
    from goldfish.projections._duck import quoted

    selected = f"SELECT * FROM goldfish.main.{name}"  # noqa: S608 one of our names
    if to == "duckdb":
        connection.execute(f"CREATE TABLE main.{name} AS {selected}")
        return _count(connection, f"SELECT count(*) FROM main.{name}")  # noqa: S608 as above
    if to == "csv":
        columns = connection.execute(f"DESCRIBE {selected}").fetchall()
        cells = ", ".join(f'to_json("{c}") AS "{c}"' if _nested(kind) else f'"{c}"' for c, kind, *_ in columns)
        selected = f"SELECT {cells} FROM goldfish.main.{name}"  # noqa: S608 as above
    kind = "FORMAT csv, HEADER" if to == "csv" else "FORMAT parquet, COMPRESSION zstd"
    return _count(connection, f"COPY ({selected}) TO {quoted(str(directory / f'{name}.{to}'))} ({kind})")


def _nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP"))


def _count(connection: DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _explain(connection: DuckDBPyConnection, position: int) -> None:
    """Say in the file what its tables and columns hold, and up to which event."""
    from goldfish.projections._duck import quoted
    from goldfish.projections.columns import ABOUT, COLUMNS

    for name, columns in COLUMNS.items():
        connection.execute(f"COMMENT ON TABLE main.{name} IS {quoted(ABOUT[name])}")
        for column, meaning in columns.items():
            connection.execute(f'COMMENT ON COLUMN main.{name}."{column}" IS {quoted(meaning)}')
    connection.execute("CREATE TABLE main.exported (as_of BIGINT, goldfish VARCHAR)")
    connection.execute("INSERT INTO main.exported VALUES (?, ?)", [position, goldfish.__version__])
    connection.execute("DETACH goldfish")
    connection.execute("CHECKPOINT")


def free(path: Path, layout: Layout, *, force: bool, magic: bytes | None) -> Path:
    """The path, when something may be written there. Raises `ExportExists`, and `NotAnExport` for what stays."""
    home, there = layout.home.resolve(), path.parent.resolve() / path.name
    if there == home or home in there.parents or there in home.parents:
        raise NotAnExport(path=path, why="goldfish keeps the project there")
    if not os.path.lexists(path):
        return path
    if not force:
        raise ExportExists(path=path)
    if path.is_symlink() or not _is_one(path, magic):
        raise NotAnExport(path=path, why="it is something else than such an export")
    return path


def _is_one(path: Path, magic: bytes | None) -> bool:
    """Whether this was written by an export of the same kind."""
    if magic is None:
        return path.is_dir() and ((path / _MARK).is_file() or not any(path.iterdir()))
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return magic in file.read(12)


def put_in_place(temporary: Path, target: Path) -> None:
    """Rename what is whole; what stood there before goes only then."""
    with _set_aside(target):
        temporary.rename(target)
    sync_directory(target.parent)


@contextmanager
def _set_aside(target: Path) -> Iterator[None]:
    """Move a directory away while another one takes its place; back, where that fails."""
    if not target.is_dir():
        yield
        return
    aside = beside(target)
    target.rename(aside)
    try:
        yield
    except BaseException:
        aside.rename(target)
        raise
    shutil.rmtree(aside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    for name in (path, path.with_name(path.name + ".wal")):
        name.unlink(missing_ok=True)
