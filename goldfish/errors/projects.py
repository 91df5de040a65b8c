"""Refusals about projects, names and texts."""

from __future__ import annotations

from goldfish.errors.base import GoldfishError, Refusal


class NoProject(Refusal):
    """There is no goldfish project in {path} or above it.
    Run `goldfish init` there, or pass --project."""


class ProjectExists(Refusal):
    """{path} is a goldfish project already.
    Run `goldfish status` in it."""


class UnsafeName(Refusal):
    """{what} {given!r} is not a usable name: {why}.
    Use lower-case letters, digits, dot, dash or underscore, beginning with a letter or digit, at most 64 characters."""


class UnusableText(Refusal):
    """The {what} cannot be recorded: {why}.
    Send plain text within the limit."""


class UnusableArgument(Refusal):
    """The {argument} of {call} cannot be used: it is {given}, and is to be {needed}.
    Correct it and call again; nothing was recorded."""


class ProjectUnwritable(GoldfishError):
    """goldfish cannot write in {path}: {why}.
    Give this user write access, or make space, and repeat the command: nothing was recorded."""


class OutsideProject(Refusal):
    """{path} is a link, and may lead outside the project.
    Put a real directory in its place, or remove the link: goldfish puts the files back."""


class BadProjectSetting(Refusal):
    """The project's settings cannot be changed: {why}.
    `goldfish settings show` lists them with what each means."""
