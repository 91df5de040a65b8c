"""Which runs are repetitions of each other."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

# A setting whose name is "seed", or ends in it: of a stage's configuration, or among the arguments of a program.
_NAME = r"(?:[A-Za-z0-9_.-]*[._-])?seed"
_SETTING = rf'("{_NAME}"):(-?[0-9]+|null)'
_FIXED = rf'"{_NAME}":(-?[0-9]+)'
_ARGUMENT = rf'("--?{_NAME}"),"(-?[0-9]+)"'
_ASSIGNED = rf'("[+-]{{0,2}}{_NAME})=(-?[0-9]+)"'


def _without_seeds(text: str) -> str:
    for pattern, rest in ((_SETTING, r"\1:0"), (_ARGUMENT, r'\1,"0"'), (_ASSIGNED, r'\1=0"')):
        text = f"regexp_replace({text}, '{pattern}', '{rest}', 'gi')"
    return text


def _seeds_in(text: str) -> str:
    return f"array_to_string(regexp_extract_all({text}, '{_FIXED}', 1, 'i'), ',')"


MODEL = ReadModel(
    name="configurations",
    about="One row per run: what it has in common with the runs that differ from it by their seed alone.",
    keys=("run-",),
    columns={
        "run": "The run.",
        "configuration": "Equal for runs that differ by their seeds alone: settings, code, inputs and stages are the "
        "same. NULL for an imported run whose record says nothing of these.",
        "seeds": "The seeds, as text; empty where none was fixed, so that every run counts as a repetition.",
        "run_group": "The group that it was put into.",
        "workspace": "The workspace it ran; NULL for an imported run.",
        "position": "Where it was asked for or imported.",
    },
    sql=rf"""
        WITH asked AS (
            SELECT key, position,
                   from_json(data, '{{"tree": "VARCHAR", "stages": [{{"name": "VARCHAR", "module": "VARCHAR",
                     "command": "JSON", "config": "JSON", "environment": "JSON", "inputs": [{{"name": "VARCHAR",
                     "stage": "VARCHAR", "signal": "VARCHAR", "digest": "VARCHAR"}}]}}]}}')::JSON::VARCHAR AS said
            FROM events WHERE name = 'run.requested'
            UNION ALL
            SELECT key, position,
                   CASE WHEN d.config <> '{{}}' OR len(d.changed) > 0
                        THEN struct_update(d, changed := list_filter(d.changed, lambda c:
                             NOT regexp_full_match(c.name, '{_NAME}', 'i')))::JSON::VARCHAR END
            FROM (SELECT key, position,
                         from_json(data, '{{"system": "VARCHAR", "code": "JSON", "config": "JSON", "inputs": "JSON",
                           "changed": [{{"name": "VARCHAR", "after": "VARCHAR"}}]}}') AS d
                  FROM events WHERE name = 'run.imported')
        )
        SELECT key, key AS run, sha256({_without_seeds("said")}) AS configuration,
               concat_ws(',', seed, nullif({_seeds_in("said")}, '')) AS seeds,
               run_group, workspace, asked.position AS position
        FROM asked JOIN runs USING (key)
    """,  # noqa: S608 constants
    reads=("runs",),
)
