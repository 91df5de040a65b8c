"""Undoing: what is the inverse of a recorded fact, and is it still possible? A pure answer from one stream's facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self, TypeVar

from goldfish.domain.event import Event
from goldfish.domain.names import version_id
from goldfish.domain.projects import Project
from goldfish.domain.tags import Tag, Tags
from goldfish.domain.workspaces import Workspace
from goldfish.errors import CannotUndo

UNDOABLE: Final[tuple[type[Event], ...]] = (
    Workspace.RolledBack,
    Workspace.Unmounted,
    Workspace.VersionPruned,
    Workspace.Deleted,
    Workspace.GoalSet,
    Project.GoalSet,
    Project.InvariantRetired,
    Tag.Moved,
    Tag.Removed,
)


class Foldable(Protocol):
    """State folded from events."""

    def apply(self, event: Event) -> Self: ...


S = TypeVar("S", bound=Foldable)


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with what undoing needs to know of it. Facts of one command are done, and undone, together."""

    position: int
    command: str | None
    because_of: int | None
    event: Event


@dataclass(frozen=True, slots=True)
class Undo:
    """The inverse of a fact: new facts, and in words what was done and how it is afterwards."""

    events: list[Event]
    before: str
    after: str


class _Superseded(Exception):
    """Why a fact cannot be undone any more."""


def undo(fact: Fact, facts: Sequence[Fact], empty: S, now: S) -> Undo:
    """The inverse of one of a stream's facts. Raises `CannotUndo` with the reason when it was superseded.

    `now` is the state after all facts, or after what the same command has recorded on it, such as fresh edits.
    """
    before = empty
    for earlier in facts:
        if earlier.position < fact.position:
            before = before.apply(earlier.event)
    undone, undoing = cancelled(facts)
    gone = undone | undoing
    later = [f.event for f in facts if f.position > fact.position and f.position not in gone]
    try:
        return _inverse(fact.event, before, later, now, known=fact.position in undone)
    except _Superseded as superseded:
        raise CannotUndo(position=fact.position, what=fact.event.NAME, why=str(superseded)) from None


def cancelled(facts: Sequence[Fact]) -> tuple[set[int], set[int]]:
    """The positions of what was undone, and of what undid it: together they are as if they had never happened.

    The newest undo counts first: what undid something and was undone itself takes nothing away.
    """
    undone: set[int] = set()
    undoing: set[int] = set()
    undoable = {fact.position: fact for fact in facts if isinstance(fact.event, UNDOABLE)}
    for fact in reversed(facts):
        cause = undoable.get(fact.because_of or 0)
        if cause is not None and fact.position not in undone:
            undoing.add(fact.position)
            undone |= {p for p, other in undoable.items() if other is cause or _together(other, cause)}
    return undone, undoing


def _together(one: Fact, other: Fact) -> bool:
    return one.command is not None and one.command == other.command


def _inverse(event: Event, before: object, later: Sequence[Event], now: object, *, known: bool) -> Undo:
    if known:
        raise _Superseded("it was undone already")
    if isinstance(before, Workspace) and isinstance(now, Workspace):
        return _workspace(event, before, later, now)
    if isinstance(before, Project) and isinstance(now, Project):
        return _project(event, before, later, now)
    if isinstance(now, Tags):
        return _tag(event, later)
    raise _nothing(event)


def _workspace(event: Event, before: Workspace, later: Sequence[Event], now: Workspace) -> Undo:
    if now.deleted is not None and not isinstance(event, Workspace.Deleted):
        raise _Superseded(f"{now.name} was deleted since; undo that first")
    match event:
        case Workspace.RolledBack():
            return _rollback(event, later, now)
        case Workspace.Unmounted():
            return _unmount(event, later, now)
        case Workspace.VersionPruned():
            return _prune(event, later, now)
        case Workspace.Deleted():
            return _delete(later, now)
        case Workspace.GoalSet():
            _refuse(later, Workspace.GoalSet, "the goal was set again since")
            return _goal(now.set_goal(before.goal or ""), f"the goal of {now.name}", event.goal, before.goal)
        case _:
            raise _nothing(event)


