"""Every refusal by name. The docstring's first line is the message, the rest what to do next; `{…}` are its facts."""

# ruff: noqa: F403  # each of these modules holds errors and nothing else
from __future__ import annotations

from goldfish.errors.analysis import *
from goldfish.errors.base import *
from goldfish.errors.comparing import *
from goldfish.errors.findings import *
from goldfish.errors.imports import *
from goldfish.errors.ledger import *
from goldfish.errors.notes import *
from goldfish.errors.outside import *
from goldfish.errors.pipelines import *
from goldfish.errors.projects import *
from goldfish.errors.results import *
from goldfish.errors.runs import *
from goldfish.errors.search import *
from goldfish.errors.sources import *
from goldfish.errors.surfaces import *
from goldfish.errors.versions import *
from goldfish.errors.workspaces import *
