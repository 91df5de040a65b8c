"""When this is in the log, then that effect, then that fact: one process per file. Every effect may be repeated."""
