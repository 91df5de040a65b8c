"""The texts of events: what was said, in which event, of what. One SELECT over `events`, read by the text index.

A row depends on one event alone, and events never change: the index is only ever appended to. What a later event says
in the place of an earlier one has the same `slot`; of those, the last one counts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

_STRINGS = r"""'"((?:[^"\\]|\\.)*)"'"""  # what is in quotes in JSON: names and text values, at any depth

_WORKSPACE = "substr(stream, 11)"
_SOURCE = "substr(stream, 8)"
_VERSION = f"{_WORKSPACE} || '@v' || d.number"
_WHY = "(d.reason->>'$')"  # a reason in one sentence; that of a run has parts


@dataclass(frozen=True, slots=True)
class Said:
    """What one kind of event says, each in SQL over its fields `d`.

    `subject` is what the text is about, `kind` what that is, `field` what the text is, `slot` the place it takes.
    `title` is what it says first, `body` the rest, `names` are ids, parameters, files and tags. `head` marks the text
    that its subject is shown by.
    """

    subject: str = "key"
    kind: str = "'run'"
    slot: str = "NULL"
    field: str = "'reason'"
    head: str = "false"
    title: str = "NULL"
    body: str = "NULL"
    names: str = "NULL"


def _strings(json: str) -> str:
    return rf"array_to_string(list_distinct(regexp_extract_all(coalesce({json}, ''), {_STRINGS}, 1)), ' ')"


def _lines(*parts: str) -> str:
    return f"concat_ws(chr(10), {', '.join(parts)})"


def _words(*parts: str) -> str:
    return f"concat_ws(' ', {', '.join(parts)})"


_REASON = [f"d.reason->>'$.{part}'" for part in ("hypothesis", "approach", "expected")]
_CHANGED = "array_to_string(list_transform(d.changed, lambda c: concat_ws(' ', c.name, c.before, c.after)), ' ')"
_CODE = """
    array_to_string(list_distinct(flatten(list_transform(d.stages, lambda s:
        [s.name, s.module] || coalesce(s.code, []) || coalesce(s.command, [])))), ' ')
"""
_TARGET = "CASE WHEN regexp_full_match(d.target, 'run-[0-9]+') THEN 'run' ELSE 'version' END"  # what a tag points to
_NOTE = "split_part(key, '-', 1)"

_GOAL = Said("'goal'", "'goal'", "'goal'", "'goal'", "true", "d.goal")
_TAGGED = Said("d.target", _TARGET, "'tag ' || d.name", "'tag'", names="d.name")
_ERROR = Said(field="'error'", body="d.why", names="d.name")
_STOPPED = Said(body=_WHY, names="d.stage")
_JUDGED = Said(
    slot="'verdict ' || key",
    field="'verdict'",
    body=_lines("d.comment", "d.learned", "array_to_string(d.next_steps, chr(10))", _WHY),
)
_DESCRIBED = "CASE WHEN d.text IS NOT NULL THEN 'text ' || key END"

OF_EVENT: dict[str, Said] = {
    "run.requested": Said(
        head="true",
        title="d.reason->>'$.description'",
        body=_lines(*_REASON, "d.rerun_reason"),
        names=_words(
            *("d.workspace", "d.pipeline", 'd."group"', _CODE),
            _strings("array_to_string(list_distinct(list_transform(d.stages, lambda s: s.config)), ' ')"),
        ),
    ),
    "run.imported": Said(
        field="'record'",
        head="true",
        title="d.reason->>'$.description'",
        body=_lines(
            *(*_REASON, "d.note", "d.verdict->>'$.said'"),
            "CASE WHEN d.outcome IS DISTINCT FROM 'succeeded' THEN d.cause END",
        ),
        names=_words(
            *("d.id", "d.item", 'd."group"', "d.by", "d.code.label", "d.code.hash", _CHANGED),
            *(_strings(f"d.{part}") for part in ("config", "inputs", "labels")),
        ),
    ),
    "run.verdict-imported": Said(field="'verdict'", body=_lines("d.said", "d.note"), names="d.by"),
    "run.finished": Said(field="'cause'", body="d.cause"),
    "run.parked": Said(field="'error'", body="d.error"),
    "run.finalized": _JUDGED,
    "run.amended": _JUDGED,
    "run.cancel-requested": _STOPPED,
    "run.stage-cancel-requested": _STOPPED,
    "execution.stop-requested": _STOPPED,
    "execution.exited": Said(
        field="'error'", body="concat_ws(': ', d.failure.type, d.failure.message)", names='d.failure."where"'
    ),
    "execution.lost": _ERROR,
    "execution.launch-refused": _ERROR,
    "execution.output-refused": _ERROR,
    "execution.check-evaluated": Said(
        field="'finding'", body="d.sentence", names=_words("d.stage", 'd."check"', "d.subject")
    ),
    "project.founded": _GOAL,
    "project.goal-set": _GOAL,
    "project.thought-logged": Said(
        "'#' || position", "'thought'", field="'text'", head="true", title="d.text", names="d.about"
    ),
    "project.invariant-added": Said(
        "'invariant-' || d.number", "'invariant'", field="'text'", head="true", title="d.text"
    ),
    "project.invariant-retired": Said("'invariant-' || d.number", "'invariant'", body=_WHY),
    "workspace.created": Said(
        *("d.name", "'workspace'", "'goal ' || key", "'goal'", "true", "coalesce(d.goal, '')"),
        names=_words("d.name", "d.base"),
    ),
    "workspace.goal-set": Said(
        *(_WORKSPACE, "'workspace'", "'goal ' || key", "'goal'", "true", "d.goal"), names=_WORKSPACE
    ),
    "workspace.deleted": Said(_WORKSPACE, "'workspace'", body=_WHY),
    "workspace.thought-logged": Said(
        *("'#' || position", "'thought'"),
        field="'text'",
        head="true",
        title="d.text",
        names=_words(_WORKSPACE, "d.about"),
    ),
    "workspace.version-saved": Said(
        _VERSION, "'version'", field="'message'", head="true", title="CASE d.by WHEN 'save' THEN d.message END"
    ),
    "workspace.version-pruned": Said(_VERSION, "'version'", body=_WHY),
    "tag.set": _TAGGED,
    "tag.moved": _TAGGED,
    "tag.removed": Said("NULL", "NULL", "'tag ' || d.name", "'tag'"),
    "note.logged": Said(
        *("key", "d.kind", "'note ' || key", "'text'", "true", "d.text"),
        names=_words(*(_strings(f"d.{refs}") for refs in ("about", "because", "instead_of")), "d.called"),
    ),
    "note.amended": Said(
        *("key", _NOTE, "'note ' || key", "'text'", "true", "d.text"),
        names=_strings("d.about"),
    ),
    "note.resolved": Said(
        "key", "'hypothesis'", "'end ' || key", "d.resolution", body="d.text", names=_strings("d.evidence")
    ),
    "note.superseded": Said("key", _NOTE, "'end ' || key", "'superseded'", names="d.by"),
    "note.withdrawn": Said("key", _NOTE, "'end ' || key", "'withdrawn'", body=_WHY),
    "source.registered": Said(
        *("d.name", "'source'", _DESCRIBED, "'description'", "true", "coalesce(d.text, '')"),
        names=_words("d.name", "d.came_from", _strings("d.described[:4000]")),
    ),
    "source.described": Said(
        *(_SOURCE, "'source'", _DESCRIBED, "'description'", "d.text IS NOT NULL", "d.text"),
        names=_strings("d.columns"),
    ),
    "source.retired": Said(_SOURCE, "'source'", body=_WHY),
    "source.found-changed": Said(_SOURCE, "'source'", field="'finding'", names=_strings("d.files")),
}
"""The events that hold texts, the most frequent first. A new one is named here; its fields, if they are new, below."""

_TELLING = """
    CASE name WHEN 'execution.exited' THEN json_type(data, '$.failure') = 'OBJECT'
              WHEN 'execution.check-evaluated' THEN data->>'$.verdict' = 'failed'
              WHEN 'run.finished' THEN data->>'$.outcome' <> 'succeeded' ELSE true END
