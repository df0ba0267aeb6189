"""`python -m workers.cli`: the same as `souk`, for processes that we start ourselves."""

from workers.cli import main

if __name__ == "__main__":
    main()
