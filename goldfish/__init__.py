"""goldfish: a research ledger for machine-learning experiments that coding agents run."""

__version__ = "0.1.0"
