"""Use cases around data: bring it in, promote outputs, say what it holds, check it, retire it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish.api.answers import ProbeAnswer, SourceAnswer, SourceCheck
from goldfish.api.core import Core
from goldfish.api.intake import LIMIT, TIMEOUT, Download, OnProgress, Taken, from_reference, shown, take
from goldfish.api.usable import differing, record_found
from goldfish.application import Session
from goldfish.domain.names import name_like, nearest, plain_text, safe_name
from goldfish.domain.sources import Source
from goldfish.domain.values import SignalType
from goldfish.errors import UnknownSource, UnsafeName, UnusableText
from goldfish.queries.references import resolve

if TYPE_CHECKING:
    from goldfish.application import Receipt
    from goldfish.domain.event import Event

MOST_COLUMNS = 1_000  # that one command describes


class SourceCommands(Core):
    """What people and agents do with data."""

    def add_source(
        self,
        name: str,
        given: str | Path,
        *,
        kind: SignalType | None = None,
        in_place: bool = False,
        description: str | None = None,
        limit: int = LIMIT,
        timeout: float = TIMEOUT,
        on_progress: OnProgress | None = None,
        command_id: str | None = None,
    ) -> SourceAnswer:
        """Register data under a name, pinned by the digest of all its bytes: its next revision.

        `given` is a path; as text also an address (http, https, file, s3, gs, az) or a reference like
        "run-3/prepare.features". The bytes are copied into the project, unless they stay `in_place`, where they are
        compared before each use. The type is taken from the name's ending when it is not given. The same bytes again
        are no new revision. `limit` and `timeout` are bytes and seconds of a download.
        """
        safe_name(name, "source")
        text = _text(description, "description")
        taken: list[Taken] = []

        def register(session: Session) -> None:
            source = session.source(name)
            source.usable()
            if not taken:
                latest = source.latest
                known = {latest.digest: latest.described} if latest and kind in (None, latest.type) else {}
                found = take(
                    self.services,
                    given,
                    kind,
                    in_place=in_place,
                    download=Download(limit, timeout),
                    known=known,
                    told=on_progress,
                )
                taken.append(found)
            session.record(source, _register(source, name, taken[0], text))

        request: dict[str, object] = {"source": name, "path": shown(self.services, given), "type": kind}
        request |= {"in_place": True} if in_place else {}
        request |= {"description": text} if text is not None else {}
        return self._source_answer(name, self.execute(register, request, command_id))

    def promote(
        self, ref: str, *, name: str | None = None, description: str | None = None, command_id: str | None = None
    ) -> SourceAnswer:
        """Make an output of a stage that succeeded a revision of a source, by default of the output's name.

        No bytes are copied, and its lineage goes on to the run that wrote it. Raises `CannotPromote`.
        """
        ref = plain_text(ref, "reference", 300)
        if name is None:  # what is no output gives no name
            from_reference(self.services, ref)
        called = name if name is not None else ref.partition("@")[0].rpartition(".")[2].lower()
        safe_name(called, "source")
        text = _text(description, "description")

        def register(session: Session) -> None:
            source = session.source(called)
            source.usable()
            session.record(source, _register(source, called, from_reference(self.services, ref), text))

        request = {"promote": ref, "as": name, "description": text}
        return self._source_answer(called, self.execute(register, request, command_id))

    def describe_source(
        self,
        name: str,
        *,
        text: str | None = None,
        columns: Mapping[str, str] | None = None,
        command_id: str | None = None,
    ) -> SourceAnswer:
        """Say what a source holds, as a whole or by column. What was said before stays in its history."""
        said = _text(text, "description")
        if len(columns or {}) > MOST_COLUMNS:
            raise UnusableText(what="columns", why=f"there are more than {MOST_COLUMNS}")
        told = {
            plain_text(column, "column", 300): plain_text(what, "description", 2000)
            for column, what in (columns or {}).items()
        }
        return self._change_source(
            name, lambda source: source.describe(said, told), {"text": said, "columns": told}, command_id
        )

    def retire_source(self, name: str, *, reason: str, command_id: str | None = None) -> SourceAnswer:
        """Keep new runs from using a source. What was made of it stays as it is."""
        why = plain_text(reason, "reason", 2000).strip()
        if not why:
            raise UnusableText(what="reason", why="it is empty")
        return self._change_source(name, lambda source: source.retire(why), {"retire": why}, command_id)

    def restore_source(self, name: str, *, command_id: str | None = None) -> SourceAnswer:
        """Let a retired source be used again."""
        return self._change_source(name, lambda source: source.restore(), {"restore": True}, command_id)

    def check_sources(self, given: str | None = None) -> list[SourceCheck]:
        """Compare revisions with their bytes: one, all of a source, or the newest of each source in use.

        Bytes that were not touched since they were last read are not read again. What is found changed in place is
        recorded.
        """
        session = Session(self.application.journal)
        answers = []
        for name, revisions in self._wanted_revisions(given).items():
            source = session.source(name)
            for number in revisions:
                revision = source.revisions[number]
                problems = differing(self, revision)
                if revision.location is not None:
                    record_found(self, name, number, problems)
                answers.append(
                    SourceCheck(
                        source=f"{name}@r{number}", location=revision.location, sound=not problems, files=problems
                    )
                )
        return answers

    def probe_source(
        self,
        given: str | Path,
        *,
        kind: SignalType | None = None,
        limit: int = LIMIT,
        timeout: float = TIMEOUT,
        on_progress: OnProgress | None = None,
    ) -> ProbeAnswer:
        """What would be recorded of some data. Nothing is."""
        found = take(self.services, given, kind, keep=False, download=Download(limit, timeout), told=on_progress)
        return ProbeAnswer(
            type=found.kind,
            digest=found.digest,
            size=found.size,
            came_from=found.came_from,
            described=found.described,
        )

    def register_path(self, path: Path) -> str:
        """Make a path a source, and return its reference, like "digits@r1". The same path again is its next revision.

        It is called after the file; where another source has that name, a number follows.
        """
        came_from = str(path.absolute())
        rows = self.services.projector.at().rows("SELECT name, came_from, retired FROM sources ORDER BY revision")
        taken = {str(row["name"]): row["came_from"] if row["retired"] is None else None for row in rows}
        wanted = name_like(path.stem, "data")
        names = (wanted if n == 1 else f"{wanted[:60]}-{n}" for n in count(1))
        name = next(name for name in names if taken.get(name, came_from) == came_from)
        return self.add_source(name, path.absolute()).source

    def _change_source(
        self, name: str, decide: Callable[[Source], list[Event]], request: Mapping[str, object], command_id: str | None
    ) -> SourceAnswer:
        known = self._known_source(name)

        def change(session: Session) -> None:
            self.put(session, session.source(known), decide)

        return self._source_answer(known, self.execute(change, {"source": known, **request}, command_id))

    def _known_source(self, given: str) -> str:
        """The name of a source that exists. Raises `UnknownSource` with near names."""
        try:
            name = safe_name(given, "source")
        except UnsafeName as refusal:
            near = nearest(given[:80].partition("@")[0], self._source_names())  # digits@r1: what is meant is all of it
            raise UnknownSource(given=given[:80], near=near) from refusal
        if Session(self.application.journal).source(name).latest is None:
            raise UnknownSource(given=name, near=nearest(name, self._source_names()))
        return name

    def _wanted_revisions(self, given: str | None) -> dict[str, list[int]]:
        view = self.services.projector.at()
        if given is None:
            newest = (
                "SELECT name, max(revision) AS revision FROM sources WHERE retired IS NULL GROUP BY name ORDER BY name"
            )
            return {row["name"]: [row["revision"]] for row in view.rows(newest)}
        if "@" in given:
            found = resolve(view, given)
            rows = view.rows("SELECT name, revision FROM sources WHERE ref = ?", found.id)
        else:
            name = self._known_source(given)
            rows = view.rows("SELECT name, revision FROM sources WHERE name = ? ORDER BY revision", name)
        if not rows:
            raise UnknownSource(given=given)
        return {rows[0]["name"]: [row["revision"] for row in rows]}

    def _source_names(self) -> list[str]:
        return [row["name"] for row in self.services.projector.at().rows("SELECT DISTINCT name FROM sources")]

    def _source_answer(self, name: str, receipt: Receipt) -> SourceAnswer:
        self.write_state()
        source = Session(self.application.journal).source(name)
        registered = receipt.first(Source.Registered)
        return _answer(source, registered or source.newest(), is_new=registered is not None)


def _register(source: Source, name: str, taken: Taken, text: str | None) -> list[Event]:
    return source.register(
        name,
        taken.kind,
        taken.digest,
        taken.size,
        taken.came_from,
        described=taken.described,
        text=text,
        origin=taken.origin,
        location=taken.location,
    )


def _answer(source: Source, revision: Source.Registered, *, is_new: bool) -> SourceAnswer:
    return SourceAnswer(
        source=f"{revision.name}@r{revision.revision}",
        type=revision.type,
        digest=revision.digest,
        size=revision.size,
        is_new=is_new,
        came_from=revision.came_from,
        origin=revision.origin,
        location=revision.location,
        text=source.text,
        columns=source.columns,
        retired=source.retired,
        described=revision.described,
    )


def _text(given: str | None, what: str) -> str | None:
    """A text that says something. Raises `UnusableText`."""
    if given is None:
        return None
    text = plain_text(given, what, 4000).strip()
    if not text:
        raise UnusableText(what=what, why="it is empty")
    return text
