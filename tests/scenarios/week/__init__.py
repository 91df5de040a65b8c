"""A week of work on one question, through the public api."""
