"""Runs, versions and groups side by side, aspect by aspect."""
