"""Refusals about data."""

from __future__ import annotations

from goldfish.errors.base import Refusal


class UnreadableFile(Refusal):
    """{path} cannot be read: {why}.
    Check the path; nothing was recorded."""


class UnknownSource(Refusal):
    """There is no source {given!r}.
    `goldfish source list` lists the sources; `goldfish source add NAME PATH` registers data under a name."""


class UnknownRevision(UnknownSource):
    """The source {source!r} has no revision {given!r}.
    `goldfish source show {source}` lists its revisions."""


class SourceRetired(Refusal):
    """The source {source!r} was retired: {reason}.
    Name another source in the pipeline; or bring it back with `goldfish source restore {source}`."""


class SourceChanged(Refusal):
    """The bytes of {source} at {path} are not those that were registered: {files}.
    Put them back, or register them as the next revision: `goldfish source add {name} {path} --in-place`."""


class UnknownColumn(Refusal):
    """{source} has no column or array {given!r}.
    `goldfish source show {source}` lists what it holds."""


class NothingToDescribe(Refusal):
    """Nothing is said about the source {source!r}.
    Give --text TEXT, or --column NAME=TEXT, or both."""


class CannotFetch(Refusal):
    """{uri} cannot be fetched: {why}.
    Nothing was recorded. Correct the address, or repeat the command when it can be reached."""


class CannotPromote(Refusal):
    """{ref} cannot be made a source: {why}.
    Choose an output of a stage that succeeded: `goldfish show RUN` lists them."""


class NothingToTakeOut(Refusal):
    """{ref} names no bytes that can be taken out: it is a {kind}.
    Name an output like run-3/prepare.features, or a source like digits@r1."""


class PlaceTaken(Refusal):
    """{path} is not empty.
    Name a place that does not exist yet; goldfish makes it, and overwrites nothing."""
