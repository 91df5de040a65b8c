"""What the use cases around code do alike: find versions, record files, answer."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from goldfish.api.answers import WorkspaceAnswer
from goldfish.api.core import Core
from goldfish.application import Receipt, Session
from goldfish.domain.names import TreeId, is_run, plain_text, split_version, version_id
from goldfish.domain.workspaces import Workspace
from goldfish.errors import Conflict, OtherWorkspace, Refusal, UnknownWorkspace, UnusableText
from goldfish.ports import Snapshot

_NUMBER = re.compile(r"v?[0-9]+")


class Code(Core):
    """Versions by any of their names, and files in slots."""

    def _version(self, session: Session, given: str, *, reading: bool = False) -> tuple[Workspace, int]:
        """The version that "baseline@v3", a workspace, a slot, a run or a tag means.

        `reading` finds also what was pruned or deleted. Raises `UnknownWorkspace`, `UnknownVersion`, `UnknownRun`,
        `UnknownTag`, `VersionPruned`, `WorkspaceDeleted`.
        """
        named = self._untagged(session, given)
        if is_run(named):
            plan = session.run(named).plan
            named = version_id(plan.workspace, plan.number)
        split = split_version(named)
        found = self.workspace(session, split[0] if split else named, deleted_too=reading)
        number = split[1] if split else found.latest
        if reading:
            found.tree_of(number)
        else:
            found.kept_tree_of(number)
        return found, number

    def _untagged(self, session: Session, given: str) -> str:
        """What a tag points to; anything else as it is. A bare name is a tag where nothing else has it."""
        if given.startswith("@"):
            return session.tags().target(given.removeprefix("@"))
        target = session.tags().targets.get(given)
        if target is None or session.workspace(given).exists or session.slot(given).holder is not None:
            return given
        return given if session.source(given).version else target

    def _number(self, session: Session, found: Workspace, given: str) -> int:
        """The number that "v3", "3", "baseline@v3", a tag or a run means in this workspace."""
        if _NUMBER.fullmatch(given):
            return found.number_of(given)
        try:
            other, number = self._version(session, given, reading=True)
        except UnknownWorkspace:
            return found.number_of(given)  # which refuses it, and names versions that are near
        if other.name != found.name:
            raise OtherWorkspace(given=given, version=version_id(other.name, number), workspace=found.name)
        return number

    def _expect(self, found: Workspace, expected: str | None) -> None:
        """Raise `Conflict` when the workspace is not any more at the version that the caller knows."""
        number = found.number_of(expected) if expected is not None else found.latest
        found.tree_of(number)
        if number == found.latest:
            return
        changes = [
            f"{event.actor.kind}:{event.actor.name} saved {version_id(found.name, event.event.number)}"
            f" ({event.event.message})"
            for event in self.application.journal.load(found.stream)
            if isinstance(event.event, Workspace.VersionSaved) and event.event.number > number
        ]
        raise Conflict(
            workspace=found.name,
            expected=version_id(found.name, number),
            latest=version_id(found.name, found.latest),
            changes=changes,
        )

    @contextlib.contextmanager
    def _alone(self, given: str | None) -> Iterator[None]:
        """Change a workspace's slot while nobody else does.

        Every decision is right without it; with it many who act at once wait instead of deciding again and again, and
        nobody places files where another one is about to clear them away.
        """
        slot = None
        with contextlib.suppress(Refusal):  # a repeated command may name what is gone; the decision refuses the rest
            slot = self.look(given).slot if given is not None else None
        with self.slots.alone(slot) if slot is not None else contextlib.nullcontext():
            yield

    def _taken(self, session: Session, given: str) -> tuple[Workspace, Snapshot]:
        """A mounted workspace and its files as they are now, recorded byte for byte."""
        found = self.workspace(session, given)
        slot = found.in_slot()
        self.slots.settle(found)
        return found, self.services.snapshots.take(self.layout.slot(slot), cache=slot)

    def _synced(self, session: Session, given: str) -> Workspace:
        """A mounted workspace after its files were recorded by this command."""
        found, taken = self._taken(session, given)
        return session.record(found, found.sync(taken.tree, taken.files, taken.skipped))

    def _subject(self, receipt: Receipt, given: str) -> Workspace:
        """The workspace that a command was about, also when its slot has changed hands since."""
        streams = (event.stream for event in receipt.events)
        name = next((s.removeprefix("workspace:") for s in streams if s.startswith("workspace:")), given)
        return self.look(name, deleted_too=True)

    def _answer(self, name: str, receipt: Receipt) -> WorkspaceAnswer:
        """A workspace after a command, whose effects are made."""
        self.pin(receipt)
        self.write_state()
        now = self.look(name, deleted_too=True)
        rolled, created = receipt.first(Workspace.RolledBack), receipt.first(Workspace.Created)
        kept = max((n for n, tree in now.kept.items() if rolled and tree == rolled.safety), default=None)
        saved = _saved_for_branch(receipt) if created is not None else None
        return WorkspaceAnswer(
            workspace=now.name,
            goal=now.goal,
            slot=now.slot,
            path=str(self.layout.slot(now.slot)) if now.slot else None,
            latest=version_id(now.name, now.latest),
            is_dirty=now.is_dirty,
            restored=version_id(now.name, rolled.to) if rolled else None,
            kept_as=version_id(now.name, kept) if kept is not None else None,
            base=created.base if created is not None else None,
            saved=saved,
            deleted=now.deleted,
            position=receipt.events[-1].position if receipt.events else None,
        )

    def _tree(self, found: Workspace, number: int) -> TreeId:
        """The tree of a version."""
        return TreeId(found.tree_of(number))


def with_expected(body: dict[str, str | None], expected: str | None) -> dict[str, str | None]:
    """A request with the version that the caller knows, if it says so."""
    return body if expected is None else {**body, "expected": expected}


def reason_of(given: str) -> str:
    """Why something is taken away. Raises `UnusableText`."""
    reason = plain_text(given, "reason", 2000).strip()
    if not reason:
        raise UnusableText(what="reason", why="it is empty")
    return reason


def _saved_for_branch(receipt: Receipt) -> str | None:
    """The version of its parent that was saved by the command that created a workspace."""
    for envelope in receipt.events:
        event = envelope.event
        if isinstance(event, Workspace.VersionSaved) and event.by != "creation":
            return version_id(envelope.stream.removeprefix("workspace:"), event.number)
    return None
