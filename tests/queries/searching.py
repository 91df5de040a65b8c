"""Logs that are searched, and short ways to search them."""

from __future__ import annotations

from goldfish.domain.notes import Note
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.sources import Source
from goldfish.domain.tags import Tag
from goldfish.projections.projector import Projector, View
from goldfish.projections.text_index import TextIndex
from goldfish.queries.search import SearchAnswer, search
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import digits


class Searching:
    """A log with its read models and its text index, both in memory."""

    def __init__(self, log: InMemoryEventLog) -> None:
        self.log = log
        self.projector = Projector(log)
        self.index = TextIndex(log)

    def __call__(self, text: str, *, at: int | None = None, **asked: object) -> SearchAnswer:
        return search(self.projector.at(at), self.index, text, **asked)  # type: ignore[arg-type]  # as they are

    def ids(self, text: str, **asked: object) -> list[str | None]:
        """The ids of what is found, first to last."""
        return [found.id for found in self(text, **asked).results]  # type: ignore[arg-type]  # as they are

    def view(self) -> View:
        return self.projector.at()


def told() -> InMemoryEventLog:
    """The small project, with something of everything that has words."""
    log = digits()
    log.append("thought-1", Note.Logged(kind="thought", text="Über der Rate 0.3 divergiert es", about=["run-3"]))
    log.append("hypothesis-1", Note.Logged(kind="hypothesis", text="warm-up tames large learning rates"))
    log.append("decision-1", Note.Logged(kind="decision", text="go on with the batch size 64", because=["run-1"]))
    log.append("decision-1", Note.Withdrawn(reason="memory ran out"))
    log.append("hypothesis-1", Note.Resolved(resolution="refuted", text="it diverges still", evidence=["run-3"]))
    log.append("tags", Tag.Set(name="champion", target="run-2"))
    log.append("source:digits", Source.Described(revision=1, text="handwritten numerals", columns={"px": "brightness"}))
    log.append("project", Project.InvariantAdded(number=1, text="never touch the holdout"))
    judged = Run.Finalized(
        verdict="success",
        values=[],
        comment="solid gain",
        learned="width matters",
        next_steps=["try depth"],
        reason=None,
    )
    log.append("run-2", judged)
    return log
