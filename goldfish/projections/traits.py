"""What runs can be found by: each setting, each input and each word of the reason as two numbers.

Narrow on purpose. A question about all runs reads nothing but numbers; what it finds is compared exactly afterwards,
so that two texts with the same number cost nothing but a look. Rows are in the order of runs: so a question about the
newest passes over all others.
"""

from __future__ import annotations

from goldfish.domain.words import ENDING, SMALL, WORD_IN_SQL
from goldfish.projections._model import ReadModel

NUMBER = "(hash({}) & 4294967295)::UINTEGER"
"""The number of a text in SQL. DuckDB's hash: it differs between versions of DuckDB, and so do base files."""

VALUE = """name || '=' || from_json('{"v":' || value || '}', '{"v": "JSON"}').v::VARCHAR"""
"""The text of a setting in SQL, from its name and its value as JSON: numbers are written as DuckDB writes them."""

WORK = """'work=' || from_json({}, '{{"tree": "VARCHAR", "stages": [{{"name": "VARCHAR", "config": "JSON",
    "inputs": [{{"name": "VARCHAR", "digest": "VARCHAR"}}]}}]}}')::VARCHAR"""
"""The text of all that is set, with the code, in SQL, from the JSON of a request."""

_SMALL = ", ".join(f"'{word}'" for word in sorted(SMALL))

MODEL = ReadModel(
    name="traits",
    about="One row per setting, input and word of the reason of a run, each as two 32-bit hashes.",
    keys=("run-",),
    columns={
        "position": "Where the run was asked for.",
        "name": "The hash of the name: of stage.setting, of input stage.input, or of the word.",
        "trait": "The hash of the name and the value; of the word again; of all settings and the code, once per run.",
    },
    sql=f"""
        WITH asked AS (
            SELECT key, position, from_json(data, '{{"reason": {{"description": "VARCHAR", "hypothesis": "VARCHAR",
                   "approach": "VARCHAR"}}, "stages": [{{"name": "VARCHAR", "overridden": ["VARCHAR"],
                   "inputs": [{{"name": "VARCHAR", "digest": "VARCHAR"}}]}}]}}') AS d
            FROM events WHERE name = 'run.requested'
        ), stages AS (
            SELECT key, position, unnest(d.stages) AS stage FROM asked
        ), given AS (
            SELECT key, position, stage.name AS stage, unnest(stage.inputs) AS given FROM stages
        ), said AS (
            SELECT key, position, concat_ws(' ', d.reason.description, d.reason.hypothesis, d.reason.approach,
                   array_to_string(flatten(list_transform(d.stages, lambda s: s.overridden)), ' ')) AS text FROM asked
        ), tokens AS (
            SELECT DISTINCT key, position, unnest(regexp_extract_all(lower(text), '{WORD_IN_SQL}')) AS token FROM said
        ), words AS (
            SELECT DISTINCT key, position, regexp_replace(token, '{ENDING}', '\\1') AS word
            FROM tokens WHERE token NOT IN ({_SMALL})
        ), facts AS (
            SELECT key, asked.position, flat.stage || '.' || flat.name AS name, flat.value AS value
            FROM params AS flat JOIN asked USING (key)
            UNION ALL
            SELECT key, position, 'input ' || stage || '.' || given.name, to_json(given.digest)::VARCHAR
            FROM given WHERE given.digest IS NOT NULL
        )
        SELECT key, position, {NUMBER.format("name")} AS name, {NUMBER.format("name || '=' || value")} AS trait
        FROM facts
        UNION ALL
        SELECT key, position, {NUMBER.format("word")}, {NUMBER.format("word")} FROM words
        UNION ALL
        SELECT key, position, {NUMBER.format("'work'")}, {NUMBER.format(WORK.format("data"))}
        FROM events WHERE name = 'run.requested'
        ORDER BY position
    """,  # noqa: S608 constants
    reads=("params",),
)
