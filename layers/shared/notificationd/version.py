"""Which version of the service this is; the same as in pyproject.toml and in the changelog."""

VERSION = "0.1.0"
