"""The one error of the sandbox's own routes."""

from collections.abc import Mapping


class InvalidFieldsError(ValueError):
    """A request to the sandbox itself that can't be taken.

    Attributes:
        errors: what is wrong with each field or query parameter, by its name.

    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep the errors, and join them into one sentence."""
        super().__init__("; ".join(f"{name} {text}".strip() for name, text in errors.items()))
        self.errors = errors
