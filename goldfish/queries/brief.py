"""Facts in few words, for answers that have little room. What says nothing is not written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.tokens import tokens
from goldfish.domain.values import Outcome
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.lines import RunLine, run_lines
from goldfish.queries.thoughts import ThoughtLine

T = TypeVar("T")

WORDS = 160  # characters of a text that others wrote
DENSE = 0.6  # tokens for each character of a text, at most; plain English has less than half of that
SHORTEST = 8  # characters that are shown however dear they are
REFS = 4  # references shown with a note


def quiet(default: T) -> T:
    """A field that is written only where it says something."""
    return Field(default=default, exclude_if=lambda value: value == default)


def cut(text: str, most: int = WORDS) -> str:
    """The beginning of a text, in one line: at most so many characters, and fewer where they cost many tokens."""
    line = " ".join(text[: 4 * most].split())
    if len(line) <= most and len(text) <= 4 * most and line.isascii() and line.isprintable():
        return line
    shown = line[:most]
    while (dear := tokens(spelled(shown))) > most * DENSE and len(shown) > SHORTEST:
        shown = shown[: max(SHORTEST, min(len(shown) - 1, int(len(shown) * most * DENSE / dear)))]
    whole = len(shown) == len(line) and len(text) <= 4 * most
    return line if whole else shown[: most - 1].rstrip() + "…"


def spelled(text: str) -> str:
    """The text as long as it is in JSON that is safe to print, where what cannot be seen is spelled."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\\u0000" * (1 + (ord(c) > 0xFFFF)) for c in text)


def rounded(value: float) -> float:
    """Six significant digits: `show` has them all."""
    return float(f"{value:.6g}")


class RunBrief(Value):
    """A run in few words. `called` is its id where it was imported from."""

    run: str
    called: str | None = quiet(None)
    version: str | None = quiet(None)
    state: str = quiet("finished")
    outcome: Outcome | None = quiet(None)
    verdict: str | None = quiet(None)  # what somebody judged, as it holds now
    metrics: dict[str, float | None] = quiet({})  # the last finite values
    tried: str
    why: str | None = quiet(None)  # why it did not succeed, or waits
    since: str | None = quiet(None)  # of one that has not ended: since when (UTC)
    seconds: float | None = quiet(None)
    tags: list[str] = quiet([])
    warnings: list[str] = quiet([])  # the findings that spoil it


class NoteBrief(Value):
    """A thought or decision in few words."""

    note: str | None = quiet(None)
    day: str
    by: str
    workspace: str | None = quiet(None)
    text: str
    about: list[str] = quiet([])
    because: list[str] = quiet([])
    instead_of: list[str] = quiet([])
    warnings: list[str] = quiet([])


def run_briefs(view: View, rows: Sequence[Row]) -> list[RunBrief]:
    """Rows of the model `runs` in few words."""
    called = {row["run"]: row["foreign_id"] for row in rows}
    return [_run(line, called[line.run]) for line in run_lines(view, rows)]


def _run(line: RunLine, called: str | None) -> RunBrief:
    ended = line.state == "finished"
    return RunBrief(
        run=line.run,
        called=called,
        version=line.version,
        state=line.state,
        outcome=line.outcome,
        verdict=line.verdict,
        metrics={cut(name, 60): value if value is None else rounded(value) for name, value in line.metrics.items()},
        tried=cut(line.description),
        why=cut(line.cause) if line.cause and line.outcome != "succeeded" else None,
        since=None if ended else f"{line.requested_at:%Y-%m-%d %H:%M}",
        seconds=line.seconds,
        tags=line.tags[:REFS],
        warnings=sorted({caution.finding for caution in line.warnings})[:REFS],
    )


def note_brief(line: ThoughtLine) -> NoteBrief:
    """A note in few words."""
    return NoteBrief(
        note=line.note,
        day=f"{line.recorded_at:%Y-%m-%d}",
        by=cut(line.actor, 40),
        workspace=line.workspace,
        text=cut(line.text, 240),
        about=refs(line.about),
        because=refs(line.because),
        instead_of=refs(line.instead_of),
    )


def refs(given: Sequence[str]) -> list[str]:
    """The first references, and how many more there are."""
    shown = [cut(ref, 60) for ref in given[:REFS]]
    return [*shown, f"and {len(given) - REFS} more"] if len(given) > REFS else shown
