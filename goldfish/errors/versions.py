"""Refusals about what is put away and taken back: tags, pruning, undo, invariants."""

from __future__ import annotations

from goldfish.errors.base import Refusal


class VersionPruned(Refusal):
    """{version} was pruned: {reason}.
    Bring it back with `goldfish restore {version}`."""


class VersionTagged(Refusal):
    """{version} cannot be pruned: it is tagged {tags}.
    Remove the tag with `goldfish untag NAME` first, or prune others."""


class VersionInUse(Refusal):
    """{version} cannot be pruned: {why}.
    Prune others, or save a newer version first."""


class NothingToPrune(Refusal):
    """No version of {workspace} is left to prune there: {why}.
    `goldfish show {workspace}` lists its versions."""


class NothingToRestore(Refusal):
    """Nothing of {given} is to be restored: {why}.
    `goldfish show {given} --pruned` lists what was pruned."""


class UnknownTag(Refusal):
    """There is no tag {given!r}.
    `goldfish tags` lists them; `goldfish tag NAME REF` sets one."""


class TagExists(Refusal):
    """The tag {tag!r} points to {target} already.
    Choose another name, or move it with --move."""


class CannotTag(Refusal):
    """{given} cannot be tagged: it is {kind}.
    Tag a version like baseline@v3, or a run like run-12."""


class UnknownInvariant(Refusal):
    """There is no invariant {given} in force.
    `goldfish invariant list --all` lists them."""


class CannotUndo(Refusal):
    """Event {position} ({what}) cannot be undone: {why}.
    `goldfish undo --list` lists what can be undone."""


class NothingToUndo(Refusal):
    """There is nothing to undo.
    Rollback, unmount, prune, delete, moved or removed tags, goals and retired invariants can be undone."""
