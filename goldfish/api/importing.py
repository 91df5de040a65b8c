"""The use case that brings in history from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish import durable
from goldfish.api.core import Core
from goldfish.api.import_answers import NAMED, ImportAnswer, RefusedPart
from goldfish.domain.names import plain_text

if TYPE_CHECKING:
    from goldfish.api.takeover import Known, Taken
    from goldfish.application import Session
    from goldfish.domain.imported import Format
    from goldfish.ports import ForeignHistory, ForeignPart

PAGE = 500  # things recorded in one transaction


class ImportCommands(Core):
    """What people do with records of other systems."""

    def import_history(
        self,
        format: Format,
        path: Path,
        *,
        baselines: Path | None = None,
        experiment: str | None = None,
        unfinished: bool = False,
        prefix: str | None = None,
        dry_run: bool = False,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> ImportAnswer:
        """Record the experiments, verdicts and decisions that a record of another system holds, in the order of time.

        What is recorded already is passed over, so that the same file again adds nothing. Where only the verdict or
        the note of an experiment is another one now, a later verdict is recorded; what changed otherwise is refused,
        like what cannot be understood: the answer names each. `prefix` goes before every id, where two records use the
        same ones; `experiment` is the only one that is read of a store of MLflow. What has not ended is left out, or,
        with `unfinished`, recorded as it stands. With `dry_run` nothing is recorded. Raises `CannotImport`,
        `ExtraMissing`.
        """
        before = plain_text(prefix, "prefix", 100) if prefix else ""
        history = self.services.history_in(
            format, path, baselines=baselines, experiment=experiment, unfinished=unfinished
        )
        try:
            with durable.exclusive(self.layout.imports_lock):
                taken = self._take_over(history, before, dry_run, on_progress)
        finally:
            history.close()
        if not dry_run:
            self.write_state()
        return ImportAnswer(
            format=format,
            system=history.system,
            path=str(path),
            dry_run=dry_run,
            read=history.count(),
            new=taken.new,
            verdicts=taken.verdicts,
            notes=taken.notes,
            known=taken.known,
            left_out=dict(history.left_out),
            refused=len(taken.refused),
            named=taken.refused[:NAMED],
            runs=taken.runs,
            directions=taken.directions,
            position=self.services.journal.head(),
        )

    def _take_over(
        self, history: ForeignHistory, prefix: str, dry_run: bool, on_progress: Callable[[int, int], None] | None
    ) -> Taken:
        from goldfish.api.foreign_parts import Readying
        from goldfish.api.takeover import Known, Taken
        from goldfish.application import Session
        from goldfish.ports import ForeignPart, Unreadable

        known = Known.of(self.services.projector.at(), history.system)
        readying = Readying(self.services, prefix, dry_run=dry_run)
        trial = Session(self.services.journal) if dry_run else None  # is never appended
        taken, parts, total, done = Taken(), history.parts(), history.count(), 0
        while page := list(islice(parts, PAGE)):
            unread = [part for part in page if isinstance(part, Unreadable)]
            taken.refused += [RefusedPart(where=part.where, id=part.id, why=part.why) for part in unread]
            ready = [readying.ready(part, known.runs) for part in page if isinstance(part, ForeignPart)]
            known, more = self._page(known, ready, trial, timed=history.timed)
            taken.add(more)
            done += len(page)
            if on_progress is not None:
                on_progress(done, total)
        return taken

    def _page(
        self, known: Known, parts: Sequence[ForeignPart], trial: Session | None, *, timed: bool
    ) -> tuple[Known, Taken]:
        """Record some parts in one transaction: what is known after it, and what came of them."""
        from goldfish.api.takeover import Page

        def decided(session: Session) -> Page:
            newest = self.services.journal.newest_run()
            page = Page(session, known, at=self.services.clock.now(), newest_run=newest, timed=timed)
            page.record(parts)
            return page

        if trial is not None:
            page = decided(trial)
            return page.known, page.taken
        pages: list[Page] = []
        # Without these locks every number would still be right, but many who ask at once would wear out their tries.
        with durable.exclusive(self.layout.requests_lock), durable.exclusive(self.layout.notes_lock):
            self.execute(lambda session: pages.append(decided(session)), {"import": known.system}, None)
        return pages[-1].known, pages[-1].taken
