"""A program that answers one query in SQL, in a process that can be ended at any moment.

Other people's SQL can keep DuckDB busy where nothing interrupts it, and ask for more memory than DuckDB counts. So it
runs here, within limits that the kernel holds. The request is JSON on standard input. On standard output comes a line
when all is prepared, then the answer as JSON. `goldfish.api.sandbox` starts it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldfish.api.cells import plain
from goldfish.api.core import Core
from goldfish.bootstrap import Services
from goldfish.errors import GoldfishError, QueryTooLarge, QueryTooLong
from goldfish.layout import Layout
from goldfish.ledger.envelope import Actor

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from goldfish.projections.sandbox import Bounds

READY = b"ready\n"
PATIENCE = 2.0  # seconds for an interrupted query to end by itself
LARGEST = 64 << 20  # bytes of JSON that an answer may have


def main() -> None:
    """Answer the request."""
    request = json.loads(sys.stdin.buffer.read())
    try:
        answer = _answer(request)
    except GoldfishError as refusal:
        answer = _refused(refusal)
    _say(answer)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    import duckdb

    from goldfish.projections.asking import is_damage, one_question, refusal
    from goldfish.projections.sandbox import Bounds, named

    bounds = Bounds(memory=request["memory"])
    _stand_back(bounds)
    one_question(request["sql"])
    core = Core(Services(Layout(Path(request["root"])), Actor(kind="human", name="analyst")))
    names = named(request["sql"])
    for again in (False, True):
        sandbox = _Sandbox(core, request, names, bounds)
        if not again:
            sys.stdout.buffer.write(READY)
            sys.stdout.buffer.flush()
        limits = _end_in_time(sandbox.connection, request["seconds"], bounds)
        try:
            asked = _into_parquet if request["parquet"] else _into_rows
            return {**sandbox.about, **asked(sandbox.connection, request)}
        except duckdb.Error as error:
            if again or not is_damage(error) or not sandbox.distrusted(core):
                raise refusal(error, request["seconds"]) from error
        except MemoryError as error:
            raise QueryTooLarge(why="it ran out of memory") from error
        for timer in limits:
            timer.cancel()
    raise QueryTooLong(seconds=request["seconds"])


class _Sandbox:
    """A connection that shows what was known at the moment of a request."""

    def __init__(self, core: Core, request: dict[str, Any], names: list[str], bounds: Bounds) -> None:
        from goldfish.api.curves import Curves, curves
        from goldfish.projections.sandbox import open_sandbox, write_session

        place = Path(request["place"])
        view = core.view(request["as_of"])
        found = curves(core.services.artifacts, view) if "points" in names else Curves()
        self._session = write_session(view, place, names, found.kept)
        self.connection = open_sandbox(self._session, found.kept, spill=place / "spill", bounds=bounds)
        self.about = {"as_of": view.position, "missing": found.missing}
        view.projector.close()

    def distrusted(self, core: Core) -> bool:
        """Throw away the base that it read from, if there is one."""
        self.connection.close()
        if self._session.base is None:
            return False
        core.services.projector.distrust(self._session.base)
        return True


def _into_rows(connection: DuckDBPyConnection, request: dict[str, Any]) -> dict[str, Any]:
    from goldfish.projections.asking import rows

    columns, found = rows(connection, request["sql"])
    kept: list[str] = []
    size = 0
    for row in found:
        if len(kept) == request["limit"]:
            return {"columns": columns, "rows": kept, "more": True}
        cells = [plain(cell, kind) for cell, (_, kind) in zip(row, columns, strict=True)]
        kept.append(json.dumps(cells, ensure_ascii=False, allow_nan=False))
        size += len(kept[-1])
        if size > LARGEST:
            raise QueryTooLarge(why=f"{len(kept)} rows of the answer have more than {LARGEST >> 20} MiB of text")
    return {"columns": columns, "rows": kept, "more": False}


def _into_parquet(connection: DuckDBPyConnection, request: dict[str, Any]) -> dict[str, Any]:
    import pyarrow.parquet

    left, more = request["limit"], False
    reader = connection.sql(request["sql"]).to_arrow_reader(10_000)
    with pyarrow.parquet.ParquetWriter(request["parquet"], reader.schema) as writer:
        for batch in reader:
            more = batch.num_rows > left
            writer.write_batch(batch.slice(0, left))
            left -= min(left, batch.num_rows)
            if more:
                break
    return {"columns": [(f.name, str(f.type)) for f in reader.schema], "written": request["limit"] - left, "more": more}


def _stand_back(bounds: Bounds) -> None:
    """Limits for what DuckDB does not count: memory of single values, and a dump of all of it when it dies."""
    room = 2 * bounds.memory + (1 << 30)
    resource.setrlimit(resource.RLIMIT_DATA, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_in_time(connection: DuckDBPyConnection, seconds: float, bounds: Bounds) -> list[threading.Timer]:
    """Interrupt the query when its time is up, and end the process where it does not hear that.

    The kernel ends it some time later, whatever happens here.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + bounds.threads * (seconds + 2 * PATIENCE)) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
    interrupt = threading.Timer(seconds, connection.interrupt)
    leave = threading.Timer(seconds + PATIENCE, _leave, [seconds])
    for timer in (interrupt, leave):
        timer.daemon = True
        timer.start()
    return [interrupt, leave]


def _leave(seconds: float) -> None:
    _say(_refused(QueryTooLong(seconds=seconds)))
    os._exit(0)


def _refused(refusal: GoldfishError) -> dict[str, Any]:
    facts = {name: fact if isinstance(fact, int | float | str) else str(fact) for name, fact in refusal.facts.items()}
    return {"refused": refusal.name, "facts": facts, "near": list(refusal.near)}


_saying = threading.Lock()


def _say(answer: dict[str, Any]) -> None:
    """Say it once: whoever comes second ends before it has said anything."""
    if _saying.acquire(blocking=False):
        sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
    os._exit(0)  # all is said: taking DuckDB apart would only keep whoever waits for it
