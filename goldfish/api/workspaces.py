"""Use cases around code: create, mount, sync, save, diff, roll back, unmount."""

from __future__ import annotations

from goldfish.api.answers import DiffAnswer, FileDiff, SyncAnswer, VersionAnswer, WorkspaceAnswer
from goldfish.api.core import Core
from goldfish.application import Receipt, Session
from goldfish.domain.names import TreeId, plain_text, safe_name, split_version, version_id
from goldfish.domain.workspaces import Workspace
from goldfish.errors import NothingToSave
from goldfish.ports import Snapshot


class WorkspaceCommands(Core):
    """What people and agents do with code."""

    def create_workspace(
        self, name: str, *, goal: str | None = None, base: str | None = None, command_id: str | None = None
    ) -> WorkspaceAnswer:
        """Begin a workspace, empty or from `base` (a workspace or a version like "baseline@v3")."""
        safe_name(name, "workspace")
        goal = plain_text(goal, "goal", 2000) if goal is not None else None

        def create(session: Session) -> None:
            tree, origin = self.services.snapshots.empty() if base is None else "", None
            if base is not None:
                parent, number = self._version(session, base)
                tree, origin = TreeId(parent.tree_of(number)), version_id(parent.name, number)
            workspace = session.workspace(name)
            session.record(workspace, workspace.create(name, goal, tree, origin))

        receipt = self.execute(create, {"create": name, "goal": goal, "base": base}, command_id)
        return self._answer(name, receipt)

    def mount(self, workspace: str, slot: str | None = None, *, command_id: str | None = None) -> WorkspaceAnswer:
        """Put a workspace's files into the directory workspaces/<slot> (by default its own name)."""
        chosen = safe_name(slot, "slot") if slot is not None else None

        def mount(session: Session) -> None:
            found = self.workspace(session, workspace)
            place = chosen or found.name
            events = found.mount(place)
            self.slots.refuse_strangers(place)
            directory = session.slot(place)
            session.record(directory, directory.take(place, found.name))
            session.record(found, events)

        receipt = self.execute(mount, {"mount": workspace, "slot": slot}, command_id)
        found = self._of(receipt, workspace)
        self.slots.settle(found)
        return self._answer(found.name, receipt)

    def sync(self, workspace: str, *, command_id: str | None = None) -> SyncAnswer:
        """Record the files as they are now, without a version."""
        receipt = self.execute(lambda s: self._synced(s, workspace), {"sync": workspace}, command_id)
        self.write_state()
        now = self._of(receipt, workspace)
        synced = receipt.first(Workspace.EditsSynced)
        return SyncAnswer(
            workspace=now.name,
            tree=synced.tree if synced else now.tree,
            files=synced.files if synced else len(self.services.snapshots.files(TreeId(now.tree))),
            skipped=synced.skipped if synced else [],
            changed=synced is not None,
            latest=version_id(now.name, now.latest),
            is_dirty=now.is_dirty,
        )

    def save_version(self, workspace: str, message: str, *, command_id: str | None = None) -> VersionAnswer:
        """Give the files the next version number. Raises `NothingToSave` when they are the latest version already."""
        message = plain_text(message, "message", 2000)

        def save(session: Session) -> None:
            state = self._synced(session, workspace)
            session.record(state, state.save(message, "save"))

        receipt = self.execute(save, {"save": workspace, "message": message}, command_id)
        self.pin(receipt)
        self.write_state()
        found = self._of(receipt, workspace)
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
        """What differs between two versions, or between a workspace's files and its latest version."""
        session = Session(self.application.journal)
        if right is None and split_version(left) is None:
            found, taken = self._take(session, left)
            a: tuple[str, str] = (version_id(found.name, found.latest), found.tree_of(found.latest))
            b: tuple[str, str] = (found.name, taken.tree)
        else:
            a, b = self._named_tree(session, left), self._named_tree(session, right or left.partition("@")[0])
        changes = self.services.snapshots.diff(TreeId(a[1]), TreeId(b[1]))
        files = [
            FileDiff(path=c.path, change=c.change, added=c.added, removed=c.removed, patch=c.patch) for c in changes
        ]
        return DiffAnswer(left=a[0], right=b[0], files=files)

    def rollback(self, workspace: str, version: str, *, command_id: str | None = None) -> WorkspaceAnswer:
        """Put the files back to a version. What is there now is saved as a version of its own first."""

        def roll_back(session: Session) -> None:
            found = self.workspace(session, workspace)
            number = found.number_of(version)
            found.tree_of(number)
            state = self._synced(session, workspace)
            session.record(state, state.roll_back(number))

        receipt = self.execute(roll_back, {"rollback": workspace, "to": version}, command_id)
        found = self._of(receipt, workspace)
        self.slots.settle(found)
        return self._answer(found.name, receipt)

    def unmount(self, workspace: str, *, command_id: str | None = None) -> WorkspaceAnswer:
        """Record the files and take them out of their slot."""

        def unmount(session: Session) -> None:
            state = self._synced(session, workspace)
            directory = session.slot(state.in_slot())
            session.record(state, state.unmount(state.tree))
            session.record(directory, directory.free())

        receipt = self.execute(unmount, {"unmount": workspace}, command_id)
        left = receipt.first(Workspace.Unmounted)
        found = self._of(receipt, workspace)
        if left is not None and Session(self.application.journal).slot(left.slot).holder is None:
            self.slots.clear(left.slot, found.name)
        return self._answer(found.name, receipt)

    def set_goal(self, goal: str, *, command_id: str | None = None) -> None:
        """Change what the project is for."""
        goal = plain_text(goal, "goal", 2000)
        self.execute(lambda s: self.put(s, s.project(), lambda p: p.set_goal(goal)), {"goal": goal}, command_id)
        self.write_state()

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, session: Session, given: str) -> tuple[Workspace, Snapshot]:
        """A mounted workspace and its files as they are now, recorded byte for byte."""
        found = self.workspace(session, given)
        slot = found.in_slot()
        self.slots.settle(found)
        return found, self.services.snapshots.take(self.layout.slot(slot), cache=slot)

    def _synced(self, session: Session, given: str) -> Workspace:
        """A mounted workspace after its files were recorded by this command."""
        found, taken = self._take(session, given)
        return session.record(found, found.sync(taken.tree, taken.files, taken.skipped))

    def _of(self, receipt: Receipt, given: str) -> Workspace:
        """The workspace that a command was about, also when its slot has changed hands since."""
        streams = (event.stream for event in receipt.events)
        name = next((s.removeprefix("workspace:") for s in streams if s.startswith("workspace:")), given)
        return self.look(name)

    def _version(self, session: Session, given: str) -> tuple[Workspace, int]:
        split = split_version(given)
        found = self.workspace(session, split[0] if split else given)
        number = split[1] if split else found.latest
        found.tree_of(number)
        return found, number

    def _named_tree(self, session: Session, given: str) -> tuple[str, str]:
        found, number = self._version(session, given)
        if split_version(given) is None and found.slot is not None:
            return found.name, self._take(session, found.name)[1].tree
        return version_id(found.name, number), found.tree_of(number)

    def _answer(self, name: str, receipt: Receipt) -> WorkspaceAnswer:
        self.pin(receipt)
        self.write_state()
        now = self.look(name)
        rolled = receipt.first(Workspace.RolledBack)
        kept = max((n for n, tree in now.versions.items() if rolled and tree == rolled.safety), default=None)
        return WorkspaceAnswer(
            workspace=now.name,
            goal=now.goal,
            slot=now.slot,
            path=str(self.layout.slot(now.slot)) if now.slot else None,
            latest=version_id(now.name, now.latest),
            is_dirty=now.is_dirty,
            restored=version_id(now.name, rolled.to) if rolled else None,
            kept_as=version_id(now.name, kept) if kept is not None else None,
            position=receipt.events[-1].position if receipt.events else None,
        )