"""  # most events of these kinds say that all is well: they are not even taken apart

_FIELDS = """
    from_json(data, '{"name": "VARCHAR", "goal": "VARCHAR", "text": "VARCHAR", "number": "VARCHAR", "kind": "VARCHAR",
      "message": "VARCHAR", "by": "VARCHAR", "base": "VARCHAR", "target": "VARCHAR", "workspace": "VARCHAR",
      "about": "VARCHAR", "because": "VARCHAR", "instead_of": "VARCHAR", "evidence": "VARCHAR", "called": "VARCHAR",
      "resolution": "VARCHAR", "came_from": "VARCHAR", "described": "VARCHAR", "columns": "VARCHAR",
      "files": "VARCHAR", "pipeline": "VARCHAR", "group": "VARCHAR", "rerun_reason": "VARCHAR", "outcome": "VARCHAR",
      "cause": "VARCHAR", "error": "VARCHAR", "comment": "VARCHAR", "learned": "VARCHAR", "next_steps": ["VARCHAR"],
      "why": "VARCHAR", "check": "VARCHAR", "subject": "VARCHAR", "sentence": "VARCHAR", "verdict": "JSON",
      "stage": "VARCHAR", "note": "VARCHAR", "said": "VARCHAR", "reason": "JSON", "id": "VARCHAR", "item": "VARCHAR",
      "stages": [{"name": "VARCHAR", "module": "VARCHAR", "code": ["VARCHAR"], "command": ["VARCHAR"],
                  "config": "VARCHAR"}],
      "failure": {"type": "VARCHAR", "message": "VARCHAR", "where": "VARCHAR"},
      "changed": [{"name": "VARCHAR", "before": "VARCHAR", "after": "VARCHAR"}],
      "config": "VARCHAR", "inputs": "VARCHAR", "labels": "VARCHAR", "code": {"hash": "VARCHAR", "label": "VARCHAR"}}')
"""


def _column(name: str) -> str:
    cases = " ".join(f"WHEN '{event}' THEN {getattr(said, name)}" for event, said in OF_EVENT.items())
    return f"CASE name {cases} END AS {name}"


SQL = f"""
    WITH page AS MATERIALIZED (
        SELECT position, key, stream, name, data, actor, {_FIELDS} AS d,
               epoch_us(coalesce(happened_at, recorded_at)) AS known, epoch_us(happened_at) AS happened
        FROM events WHERE position > ? AND position <= ? AND name IN {tuple(OF_EVENT)} AND {_TELLING}
    ), told AS (
        SELECT position, {", ".join(_column(column.name) for column in fields(Said))}, known, happened, actor,
               d.workspace AS workspace
        FROM page
    )
    SELECT * FROM told
    WHERE slot IS NOT NULL OR head OR title <> '' OR body <> '' OR names <> '' ORDER BY position
"""  # noqa: S608 constants
"""A row for each event with texts after one position up to another: what `Said` says, and when that became known."""

ENDS = f"""
    SELECT position FROM (
        SELECT position, row_number() OVER (ORDER BY position) AS number FROM events
        WHERE position > ? AND position <= ? AND name IN {tuple(OF_EVENT)} AND {_TELLING}
    ) WHERE number % ? = 0 ORDER BY position
"""  # noqa: S608 constants
"""The positions where pages of so many rows end, but for the last page."""
