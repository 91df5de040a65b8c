"""Measures goldfish beside what a user would pick instead. `make bench` runs all of it and writes docs/benchmarks.md."""
