"""`python -m goldfish` is the command `goldfish`."""

from goldfish.adapters.cli.main import main

if __name__ == "__main__":
    main()
