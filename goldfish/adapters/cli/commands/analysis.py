"""Commands for analysts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO

import click

from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_options
from goldfish.errors import WrongUsage

if TYPE_CHECKING:
    from goldfish.api.analysis import ExportFormat

ROWS = click.IntRange(1, 10_000_000)
SECONDS = click.FloatRange(0, 86_400, min_open=True)
_LONGEST = 1 << 20  # bytes of a query that are read


@click.command()
@click.argument("query", required=False)
@click.option("--file", type=click.File("rb"), metavar="FILE", help="Read the query from a file.")
@click.option("--csv", is_flag=True, help="Answer with CSV.")
@click.option("--parquet", type=click.Path(dir_okay=False), metavar="FILE", help="Write the answer to a Parquet file.")
@click.option("--force", is_flag=True, help="Replace that file.")
@click.option("--limit", "-n", type=ROWS, default=10_000, show_default=True, help="At most so many rows.")
@click.option("--seconds", type=SECONDS, default=30.0, show_default=True, help="Stop the query after so long.")
@as_of_option
@command_options
@pass_invocation
def sql(
    invocation: Invocation,
    query: str | None,
    file: BinaryIO | None,
    csv: bool,
    parquet: str | None,
    force: bool,
    limit: int,
    seconds: float,
    as_of: str | None,
) -> None:
    """Ask anything in SQL.

    QUERY is one SELECT in the dialect of DuckDB, over the tables that "SHOW TABLES" lists; - reads it from standard
    input. It can change nothing and reach nothing else.

    \b
      goldfish sql "SHOW TABLES"
      goldfish sql "DESCRIBE runs"
      goldfish sql "SELECT id, title, value FROM experiments ORDER BY value LIMIT 5"
    """
    from pathlib import Path

    from goldfish.adapters.cli.views.sql import as_csv, shown, written

    text = _query(query, file)
    if csv + (parquet is not None) + invocation.json > 1 and not (invocation.json and parquet):
        raise WrongUsage(why="--csv, --parquet and --json say three ways to answer", command="goldfish sql")
    questions = invocation.analysis()
    if parquet is not None:
        asked = questions.sql_to_parquet(text, Path(parquet), as_of=as_of, limit=limit, seconds=seconds, force=force)
        invocation.answer(asked, written)
        return
    answer = questions.sql(text, as_of=as_of, limit=limit, seconds=seconds)
    invocation.answer(answer, as_csv if csv else shown)


@click.command()
@click.argument("to", type=click.Choice(("duckdb", "parquet", "csv")))
@click.argument("path", type=click.Path())
@click.option("--force", is_flag=True, help="Replace an earlier export that is there.")
@as_of_option
@command_options
@pass_invocation
def export(invocation: Invocation, to: ExportFormat, path: str, force: bool, as_of: str | None) -> None:
    """Write everything into files of your own.

    duckdb makes one file with every table, each column with its comment; parquet and csv make a directory with a file
    for each table. Nothing is there before all of it is.
    """
    from pathlib import Path

    from goldfish.adapters.cli.views.sql import exported
    from goldfish.adapters.cli.views.verify import checking

    with checking() as tell:
        answer = invocation.analysis().export(to, Path(path), as_of=as_of, force=force, on_progress=tell)
    invocation.answer(answer, exported)


def _query(query: str | None, file: BinaryIO | None) -> str:
    if (query is None) == (file is None):
        raise WrongUsage(why="it needs one query, as text, as - or with --file", command="goldfish sql")
    if query is not None and query != "-":
        return query
    data = (file if file is not None else sys.stdin.buffer).read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise WrongUsage(why=f"the query has more than {_LONGEST >> 20} MiB", command="goldfish sql")
    try:
        return str(data, "utf-8")
    except UnicodeDecodeError as error:
        raise WrongUsage(why="the query is not UTF-8 text", command="goldfish sql") from error
