"""The commands, a module for each group; `table` says which is where."""
