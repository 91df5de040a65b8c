"""What goldfish knows about research: pure rules. No I/O, no clock, no randomness."""
