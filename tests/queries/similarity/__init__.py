"""Near matches for an idea."""
