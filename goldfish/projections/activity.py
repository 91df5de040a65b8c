"""What happened, in one line each."""

from __future__ import annotations

from goldfish.projections._model import ReadModel

MODEL = ReadModel(
    name="activity",
    about="One row per event that a person would want to hear of.",
    keys=("",),
    columns={
        "position": "Where it is in the ledger.",
        "recorded_at": "When it happened (UTC).",
        "actor": "Who did it.",
        "event": "The event's name.",
        "stream": "The stream it is on.",
        "summary": "What happened, in one line.",
    },
    sql="""
        WITH facts AS (
            SELECT key, position, recorded_at, actor, name AS event, stream,
                   replace(stream, 'workspace:', '') AS subject,
                   from_json(data, '{"name": "VARCHAR", "goal": "VARCHAR", "base": "VARCHAR", "slot": "VARCHAR",
                     "number": "VARCHAR", "message": "VARCHAR", "to": "VARCHAR", "text": "VARCHAR", "reason": "JSON",
                     "workspace": "VARCHAR", "outcome": "VARCHAR", "cause": "VARCHAR", "error": "VARCHAR",
                     "revision": "VARCHAR", "about": "VARCHAR", "check": "VARCHAR", "sentence": "VARCHAR",
                     "verdict": "VARCHAR", "comment": "VARCHAR", "settings": "VARCHAR",
                     "resolution": "VARCHAR", "by": "VARCHAR",
                     "came_from": "VARCHAR", "stage": "VARCHAR", "system": "VARCHAR", "id": "VARCHAR",
                     "said": "VARCHAR",
                     "target": "VARCHAR", "was": "VARCHAR"}') AS d
            FROM events
            WHERE name NOT LIKE 'execution.%' OR name = 'execution.check-evaluated'
        )
        SELECT key, position, recorded_at, actor, event, stream, CASE event
            WHEN 'project.founded' THEN 'founded the project ' || d.name
            WHEN 'project.goal-set' THEN 'set the goal: ' || coalesce(nullif(d.goal, ''), 'none')
            WHEN 'project.thought-logged' THEN 'thought' || coalesce(' about ' || d.about, '') || ': ' || d.text
            WHEN 'workspace.thought-logged' THEN 'thought about ' || coalesce(d.about, subject) || ': ' || d.text
            WHEN 'note.logged' THEN 'logged ' || key || ': ' || d.text
            WHEN 'note.amended' THEN 'amended ' || key || ': ' || d.text
            WHEN 'note.resolved' THEN key || ' is ' || d.resolution || coalesce(': ' || d.text, '')
            WHEN 'note.superseded' THEN key || ' is superseded by ' || d.by
            WHEN 'note.withdrawn' THEN 'withdrew ' || key || ': ' || (d.reason->>'$')
            WHEN 'finding.recorded' THEN 'found out, as ' || key || ': ' || (d.reason->>'$')
            WHEN 'finding.withdrawn' THEN 'withdrew ' || key || ': ' || (d.reason->>'$')
            WHEN 'workspace.created' THEN 'created ' || subject || coalesce(' from ' || d.base, '')
            WHEN 'workspace.mounted' THEN 'mounted ' || subject || ' in workspaces/' || d.slot
            WHEN 'workspace.unmounted' THEN 'unmounted ' || subject
            WHEN 'workspace.version-saved' THEN 'saved ' || subject || '@v' || d.number || ': ' || d.message
            WHEN 'workspace.files-imported' THEN 'took the files of ' || d.came_from || ' into ' || subject
            WHEN 'workspace.rolled-back' THEN 'rolled ' || subject || ' back to v' || d.to
            WHEN 'workspace.goal-set' THEN 'set the goal of ' || subject || ': '
                                           || coalesce(nullif(d.goal, ''), 'none')
            WHEN 'workspace.version-pruned' THEN 'pruned ' || subject || '@v' || d.number || ': ' || (d.reason->>'$')
            WHEN 'workspace.version-restored' THEN 'restored ' || subject || '@v' || d.number
            WHEN 'workspace.deleted' THEN 'deleted ' || subject || ': ' || (d.reason->>'$')
            WHEN 'workspace.restored' THEN 'restored ' || subject
            WHEN 'project.invariant-added' THEN 'added invariant ' || d.number || ': ' || d.text
            WHEN 'project.invariant-retired' THEN 'retired invariant ' || d.number || ': ' || (d.reason->>'$')
            WHEN 'tag.set' THEN 'tagged ' || d.target || ' as ' || d.name
            WHEN 'tag.moved' THEN 'moved the tag ' || d.name || ' from ' || d.was || ' to ' || d.target
            WHEN 'tag.removed' THEN 'removed the tag ' || d.name || ' from ' || d.was
            WHEN 'source.registered' THEN 'registered ' || d.name || '@r' || d.revision
            WHEN 'source.described' THEN 'described ' || replace(subject, 'source:', '')
            WHEN 'source.found-changed' THEN 'found ' || replace(subject, 'source:', '') || '@r' || d.revision
                                             || ' changed'
            WHEN 'source.found-unchanged' THEN 'found ' || replace(subject, 'source:', '') || '@r' || d.revision
                                               || ' as it was again'
            WHEN 'source.retired' THEN 'retired ' || replace(subject, 'source:', '') || ': ' || (d.reason->>'$')
            WHEN 'source.restored' THEN 'restored ' || replace(subject, 'source:', '')
            WHEN 'run.requested' THEN 'requested ' || key || ' of ' || d.workspace || '@v' || d.number || ': '
                                      || (d.reason->>'$.description')
            WHEN 'run.cancel-requested' THEN 'asked to cancel ' || key || ': ' || (d.reason->>'$')
            WHEN 'run.stage-cancel-requested' THEN 'asked to cancel ' || key || '/' || d.stage || ': '
                                                   || (d.reason->>'$')
            WHEN 'run.parked' THEN key || ' is parked: ' || d.error
            WHEN 'run.finished' THEN key || ' ' || d.outcome
                                    || CASE WHEN d.outcome <> 'succeeded' THEN ': ' || d.cause ELSE '' END
            WHEN 'run.finalized' THEN 'judged ' || key || ' as ' || d.verdict || coalesce(': ' || d.comment, '')
            WHEN 'run.amended' THEN 'judged ' || key || ' as ' || d.verdict || ' after all: ' || (d.reason->>'$')
            WHEN 'run.imported' THEN 'imported ' || key || ' (' || d.system || ' ' || d.id || '): '
                                     || (d.reason->>'$.description')
            WHEN 'run.verdict-imported' THEN 'imported the judgement of ' || key || ' as ' || d.verdict || ' ('
                                             || d.said || ')'
            WHEN 'project.configured' THEN 'changed the settings: ' || d.settings
            WHEN 'execution.check-evaluated' THEN stream || ': the check ' || d.check || ' failed: ' || d.sentence
            WHEN 'workspace.edits-rescued' THEN 'kept files of ' || subject || ' that nobody had recorded'
            ELSE event || ' on ' || stream END AS summary
        FROM facts
        WHERE event NOT IN ('slot.taken', 'slot.freed', 'workspace.edits-synced')
          AND (event <> 'execution.check-evaluated' OR d.verdict = 'failed')
    """,
)
