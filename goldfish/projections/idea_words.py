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
_TOPICS = ", ".join(f'"{name}": "VARCHAR"' for name in TOPICS)
_LABELS = ", ".join(f"d.labels.{name}" for name in TOPICS)
_STEM = rf"regexp_replace(regexp_replace(token, '{OUR}', 'or\1'), '{SUFFIX}', '\1')"  # of each word once

MODEL = ReadModel(
    name="idea_words",
    about="One row per run and stem of a word in its reason, its changed settings, its topic or its note, as a hash.",
    keys=("run-",),
    columns={"position": "Where the run was asked for or imported.", "word": "The 32-bit hash of the stem."},
    sql=f"""
        WITH facts AS (
            SELECT key, position, from_json(data, '{{"reason": {{"description": "VARCHAR", "hypothesis": "VARCHAR",
                   "approach": "VARCHAR"}}, "stages": [{{"overridden": ["VARCHAR"]}}], "note": "VARCHAR",
                   "changed": [{{"name": "VARCHAR", "after": "VARCHAR"}}], "labels": {{{_TOPICS}}}}}') AS d
            FROM events WHERE name IN ('run.requested', 'run.imported')
        ), told AS (
            SELECT key, position, concat_ws(' ', d.reason.description, d.reason.hypothesis, d.reason.approach, d.note,
                   {_LABELS}, array_to_string(list_transform(d.changed, lambda c: concat_ws(' ', c.name,
                   c."after")), ' '), array_to_string(flatten(list_transform(d.stages, lambda s: s.overridden)), ' '))
                   AS text
            FROM facts
        ), tokens AS (
            SELECT key, position, unnest(list_distinct(regexp_extract_all(
                   lower(regexp_replace(text, '{JOINED}', '\\1 \\2', 'g')), '{WORD_IN_SQL}'))) AS token
            FROM told
        ), known AS (
            SELECT token, {NUMBER.format(_STEM)} AS word FROM (SELECT DISTINCT token FROM tokens)
            WHERE token NOT IN ({_SMALL})
        )
        SELECT DISTINCT key, position, word FROM tokens JOIN known USING (token) ORDER BY position
    """,  # noqa: S608 constants
)
