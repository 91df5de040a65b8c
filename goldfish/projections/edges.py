"""What came from what."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

HASH = "(hash({}) & 4294967295)::UINTEGER"
"""The hash of a node in SQL. DuckDB's: it differs between versions of DuckDB, and so do base files."""

_STEPS = """
        WITH saved AS (
            SELECT key, position, substr(stream, 11) AS workspace, (data->>'$.number')::BIGINT AS number
            FROM events WHERE name = 'workspace.version-saved'
        ), noted AS (
            SELECT key, position, from_json(data, '{"because": ["VARCHAR"], "instead_of": ["VARCHAR"],
                                                    "evidence": ["VARCHAR"]}') AS d
            FROM events WHERE name IN ('note.logged', 'note.resolved')
        ), taken AS (
            SELECT key, position, from_json(data, '{"parents": ["VARCHAR"], "against": "VARCHAR"}') AS d
            FROM events WHERE name = 'run.imported'
        ), rests AS (
            SELECT key, position, unnest(d.because) AS source, 'because' AS kind FROM noted
            UNION ALL
            SELECT key, position, unnest(d.instead_of), 'instead-of' FROM noted
            UNION ALL
            SELECT key, position, unnest(d.evidence), 'evidence' FROM noted
        )
        SELECT key, version AS source, key AS target, 'code' AS kind, position FROM runs WHERE version IS NOT NULL
        UNION ALL
        SELECT key, rerun_of, key, 'rerun', position FROM runs WHERE rerun_of IS NOT NULL
        UNION ALL
        SELECT key, key, stream, 'stage', position FROM events
        WHERE name IN ('execution.launch-intended', 'execution.reused')
        UNION ALL
        SELECT key, data->>'$.execution', stream, 'reused', position FROM events WHERE name = 'execution.reused'
        UNION ALL
        SELECT DISTINCT key, ref, CASE stage WHEN '' THEN key ELSE key || '/' || stage END, 'input', position
        FROM inputs
        UNION ALL
        SELECT key, key || '/' || stage, ref, 'output', position FROM outputs WHERE kind = 'output'
        UNION ALL
        SELECT key, workspace || '@v' || (number - 1), workspace || '@v' || number, 'follows', position
        FROM saved WHERE number > 1
        UNION ALL
        SELECT key, data->>'$.base', substr(stream, 11) || '@v1', 'branched', position
        FROM events WHERE name = 'workspace.created' AND data->>'$.base' IS NOT NULL
        UNION ALL
        SELECT key, data->>'$.origin', (data->>'$.name') || '@r' || (data->>'$.revision'), 'promoted', position
        FROM events WHERE name = 'source.registered' AND (data->>'$.origin') IS NOT NULL
        UNION ALL
        SELECT key, source, key, kind, min(position) FROM rests GROUP BY key, source, kind
        UNION ALL
        SELECT DISTINCT key, unnest(d.parents), key, 'parent', position FROM taken
        UNION ALL
        SELECT key, d.against, key, 'against', position FROM taken WHERE d.against IS NOT NULL
"""

MODEL = ReadModel(
    name="edges",
    about="One row per step of lineage between a source, a version, a run, a stage execution, an output or a note.",
    keys=("run-", "workspace:", "source:", "hypothesis-", "decision-", "claim-"),
    columns={
        "source": "The node it leads from, like digits@r1, baseline@v2 or run-3/prepare.features.",
        "target": "The node it leads to, like run-3 or run-3/train.",
        "kind": "input, output, stage, code, rerun, reused, follows, branched, promoted, because, instead-of, "
        "evidence; of imported runs also parent and against.",
        "position": "Where it was recorded.",
        "source_hash": "The 32-bit hash of the source: what looks for an edge looks for this first.",
        "target_hash": "The same of the target.",
    },
    sql=f"""
        SELECT *, {HASH.format("source")} AS source_hash, {HASH.format("target")} AS target_hash FROM ({_STEPS})
    """,  # noqa: S608 constants
    reads=("runs", "inputs", "outputs"),
)
