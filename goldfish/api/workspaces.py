"""Use cases around workspaces: create, mount, sync, unmount, delete, restore."""

from __future__ import annotations

import contextlib

from goldfish.api.answers import SyncAnswer, WorkspaceAnswer
from goldfish.api.code import Code, reason_of, with_expected
from goldfish.application import Receipt, Session
from goldfish.domain.names import TreeId, is_run, plain_text, safe_name, split_version, version_id
from goldfish.domain.pruning import delete
from goldfish.domain.workspaces import Workspace
from goldfish.errors import Refusal


class WorkspaceCommands(Code):
    """What people and agents do with lines of code."""

    def create_workspace(
        self, name: str, *, goal: str | None = None, base: str | None = None, command_id: str | None = None
    ) -> WorkspaceAnswer:
        """Begin a workspace, empty or from `base`: a workspace, "baseline@v3", a run ("run-3") or a tag ("@good").

        Unsaved edits of a workspace that is the base are saved as its next version first.
        """
        safe_name(name, "workspace")
        goal = plain_text(goal, "goal", 2000) if goal is not None else None

        def create(session: Session) -> None:
            tree, origin = self.services.snapshots.empty() if base is None else "", None
            if base is not None:
                parent, number = self._base(session, base, name)
                tree, origin = self._tree(parent, number), version_id(parent.name, number)
            workspace = session.workspace(name)
            session.record(workspace, workspace.create(name, goal, tree, origin))

        with self._alone(base):
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

        place = chosen
        with contextlib.suppress(Refusal):  # which the decision says again
            place = chosen or self.look(workspace).name
        with self.slots.alone(place) if place is not None else contextlib.nullcontext():
            receipt = self.execute(mount, {"mount": workspace, "slot": slot}, command_id)
            found = self._subject(receipt, workspace)
            self.slots.settle(found)
        return self._answer(found.name, receipt)

    def sync(self, workspace: str, *, command_id: str | None = None) -> SyncAnswer:
        """Record the files as they are now, without a version."""
        with self._alone(workspace):
            receipt = self.execute(lambda s: self._synced(s, workspace), {"sync": workspace}, command_id)
        self.write_state()
        now = self._subject(receipt, workspace)
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

    def unmount(self, workspace: str, *, expected: str | None = None, command_id: str | None = None) -> WorkspaceAnswer:
        """Record the files and take them out of their slot."""

        def unmount(session: Session) -> None:
            self._expect(self.workspace(session, workspace), expected)
            state = self._synced(session, workspace)
            directory = session.slot(state.in_slot())
            session.record(state, state.unmount(state.tree))
            session.record(directory, directory.free())

        with self._alone(workspace):
            receipt = self.execute(unmount, with_expected({"unmount": workspace}, expected), command_id)
            found = self._cleared(receipt, workspace)
        return self._answer(found.name, receipt)

    def delete_workspace(
        self, workspace: str, reason: str, *, expected: str | None = None, command_id: str | None = None
    ) -> WorkspaceAnswer:
        """Take an unmounted workspace out of all lists. Nothing is erased; `restore` brings it back."""
        reason = reason_of(reason)

        def remove(session: Session) -> None:
            found = self.workspace(session, workspace)
            self._expect(found, expected)
            session.new_run()  # whoever asks for a run meanwhile takes this number: then this is decided again
            session.record(found, delete(found, self._used_by(found.name), reason))

        receipt = self.execute(remove, with_expected({"delete": workspace, "reason": reason}, expected), command_id)
        return self._answer(self._subject(receipt, workspace).name, receipt)

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _base(self, session: Session, given: str, branch: str) -> tuple[Workspace, int]:
        """The version that a branch begins with. What a workspace holds now becomes one, if it is none yet."""
        named = self._untagged(session, given)
        if is_run(named) or split_version(named):
            return self._version(session, named)
        parent = self.workspace(session, named)
        if parent.slot is not None:
            parent = self._synced(session, parent.name)
        parent = session.record(parent, parent.ensure_saved(f"before the branch {branch}", "save"))
        return self._version(session, parent.name)

    def _cleared(self, receipt: Receipt, given: str) -> Workspace:
        """The workspace that was unmounted, after its slot was emptied; a slot that is in use again stays as it is."""
        left, found = receipt.first(Workspace.Unmounted), self._subject(receipt, given)
        if left is not None and Session(self.application.journal).slot(left.slot).holder is None:
            self.slots.clear(left.slot, found.name)
        return found

    def _used_by(self, name: str) -> str | None:
        """The oldest run of a workspace that has not ended."""
        runs = map(Session(self.application.journal).run, self.application.journal.open_runs())
        return next((run.stream for run in runs if run.plan.workspace == name), None)
