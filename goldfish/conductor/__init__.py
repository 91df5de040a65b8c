"""The conductor: one process per project that carries out what the log asks for. It keeps no state of its own."""
