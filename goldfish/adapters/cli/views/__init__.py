"""Answers in the form for people. Whatever comes from users, logs or files passes through `inert`."""
