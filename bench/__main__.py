"""`make bench`: all figures, one after the other; `python -m bench.cost` and so on print one."""

from __future__ import annotations

from bench import cost, dispatch, first_invoke, latency, scale, warm


def main() -> None:
    """Print all tables."""
    print("Ratios and counts compare; times are this machine's, and of this moment.")
    for figure in (cost, first_invoke, warm, dispatch, latency, scale):
        figure.main()


if __name__ == "__main__":
    main()
