"""What experiments changed."""

from __future__ import annotations

from goldfish.projections._model import ModelView

VIEW = ModelView(
    name="changes",
    about="One row per parameter that an experiment changed: as its record says, or as its request set it.",
    columns={
        "id": "The experiment, as in `experiments`.",
        "run": "The run.",
        "stage": "The stage whose parameter it is; empty for an imported run.",
        "name": "The parameter, like lr.",
        "before": "What it was before, as the record writes it; NULL for our own runs, where `params` of the baseline "
        "says it.",
        "after": "What it was changed to, as text.",
        "number": "The same, if it is a number.",
        "position": "Where the run was asked for or imported.",
    },
    sql="""
        SELECT i.id, c.run, '' AS stage, c.name, c."before" AS "before", c."after" AS "after",
               CASE WHEN isfinite(try_cast(c."after" AS DOUBLE)) THEN try_cast(c."after" AS DOUBLE) END AS number,
               c.position
        FROM changed AS c JOIN imported AS i USING (run)
        UNION ALL
        SELECT p.run, p.run, p.stage, p.name, NULL,
               CASE json_type(p.value::JSON) WHEN 'VARCHAR' THEN p.value::JSON->>'$' ELSE p.value END,
               p.number, r.position
        FROM params AS p JOIN runs AS r USING (run) WHERE p.overridden AND r.system IS NULL
    """,
)
