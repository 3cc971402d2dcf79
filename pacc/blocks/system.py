"""Blocks that hold one value: a secret, and the older text, JSON and moment, for which a variable does as well today."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import Any, Generic, TypeVar

from pydantic import Field, SecretStr, field_validator
from pydantic import Secret as PydanticSecret

from pacc.blocks.core import Block

__all__ = ["JSON", "DateTime", "Secret", "String"]

T = TypeVar("T")


class Secret(Block, Generic[T]):
    """A value nobody should see: text, or anything JSON can say. It is encrypted in the store, and masked wherever it is shown.

    Attributes:
        value: what to keep.

    Example:
        from pacc.blocks.system import Secret

        Secret(value="sk-1234567890").save("api-key")
        Secret.load("api-key").get()

    >>> Secret(value="sk-1234567890")
    Secret(value=SecretStr('**********'))
    """

    _block_type_name = "Secret"

    value: SecretStr | PydanticSecret[T] = Field(
        description="The value to keep secret: text, or anything JSON can say.",
        examples=["sk-1234567890", {"username": "ada", "password": "s3cr3t"}],
    )

    @field_validator("value", mode="before")
    @classmethod
    def _hide_at_once(cls, value: Any) -> Any:
        """Wrap what is not wrapped, so that no error shows it."""
        if isinstance(value, (SecretStr, PydanticSecret)):
            return value
        return SecretStr(value) if isinstance(value, str) else PydanticSecret(value)

    def get(self) -> Any:
        """Return the value in the clear, with the type it was given with.

        >>> Secret(value={"user": "ada"}).get()
        {'user': 'ada'}
        """
        return self.value.get_secret_value()


class JSON(Block):
    """Anything JSON can say.

    Attributes:
        value: what to keep.

    >>> JSON(value={"city": "Ulm"}).value
    {'city': 'Ulm'}
    """

    _block_type_name = "JSON"

    value: Any = Field(description="A value of JSON.")


class String(Block):
    """A text.

    Attributes:
        value: what to keep.

    >>> String(value="Ulm").value
    'Ulm'
    """

    _block_type_name = "String"

    value: str = Field(description="A text.")


class DateTime(Block):
    """A moment.

    Attributes:
        value: what to keep.

    >>> DateTime(value="2026-11-26T12:00:00Z").value.hour
    12
    """

    _block_type_name = "Date Time"

    value: datetime = Field(description="A moment, as ISO 8601 writes it.")
