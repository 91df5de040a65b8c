"""Snapshots of workspaces as git trees of raw bytes, in a bare repository that git's own tools can read.

What is recorded: plain files byte for byte with their executable bit, and links as links. Git's trees hold no empty
directories, owners, times or other permission bits, so neither do snapshots. Git's settings, attributes and ignore
files are never read.
"""

from goldfish.adapters.git_snapshots.snapshots import GitSnapshots

__all__ = ["GitSnapshots"]
