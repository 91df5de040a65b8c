"""Runs of the same configuration that differ by their seed alone, and what that does to a number."""

from __future__ import annotations

from goldfish.domain.samples import Floor, pooled, sample
from goldfish.projections.projector import View

_SAME = """
    SELECT one.run AS run, other.run AS other FROM configurations AS one JOIN configurations AS other
        USING (configuration)
    WHERE one.run IN (SELECT unnest($1::VARCHAR[])) ORDER BY run, other
"""


def repetitions(view: View, runs: list[str]) -> dict[str, list[str]]:
    """Each run with all runs of its configuration, itself among them."""
    found: dict[str, list[str]] = {run: [run] for run in runs}
    for row in view.rows(_SAME, runs) if runs else ():
        if row["other"] not in found[row["run"]]:
            found[row["run"]].append(row["other"])
    return found


def values_of(view: View, runs: list[str]) -> dict[str, dict[str, float]]:
    """Run → metric → its last finite value, of the stage that logged it last."""
    found: dict[str, dict[str, float]] = {}
    rows = view.rows(
        """
        SELECT run, metric, last FROM metrics WHERE last_is_finite AND run IN (SELECT unnest(?::VARCHAR[]))
        ORDER BY position
        """,
        runs,
    )
    for row in rows:
        found.setdefault(row["run"], {})[row["metric"]] = row["last"]
    return found


def floor_elsewhere(view: View, metric: str) -> Floor | None:
    """The noise of a metric in whatever configuration was repeated with other seeds."""
    rows = view.rows(
        """
        SELECT list(last) AS values FROM metrics JOIN configurations USING (run)
        WHERE metric = ? AND last_is_finite AND configuration IS NOT NULL
        GROUP BY configuration HAVING count(DISTINCT seeds) > 1
        """,
        metric,
    )
    spreads = [(one.sd, one.n - 1.0) for row in rows if (one := sample(row["values"])) and one.sd is not None]
    return pooled(spreads, "runs of other configurations")
