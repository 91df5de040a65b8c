"""What nobody has tried yet: versions and edits that never ran, steps that were proposed, hypotheses that are open."""

from __future__ import annotations

from typing import Literal

from goldfish.domain.event import Value
from goldfish.projections.projector import View
from goldfish.queries.brief import cut, quiet

LOOKED_AT = 20  # workspaces
JUDGED = 100  # of the newest judgements


class Untested(Value):
    """Something that waits to be tried, with the command or the words to begin with."""

    kind: Literal["hypothesis", "edits", "version", "step", "run"]
    ref: str
    called: str | None = quiet(None)  # its id where it was imported from
    text: str
    day: str | None = quiet(None)


def untested(view: View, limit: int, not_ended: int = 0) -> tuple[list[Untested], int]:
    """Edits and versions first, then what judgements proposed, then hypotheses from the newest on.

    Then imported runs that had not ended where they were recorded: `not_ended` is how many there are.

    And how many there are in all. A hypothesis is open until somebody resolves it by evidence.
    """
    hypotheses, open_ = _hypotheses(view, limit)
    found = [*_code(view), *_proposed(view)]
    runs = _not_ended(view, limit) if not_ended else []
    return [*found, *hypotheses, *runs], len(found) + open_ + not_ended


def _code(view: View) -> list[Untested]:
    """Mounted workspaces with something that no run has tried. Files of an earlier version are no edits."""
    here = view.rows(
        """
        SELECT workspace, tree, dirty FROM workspaces WHERE slot IS NOT NULL AND deleted IS NULL
        ORDER BY changed DESC LIMIT ?
        """,
        LOOKED_AT,
    )
    if not here:
        return []
    names = [row["workspace"] for row in here]
    saved = view.rows(
        """
        SELECT workspace, max_by(version, number) FILTER (saved_by <> 'creation') AS version,
               max_by(message, number) FILTER (saved_by <> 'creation') AS message, list(tree) AS trees
        FROM versions WHERE pruned IS NULL AND workspace IN (SELECT unnest(?::VARCHAR[])) GROUP BY workspace
        """,
        names,
    )
    newest = {row["workspace"]: row for row in saved}
    tried = _tried(view, [row["version"] for row in saved if row["version"] is not None])
    found = []
    for row in here:
        version = newest.get(row["workspace"], {"version": None, "trees": []})
        how = f'`goldfish run {row["workspace"]} --reason "…"`'
        if row["dirty"] and row["tree"] not in version["trees"]:
            found.append(Untested(kind="edits", ref=row["workspace"], text=f"edits that no run has tried: {how}"))
        elif version["version"] is not None and version["version"] not in tried:
            said = f"{cut(version['message'], 100)}: {how}"
            found.append(Untested(kind="version", ref=version["version"], text=said))
    return found


def _tried(view: View, versions: list[str]) -> set[str]:
    asked = "SELECT DISTINCT version FROM runs WHERE version IN (SELECT unnest(?::VARCHAR[]))"
    return {row["version"] for row in view.rows(asked, versions)} if versions else set()


def _proposed(view: View) -> list[Untested]:
    """What the judgement of the newest judged run of each workspace said to come next.

    A step is proposed no more once a later run of the workspace was asked for with these words as its reason.
    """
    judged = view.rows(
        "SELECT run, next_steps, position FROM verdicts WHERE holds ORDER BY position DESC LIMIT ?", JUDGED
    )
    if not any(row["next_steps"] for row in judged):
        return []
    said = {row["run"]: row for row in judged}
    newest = view.rows(
        """
        SELECT max_by(run, position) AS run, workspace FROM runs
        WHERE run IN (SELECT unnest(?::VARCHAR[]))
          AND workspace IN (SELECT workspace FROM workspaces WHERE deleted IS NULL)
        GROUP BY workspace ORDER BY max(position) DESC LIMIT ?
        """,
        list(said),
        LOOKED_AT,
    )
    steps = [(row["run"], row["workspace"], step) for row in newest for step in said[row["run"]]["next_steps"] or ()]
    since = min((said[run]["position"] for run, _, _ in steps), default=0)
    taken_up = _taken_up(view, sorted({_plain(step) for _, _, step in steps}), since)
    return [
        Untested(kind="step", ref=run, text=cut(step))
        for run, workspace, step in steps
        if taken_up.get((workspace, _plain(step)), 0) <= said[run]["position"]
    ]


def _taken_up(view: View, steps: list[str], since: int) -> dict[tuple[str, str], int]:
    """(workspace, words) → the newest run of the workspace with these words as its reason."""
    rows = view.rows(
        """
        SELECT workspace, lower(trim(description)) AS words, max(position) AS position FROM runs
        WHERE position > ? AND lower(trim(description)) IN (SELECT unnest(?::VARCHAR[])) GROUP BY ALL
        """,
        since,
        steps,
    )
    return {(row["workspace"], row["words"]): row["position"] for row in rows}


def _plain(step: str) -> str:
    return step.strip(" ").lower()


def _hypotheses(view: View, limit: int) -> tuple[list[Untested], int]:
    rows = view.rows(
        """
        SELECT note, text, recorded_at, count(*) OVER () AS total FROM thoughts
        WHERE kind = 'hypothesis' AND state = 'open' ORDER BY position DESC LIMIT ?
        """,
        limit,
    )
    found = [
        Untested(kind="hypothesis", ref=row["note"], text=cut(row["text"], 200), day=f"{row['recorded_at']:%Y-%m-%d}")
        for row in rows
    ]
    return found, rows[0]["total"] if rows else 0


def _not_ended(view: View, limit: int) -> list[Untested]:
    rows = view.rows(
        "SELECT run, foreign_id, description FROM runs WHERE state = 'imported' ORDER BY position DESC LIMIT ?", limit
    )
    return [
        Untested(kind="run", ref=row["run"], called=row["foreign_id"], text=cut(row["description"] or ""))
        for row in rows
    ]
