"""Errors of searching."""

from __future__ import annotations

from goldfish.errors.base import GoldfishError, Refusal


class UnknownFilter(Refusal):
    """There is no filter {given!r}.
    Filters are {filters}, and names of parameters, as in: warm-up status:failed metric:loss<0.1 lr=3e-4. Quote what is
    not meant as a filter: "{text}"."""


class MalformedSearch(Refusal):
    """The search cannot be understood at {given!r}: {why}.
    For example: {example}. Quote what is not meant as a filter."""


class SearchUnavailable(GoldfishError):
    """This Python's SQLite {version} was built without full text search (FTS5).
    Use a Python whose SQLite has it, as those of python.org, conda, uv and all Linux distributions have. Searches by
    filters alone work, like status:failed lr=3e-4."""


class NoIdea(Refusal):
    """Nothing was said that earlier experiments could be compared with.
    Say what you have in mind in a sentence, give a config, or both, as in:
    goldfish similar "weight decay on the head only" --config '{{"head_wd": 0.01}}'."""


class UnusableConfig(Refusal):
    """The config cannot be read: {why}.
    Give a JSON object of settings, as in: --config '{{"lr": 3e-4, "optimizer": {{"name": "lion"}}}}'."""
