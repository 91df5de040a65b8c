"""Use cases around tags: one space of names for versions and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.api.code import Code
from goldfish.api.code_answers import TagAnswer
from goldfish.application import Receipt, Session
from goldfish.domain.names import is_run, split_execution, split_version, version_id
from goldfish.domain.tags import Tag, tag_name
from goldfish.errors import CannotTag, Refusal

if TYPE_CHECKING:
    from goldfish.domain.moments import When
    from goldfish.queries.tags import TagLine


class TagCommands(Code):
    """What people and agents do with tags."""

    def tag(self, name: str, ref: str, *, move: bool = False, command_id: str | None = None) -> TagAnswer:
        """Let a name point to a version or a run; a workspace stands for its latest version.

        Raises `TagExists` when it points elsewhere, unless `move`.
        """
        name = tag_name(name)

        def point(session: Session) -> None:
            target = self._target(session, ref)
            self.put(session, session.tags(), lambda tags: tags.set(name, target, move=move))

        return self._tag_after(name, self.execute(point, {"tag": name, "ref": ref, "move": move}, command_id))

    def untag(self, name: str, *, command_id: str | None = None) -> TagAnswer:
        """Take a name away. Raises `UnknownTag`."""
        name = name.removeprefix("@")

        def remove(session: Session) -> None:
            self.put(session, session.tags(), lambda tags: tags.remove(name))

        return self._tag_after(name, self.execute(remove, {"untag": name}, command_id))

    def tags(self, *, since: int = 0, as_of: When | None = None) -> list[TagLine]:
        """The tags that were set after `since`, by name, and what they point to."""
        from goldfish.queries.tags import tag_lines

        return tag_lines(self.view(as_of), since=since)

    def _target(self, session: Session, given: str) -> str:
        named = self._untagged(session, given)
        if is_run(named):
            return session.run(named).must_exist().stream
        if split_execution(named.partition(".")[0]) or (not split_version(named) and self._is_source(session, named)):
            raise CannotTag(given=given, kind="part of a run" if "/" in named else "a source")
        try:
            found, number = self._version(session, named)
        except Refusal:
            imported = self.named_here(named)
            if not is_run(imported):
                raise
            return session.run(imported).must_exist().stream
        return version_id(found.name, number)

    def _is_source(self, session: Session, given: str) -> bool:
        name = given.partition("@")[0]
        taken = session.workspace(name).exists or session.slot(name).holder is not None
        return not taken and bool(session.source(name).version)

    def _tag_after(self, name: str, receipt: Receipt) -> TagAnswer:
        self.write_state()
        event = receipt.events[0].event if receipt.events else None
        target = Session(self.application.journal).tags().targets.get(name)
        return TagAnswer(
            tag=name,
            target=event.target if isinstance(event, Tag.Set | Tag.Moved) else None if event else target,
            was=event.was if isinstance(event, Tag.Moved | Tag.Removed) else None,
            position=receipt.events[0].position if receipt.events else None,
        )
