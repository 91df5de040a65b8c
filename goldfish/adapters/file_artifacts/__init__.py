"""Bytes by their SHA-256, in a directory of files."""

from goldfish.adapters.file_artifacts.in_place import FilesInPlace
from goldfish.adapters.file_artifacts.states import States
from goldfish.adapters.file_artifacts.store import FileArtifacts

__all__ = ["FileArtifacts", "FilesInPlace", "States"]
