"""Use cases around versions: save, compare, roll back, prune, restore."""

from __future__ import annotations

from goldfish.api.answers import DiffAnswer, FileDiff, VersionAnswer, WorkspaceAnswer
from goldfish.api.code import Code, reason_of, with_expected
from goldfish.api.code_answers import PruneAnswer, RestoreAnswer, Stays
from goldfish.application import Session
from goldfish.domain.names import TreeId, is_run, plain_text, split_version, version_id
from goldfish.domain.pruning import ends_of, prune_many, prune_one, restore_versions, undelete
from goldfish.domain.workspaces import Workspace
from goldfish.errors import NothingToSave, UnusableText


class VersionCommands(Code):
    """What people and agents do with versions."""

    def save_version(
        self, workspace: str, message: str, *, expected: str | None = None, command_id: str | None = None
    ) -> VersionAnswer:
        """Give the files the next version number. Raises `NothingToSave` when they are the latest version already.

        With `expected` ("v3") it is refused with `Conflict` when somebody saved another version since.
        """
        message = plain_text(message, "message", 2000)

        def save(session: Session) -> None:
            self._expect(self.workspace(session, workspace), expected)
            state = self._synced(session, workspace)
            session.record(state, state.save(message, "save"))

        with self._alone(workspace):
            request = with_expected({"save": workspace, "message": message}, expected)
            receipt = self.execute(save, request, command_id)
        self.pin(receipt)
        self.write_state()
        found = self._subject(receipt, workspace)
        saved = receipt.first(Workspace.VersionSaved)
        if saved is None:  # a command id whose first effect was something else is refused before this
            raise NothingToSave(workspace=found.name, version=version_id(found.name, found.latest), slot=found.slot)
        synced = receipt.first(Workspace.EditsSynced)
        return VersionAnswer(
            workspace=found.name,
            version=version_id(found.name, saved.number),
            tree=saved.tree,
            message=saved.message,
            skipped=synced.skipped if synced else [],
            position=receipt.events[-1].position,
        )

    def diff(self, left: str, right: str | None = None) -> DiffAnswer:
        """What differs between any two of workspaces, slots, versions, runs and tags.

        `left` alone: a workspace's files against its latest version, or a version against its workspace's files.
        """
        session = Session(self.application.journal)
        a, b = self._side(session, left), self._side(session, right) if right is not None else None
        if b is None:
            found = self._version(session, left, reading=True)[0]
            latest = version_id(found.name, found.latest), self._tree(found, found.latest)
            a, b = (latest, a) if self._is_line(session, left) else (a, self._side(session, found.name))
        changes = self.services.snapshots.diff(a[1], b[1])
        files = [
            FileDiff(path=c.path, change=c.change, added=c.added, removed=c.removed, patch=c.patch) for c in changes
        ]
        return DiffAnswer(left=a[0], right=b[0], files=files)

    def rollback(
        self, workspace: str, version: str, *, expected: str | None = None, command_id: str | None = None
    ) -> WorkspaceAnswer:
        """Put the files back to a version ("v3", a tag, a run). What is there now is saved as a version first."""

        def roll_back(session: Session) -> None:
            found = self.workspace(session, workspace)
            self._expect(found, expected)
            number = self._number(session, found, version)
            found.kept_tree_of(number)
            state = self._synced(session, workspace)
            session.record(state, state.roll_back(number))

        with self._alone(workspace):
            request = with_expected({"rollback": workspace, "to": version}, expected)
            receipt = self.execute(roll_back, request, command_id)
            found = self._subject(receipt, workspace)
            self.slots.settle(found)
        return self._answer(found.name, receipt)

    def prune(
        self,
        workspace: str,
        versions: str | None = None,
        *,
        before: str | None = None,
        reason: str,
        expected: str | None = None,
        command_id: str | None = None,
    ) -> PruneAnswer:
        """Take versions out of the lists: one ("v2"), a range ("v1..v4"), or all `before` a version or tag.

        What is tagged, latest or mounted stays: a single one is refused, in a range it is left out and named.
        """
        reason = reason_of(reason)
        if (versions is None) == (before is None):
            raise UnusableText(what="range", why="it is either versions like v1..v4, or before a version or tag")
        stays: dict[int, str] = {}

        def prune(session: Session) -> None:
            stays.clear()
            found = self.workspace(session, workspace)
            self._expect(found, expected)
            if before is None and versions is not None and ends_of(versions) is None:
                number = self._number(session, found, versions)
                session.record(found, prune_one(found, number, session.tags(), reason))
                return
            numbers = (
                range(1, self._number(session, found, before)) if before else self._range(session, found, versions)
            )
            pruning = prune_many(found, numbers, session.tags(), reason)
            stays.update(pruning.stays)
            session.record(found, pruning.events)

        request = {"prune": workspace, "versions": versions, "before": before, "reason": reason}
        receipt = self.execute(prune, with_expected(request, expected), command_id)
        self.write_state()
        found = self._subject(receipt, workspace)
        pruned = [e.event.number for e in receipt.events if isinstance(e.event, Workspace.VersionPruned)]
        return PruneAnswer(
            workspace=found.name,
            pruned=[version_id(found.name, number) for number in pruned],
            stays=[Stays(version=version_id(found.name, number), why=why) for number, why in stays.items()],
            position=receipt.events[-1].position if receipt.events else None,
        )

    def restore(self, ref: str, versions: str | None = None, *, command_id: str | None = None) -> RestoreAnswer:
        """Bring back what was pruned ("baseline@v2", or a workspace and "v1..v4"), or a deleted workspace."""
        split = split_version(ref)
        name = split[0] if split else ref
        wanted = versions if versions is not None else f"v{split[1]}" if split else None

        def restore(session: Session) -> None:
            found = self.workspace(session, name, deleted_too=True)
            if wanted is None:
                session.record(found, undelete(found))
            else:
                found.must_be_there()
                session.record(found, restore_versions(found, self._range(session, found, wanted)))

        receipt = self.execute(restore, {"restore": ref, "versions": versions}, command_id)
        self.write_state()
        found = self._subject(receipt, name)
        restored = [e.event.number for e in receipt.events if isinstance(e.event, Workspace.VersionRestored)]
        return RestoreAnswer(
            workspace=found.name,
            versions=[version_id(found.name, number) for number in restored],
            undeleted=receipt.first(Workspace.Restored) is not None,
            position=receipt.events[-1].position if receipt.events else None,
        )

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _range(self, session: Session, found: Workspace, given: str | None) -> range:
        """The numbers from one end of "v1..v4" to the other, both included; one version is a range of itself."""
        ends = ends_of(given or "") or (given or "", given or "")
        numbers = sorted(self._number(session, found, end) for end in ends)
        for number in numbers:
            found.tree_of(number)
        return range(numbers[0], numbers[1] + 1)

    def _is_line(self, session: Session, given: str) -> bool:
        """Whether this names a workspace or slot, not one of its versions."""
        named = self._untagged(session, given)
        return not is_run(named) and split_version(named) is None

    def _side(self, session: Session, given: str) -> tuple[str, TreeId]:
        """One side of a comparison: a version's files, or a workspace's as they are now."""
        found, number = self._version(session, given, reading=True)
        if not self._is_line(session, given):
            return version_id(found.name, number), self._tree(found, number)
        if found.slot is not None:
            return found.name, self._taken(session, found.name)[1].tree
        return (found.name if found.is_dirty else version_id(found.name, number)), TreeId(found.tree)
