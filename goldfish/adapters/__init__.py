"""The outside world, technology first: each module here makes one port of `goldfish.ports` come true."""
