"""Errors of SQL that people ask, and of exports."""

from __future__ import annotations

from goldfish.errors.base import GoldfishError, Refusal


class QueryRefused(Refusal):
    """In SQL goldfish only answers questions, one at a time: {why}.
    Ask one SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW or SUMMARIZE. What is exported is a file of your own: there \
you may do all that DuckDB can."""


class QueryWrong(Refusal):
    """The query cannot be answered: {why}.
    SHOW TABLES lists the tables, and DESCRIBE runs the columns of one."""


class QueryOutside(Refusal):
    """The query reaches for what is no part of the ledger: {why}.
    Only the tables that SHOW TABLES lists can be asked. To join other data, export them first."""


class QueryTooLong(Refusal):
    """The query was stopped after {seconds} s.
    Ask for less (a LIMIT, a WHERE, no join without a condition), or give it more time with --seconds."""


class QueryTooLarge(Refusal):
    """The query needs too much room: {why}.
    Ask for fewer rows and columns, or shorter texts; an export has no such limit."""


class QueryBroke(GoldfishError):
    """The query ended DuckDB itself: {how}.
    It ran in a process of its own, so nothing else was harmed. Ask in another way."""


class ExportExists(Refusal):
    """{path} exists already.
    Name another place, or replace it with --force."""


class NotAnExport(Refusal):
    """{path} is not replaced: {why}.
    --force replaces only what an export wrote. Name another place."""
