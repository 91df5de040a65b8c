"""What runs beside user code inside a run. Standard library only; numpy, pyarrow and pandas where a type needs them.

Imports nothing else of goldfish, so that a container needs only this directory (docs/reference/stage-protocol.md).
"""
