"""How sure it is that a best run is the best: against the next configuration, and against what seeds alone do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from goldfish.domain.noise import contrast
from goldfish.domain.samples import Sample, pooled, sample
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.best import Best, Sure
from goldfish.queries.brief import rounded

LOOKED_AT = 30  # of the best results of a series
Series = tuple[str | None, str, str, str | None]  # workspace, stage, metric, split


@dataclass(slots=True)
class _Values:
    """The results of each configuration in a series, one for each seed."""

    by_seed: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, configuration: str) -> Sample | None:
        return sample(self.by_seed.get(configuration, {}).values())


def how_sure(view: View, lines: Sequence[Best]) -> list[Best]:
    """The same lines, each with how sure it is, where runs can be told to repeat each other.

    The best is held against the best run of another configuration among the best results of its series. Of a metric
    that no spec names, only the repetitions are told.
    """
    if not lines:
        return []
    top = _top(view, [line for line in lines if not line.guessed])
    runs = {run for found in top.values() for run, _ in found} | {line.run for line in lines}
    of_run = _configurations(view, runs)
    values = _values(view, lines, top, _repetitions(view, set(of_run.values())))
    return [line.model_copy(update={"sure": _sure(line, top.get(_series(line), []), of_run, values)}) for line in lines]


def _series(line: Best) -> Series:
    return line.workspace, line.stage or "", line.metric, line.split


def _sure(
    line: Best, top: Sequence[tuple[str, float]], of_run: dict[str, str], values: dict[Series, _Values]
) -> Sure | None:
    mine = of_run.get(line.run)
    known = values.get(_series(line), _Values())
    own = known.of(mine) if mine is not None else None
    if mine is None or own is None:
        return None
    alone = Sure(
        standing="repeated" if own.n > 1 else "single",
        seeds=own.n,
        mean=rounded(own.mean) if own.sd is not None else None,
        sd=rounded(own.sd) if own.sd is not None else None,
    )
    rival = next((run for run, _ in top if of_run.get(run, run) != mine), None)
    other = known.of(of_run[rival]) if rival is not None and rival in of_run else None
    if rival is None or other is None:
        return alone
    spreads = [known.of(name) for name in known.by_seed if name not in (mine, of_run[rival])]
    floor = pooled([(one.sd, one.n - 1) for one in spreads if one is not None and one.sd is not None])
    found = contrast(other, own, line.direction, floor=floor)
    more = found.more_seeds if found.standing in ("needs-seeds", "unknown") else None
    return alone.model_copy(update={"standing": found.standing, "than": rival, "more_seeds": more})


def _top(view: View, lines: Sequence[Best]) -> dict[Series, list[tuple[str, float]]]:
    """The best results of each series, the best first."""
    if not lines:
        return {}
    rows = view.rows(
        """
        WITH asked AS (
            SELECT unnest(?::VARCHAR[]) AS workspace, unnest(?::VARCHAR[]) AS stage, unnest(?::VARCHAR[]) AS metric,
                   unnest(?::VARCHAR[]) AS split, unnest(?::VARCHAR[]) AS direction, unnest(?::BIGINT[]) AS nth
        )
        SELECT nth, min_by({'run': run, 'value': result},
                          (CASE asked.direction WHEN 'maximize' THEN -result ELSE result END, position), ?) AS top
        FROM asked JOIN results ON results.workspace IS NOT DISTINCT FROM asked.workspace
            AND results.stage = asked.stage AND results.metric = asked.metric AND results.split = asked.split
            AND results.direction = asked.direction
        WHERE result IS NOT NULL GROUP BY nth
        """,
        [line.workspace for line in lines],
        [line.stage or "" for line in lines],
        [line.metric for line in lines],
        [line.split for line in lines],
        [line.direction for line in lines],
        list(range(len(lines))),
        LOOKED_AT,
    )
    return {_series(lines[row["nth"]]): [(one["run"], one["value"]) for one in row["top"]] for row in rows}


def _configurations(view: View, runs: Iterable[str]) -> dict[str, str]:
    rows = view.rows(
        "SELECT run, configuration FROM configurations WHERE configuration IS NOT NULL "
        "AND run IN (SELECT unnest(?::VARCHAR[]))",
        sorted(runs),
    )
    return {row["run"]: row["configuration"] for row in rows}


def _repetitions(view: View, configurations: set[str]) -> dict[str, tuple[str, str]]:
    """Run → its configuration and its seed, which is itself where none is fixed."""
    rows = view.rows(
        "SELECT run, configuration, seeds FROM configurations WHERE configuration IN (SELECT unnest(?::VARCHAR[]))",
        sorted(configurations),
    )
    return {row["run"]: (row["configuration"], row["seeds"] or row["run"]) for row in rows}


def _values(
    view: View,
    lines: Sequence[Best],
    top: dict[Series, list[tuple[str, float]]],
    repetitions: dict[str, tuple[str, str]],
) -> dict[Series, _Values]:
    """What the repetitions of the configurations reached: results where specs say them, else last values."""
    reached = {(series, run): value for series, found in top.items() for run, value in found}
    reached |= {(_series(line), line.run): line.value for line in lines if line.guessed}
    unknown = sorted(repetitions.keys() - {run for _, run in reached})
    if unknown:
        wanted = {_series(line) for line in lines}
        rows = [*_results(view, unknown), *_logged(view, unknown, [line.metric for line in lines if line.guessed])]
        for row in rows:
            series = (row["workspace"], row["stage"], row["metric"], row["split"])
            if series in wanted:
                reached[series, row["run"]] = row["value"]
    found: dict[Series, _Values] = defaultdict(_Values)
    for (series, run), value in sorted(reached.items(), key=lambda item: int(item[0][1].removeprefix("run-"))):
        if run in repetitions:
            configuration, seed = repetitions[run]
            found[series].by_seed[configuration].setdefault(seed, value)
    return found


def _results(view: View, runs: Sequence[str]) -> list[Row]:
    return view.rows(
        """
        SELECT run, workspace, stage, metric, split, result AS value FROM results
        WHERE result IS NOT NULL AND run IN (SELECT unnest(?::VARCHAR[]))
        """,
        runs,
    )


def _logged(view: View, runs: Sequence[str], metrics: Sequence[str]) -> list[Row]:
    if not metrics:
        return []
    return view.rows(
        """
        SELECT run, workspace, stage, metric, NULL AS split, last AS value FROM metrics
        WHERE counts AND run IN (SELECT unnest(?::VARCHAR[])) AND metric IN (SELECT unnest(?::VARCHAR[]))
        """,
        runs,
        metrics,
    )
