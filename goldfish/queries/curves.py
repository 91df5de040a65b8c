"""The points of metrics, as lines to draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from goldfish.domain.event import Value
from goldfish.domain.lines import Line, line, points, wants_logarithm
from goldfish.domain.names import nearest
from goldfish.errors import NothingToDraw
from goldfish.projections.projector import View
from goldfish.queries.comparing.parties import Party, parties

CHARTS = 6  # metrics that are drawn when none is named
RUNS = 100  # runs of a group whose points are read, the newest ones

Series = Callable[[str, str], Sequence[tuple[int | None, float]]]  # a digest and a metric → step and value of points


class Drawn(Value):
    """The line of one side. `label` says whose it is."""

    label: str
    line: Line


class Chart(Value):
    """The lines of one metric of a stage. `logarithmic` says that a logarithmic axis shows more."""

    stage: str
    metric: str
    lines: list[Drawn]
    logarithmic: bool


class Curves(Value):
    """A chart for each metric, and what could not be drawn."""

    as_of: int
    charts: list[Chart]
    left_out: list[str]


_SUMMARIES = """
    SELECT run, stage, metric, run IN (SELECT run FROM results WHERE results.metric = metrics.metric) AS judged
    FROM metrics WHERE run IN (SELECT unnest(?::VARCHAR[])) AND "count" > non_finite
"""
_FILES = """
    SELECT run, stage, metrics AS digest FROM executions
    WHERE metrics IS NOT NULL AND run IN (SELECT unnest($1::VARCHAR[]))
    UNION ALL
    SELECT run, '', points FROM imported WHERE points IS NOT NULL AND run IN (SELECT unnest($1::VARCHAR[]))
"""


def curves(view: View, refs: Sequence[str], series: Series, *, metrics: Sequence[str] = ()) -> Curves:
    """The lines of metrics, named as METRIC or STAGE.METRIC. Raises `NothingToDraw`, and as `compare`."""
    sides = parties(view, refs)
    if sides and sides[0].kind == "version":
        raise NothingToDraw(why="versions have no metrics, only their runs")
    runs = list(dict.fromkeys(run for side in sides for run in side.runs[:RUNS]))
    logged = view.rows(_SUMMARIES, runs)
    files = {(row["run"], row["stage"]): row["digest"] for row in view.rows(_FILES, runs)}
    judged = {(row["stage"], row["metric"]) for row in logged if row["judged"]}
    count: dict[tuple[str, str], int] = {}
    for row in logged:
        place = (row["stage"], row["metric"])
        count[place] = count.get(place, 0) + 1
    places = sorted(count, key=lambda place: (place not in judged, -count[place], place))
    wanted = _named(places, metrics) if metrics else places[:CHARTS]
    left_out = [f"{'.'.join(filter(None, place))}: name it to draw it" for place in places if not metrics][CHARTS:]
    charts = []
    for stage, metric in wanted:
        drawn = [(side, _line(side, stage, metric, files, series)) for side in sides]
        left_out += [f"{side.id} has no points of {metric}" for side, found in drawn if found is None]
        lines = [Drawn(label=_label(side, found), line=found) for side, found in drawn if found is not None]
        values = [value for one in lines for value in one.line.values]
        if lines:
            charts.append(Chart(stage=stage, metric=metric, lines=lines, logarithmic=wants_logarithm(values)))
    if not charts:
        raise NothingToDraw(why=left_out[0] if left_out else f"nothing was logged by {', '.join(refs)}")
    return Curves(as_of=view.position, charts=charts, left_out=left_out)


def _named(places: Sequence[tuple[str, str]], metrics: Sequence[str]) -> list[tuple[str, str]]:
    wanted = []
    for name in metrics:
        found = [place for place in places if name in (place[1], ".".join(place))]
        if not found:
            near = nearest(name, {metric for _, metric in places} | {".".join(place) for place in places})
            raise NothingToDraw(why=f"none of them logged {name}", near=near)
        wanted += found
    return list(dict.fromkeys(wanted))


def _line(side: Party, stage: str, metric: str, files: dict[tuple[str, str], str], series: Series) -> Line | None:
    found = [files.get((run, stage)) or files.get((run, "")) for run in side.runs[:RUNS]]
    return line([points(series(digest, metric)) for digest in found if digest is not None])


def _label(side: Party, found: Line) -> str:
    if not side.is_group:
        return side.ref
    name = side.id.removeprefix("group:")
    return f"{name} (mean of {found.runs} runs)" if found.runs > 1 else f"{name} (1 run)"
