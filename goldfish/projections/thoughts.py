"""Thoughts, hypotheses, claims and decisions."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="thoughts",
    about="One row per thought, hypothesis, claim or decision, as it reads now.",
    keys=("project", "workspace:", "thought-", "hypothesis-", "decision-", "claim-"),
    columns={
        "note": "Its id, like decision-3; NULL for thoughts from before thoughts had ids.",
        "kind": "thought, hypothesis, claim or decision.",
        "state": "A thought is kept; a hypothesis open, supported, refuted or abandoned; a claim or decision "
        "standing or superseded. All but hypotheses can be withdrawn.",
        "position": "Where it was logged.",
        "recorded_at": "When it was logged, here or elsewhere (UTC).",
        "actor": "Who logged it.",
        "workspace": "The workspace it was logged in; NULL for the project.",
        "text": "The words, as amended last.",
        "about": "References to what it is about, like run-12.",
        "because": "References to what a decision rests on; of a claim, the runs that it is about.",
        "instead_of": "References to what was not chosen; of a claim, the runs that it compares them with.",
        "ended": "Why it was resolved or withdrawn, in words, or the decision that superseded it.",
        "evidence": "References to what a hypothesis was resolved by.",
        "amendments": "How often its words were changed.",
        "changed": "The position of its last event.",
        "system": "Where it was imported from; NULL for our own.",
        "called": "Its id there.",
        "happened_at": "When it was written down there (UTC).",
        "measured": "What a claim compares, as JSON text: metric, and value, deviation and among of the other side.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, recorded_at, actor, name AS event,
                   from_json(data, '{"kind": "VARCHAR", "text": "VARCHAR", "workspace": "VARCHAR", "by": "VARCHAR",
                     "about": ["VARCHAR"], "because": ["VARCHAR"], "instead_of": ["VARCHAR"], "evidence": ["VARCHAR"],
                     "resolution": "VARCHAR", "reason": "VARCHAR", "system": "VARCHAR", "called": "VARCHAR",
                     "measured": "JSON"}') AS d, happened_at
            FROM events WHERE name LIKE 'note.%'
        ), folded AS (
            SELECT key, any_value(d.kind) AS kind, min(position) AS position, max(position) AS changed,
                   max_by(CASE event WHEN 'note.resolved' THEN d.resolution WHEN 'note.superseded' THEN 'superseded'
                                     ELSE 'withdrawn' END, position)
                       FILTER (event NOT IN ('note.logged', 'note.amended'))  AS state,
                   min_by(coalesce(happened_at, recorded_at), position)       AS recorded_at,
                   min_by(actor, position)                                    AS actor,
                   any_value(d.workspace)                                     AS workspace,
                   max_by(d.text, position) FILTER (event IN ('note.logged', 'note.amended'))     AS text,
                   max_by(d.about, position) FILTER (d.about IS NOT NULL)     AS about,
                   any_value(d.because)                                       AS because,
                   any_value(d.instead_of)                                    AS instead_of,
                   max_by(coalesce(d.by, d.reason, d.text, ''), position)
                       FILTER (event NOT IN ('note.logged', 'note.amended'))  AS ended,
                   max_by(d.evidence, position) FILTER (event = 'note.resolved')                  AS evidence,
                   count(*) FILTER (event = 'note.amended')                   AS amendments,
                   any_value(d.system)                                        AS system,
                   any_value(d.called)                                        AS called,
                   any_value(happened_at) FILTER (event = 'note.logged')      AS happened_at,
                   any_value(d.measured::VARCHAR)                             AS measured
            FROM facts GROUP BY key
        )
        SELECT key, key AS note, kind,
               coalesce(state, CASE kind WHEN 'thought' THEN 'kept' WHEN 'hypothesis' THEN 'open' ELSE 'standing' END)
                   AS state,
               position, recorded_at, actor, workspace, text, about, because, instead_of, nullif(ended, '') AS ended,
               coalesce(evidence, []::VARCHAR[]) AS evidence, amendments, changed,
               system, called, happened_at, measured
        FROM folded
        UNION ALL
        SELECT key, NULL, 'thought', 'kept', position, recorded_at, actor,
               CASE WHEN starts_with(stream, 'workspace:') THEN substr(stream, 11) END, data->>'$.text',
               CASE WHEN data->>'$.about' IS NULL THEN []::VARCHAR[] ELSE [data->>'$.about'] END,
               []::VARCHAR[], []::VARCHAR[], NULL, []::VARCHAR[], 0, position,
               NULL, NULL, NULL, NULL
        FROM events WHERE name IN ('project.thought-logged', 'workspace.thought-logged')
    """,
)
