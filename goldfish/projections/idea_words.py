"""What experiments can be found by when somebody has an idea: the stems of all words that were said of them.

Narrow on purpose, as `traits`: a question about all runs reads nothing but numbers.
"""

from __future__ import annotations

from goldfish.domain.stems import JOINED, OUR, SUFFIX
from goldfish.domain.words import SMALL, WORD_IN_SQL
from goldfish.projections._model import ReadModel
from goldfish.projections.traits import NUMBER

TOPICS = ("area", "topic", "component", "category", "tags", "theme")
"""Labels of imported experiments that say what they are about."""

_SMALL = ", ".join(f"'{word}'" for word in sorted(SMALL))
_TOPICS = ", ".join(f"data->>'$.labels.{name}'" for name in TOPICS)

MODEL = ReadModel(
    name="idea_words",
    about="One row per run and stem of a word in its reason, its changed settings, its topic or its note, as a hash.",
    keys=("run-",),
    columns={"position": "Where the run was asked for or imported.", "word": "The 32-bit hash of the stem."},
    sql=f"""
        WITH told AS (
            SELECT key, position, concat_ws(' ', data->>'$.reason.description', data->>'$.reason.hypothesis',
                       data->>'$.reason.approach', data->>'$.note', {_TOPICS},
                       array_to_string(flatten([coalesce(data->>'$.changed[*].name', []),
                           coalesce(data->>'$.changed[*].after', []),
                           coalesce(data->>'$.stages[*].overridden[*]', [])]), ' ')) AS text
            FROM events WHERE name IN ('run.requested', 'run.imported')
        ), tokens AS (
            SELECT DISTINCT key, position, unnest(regexp_extract_all(
                   lower(regexp_replace(text, '{JOINED}', '\\1 \\2', 'g')), '{WORD_IN_SQL}')) AS token
            FROM told
        ), stems AS (
            SELECT DISTINCT key, position,
                   regexp_replace(regexp_replace(token, '{OUR}', 'or\\1'), '{SUFFIX}', '\\1') AS stem
            FROM tokens WHERE token NOT IN ({_SMALL})
        )
        SELECT key, position, {NUMBER.format("stem")} AS word FROM stems ORDER BY position
    """,  # noqa: S608 constants
)