def _rollback(event: Workspace.RolledBack, later: Sequence[Event], now: Workspace) -> Undo:
    _refuse(later, Workspace.RolledBack, "the files were rolled back again since")
    number = max((n for n, tree in now.kept.items() if tree == event.safety), default=None)
    if now.slot is None:
        raise _Superseded(f"{now.name} is not mounted; mount it first")
    if number is None:
        raise _Superseded("the version that keeps what was there before is pruned; restore it first")
    back = f"the files of {now.name} are those of {version_id(now.name, number)} again"
    return Undo(now.roll_back(number), f"the files of {now.name} were put back to v{event.to}", back)


def _unmount(event: Workspace.Unmounted, later: Sequence[Event], now: Workspace) -> Undo:
    _refuse(later, Workspace.Mounted, f"{now.name} was mounted again since")
    back = f"{now.name} is in workspaces/{event.slot} again"
    return Undo(now.mount(event.slot), f"{now.name} was taken out of workspaces/{event.slot}", back)


def _prune(event: Workspace.VersionPruned, later: Sequence[Event], now: Workspace) -> Undo:
    version = version_id(now.name, event.number)
    if event.number not in now.pruned:
        raise _Superseded(f"{version} was restored since")
    if any(isinstance(e, Workspace.VersionPruned) and e.number == event.number for e in later):
        raise _Superseded(f"{version} was restored and pruned again since")
    restored = Workspace.VersionRestored(number=event.number)
    return Undo([restored], f"{version} was pruned", f"{version} is in the lists again")


def _delete(later: Sequence[Event], now: Workspace) -> Undo:
    _refuse(later, Workspace.Deleted, f"{now.name} was restored and deleted again since")
    if now.deleted is None:
        raise _Superseded(f"{now.name} was restored since")
    return Undo([Workspace.Restored()], f"{now.name} was deleted", f"{now.name} is there again")


def _project(event: Event, before: Project, later: Sequence[Event], now: Project) -> Undo:
    match event:
        case Project.GoalSet():
            _refuse(later, Project.GoalSet, "the goal was set again since")
            return _goal(now.set_goal(before.goal or ""), "the goal of the project", event.goal, before.goal)
        case Project.InvariantRetired():
            text = before.invariants[event.number]
            if event.number in now.invariants or text in now.invariants.values():
                raise _Superseded("it is in force again")
            again = Project.InvariantAdded(number=event.number, text=text)
            said = f"the invariant {event.number} was retired: {text}"
            return Undo([again], said, f"the invariant {event.number} is in force again: {text}")
        case _:
            raise _nothing(event)


def _tag(event: Event, later: Sequence[Event]) -> Undo:
    if not isinstance(event, Tag.Moved | Tag.Removed):
        raise _nothing(event)
    if any(isinstance(e, Tag.Set | Tag.Moved | Tag.Removed) and e.name == event.name for e in later):
        raise _Superseded(f"the tag {event.name} was changed since")
    after = f"the tag {event.name} points to {event.was} again"
    if isinstance(event, Tag.Removed):
        return Undo([Tag.Set(name=event.name, target=event.was)], f"the tag {event.name} was removed", after)
    back = Tag.Moved(name=event.name, target=event.was, was=event.target)
    return Undo([back], f"the tag {event.name} was moved to {event.target}", after)


def _goal(events: list[Event], whose: str, was: str, before: str | None) -> Undo:
    after = f"{whose} is again: {before}" if before else f"{whose} is again none"
    return Undo(events, f"{whose} was set: {was}" if was else f"{whose} was taken away", after)


def _refuse(later: Sequence[Event], kind: type[Event], why: str) -> None:
    if any(isinstance(event, kind) for event in later):
        raise _Superseded(why)


def _nothing(event: Event) -> _Superseded:
    done = "nothing was lost by it" if not isinstance(event, UNDOABLE) else "it is of another stream"
    return _Superseded(f"{done}, and it has no inverse")
