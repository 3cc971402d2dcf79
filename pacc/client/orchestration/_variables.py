"""The client's methods for variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.services import (
    variables,
)

if TYPE_CHECKING:
    from pacc.schemas.variables import Variable, VariableCreate, VariableUpdate


class VariableClient(OfStore):
    """What code that does not await asks and says about variables."""

    def create_variable(self, variable: VariableCreate) -> Variable:
        """Make a variable; `ObjectAlreadyExists` if its name is taken."""
        return variables.put(self._store, variable.name, variable.value, tags=variable.tags)

    def read_variable_by_name(self, name: str) -> Variable | None:
        """Return the variable of that name, `None` where there is none."""
        return variables.find(self._store, name)

    def read_variables(self, limit: int | None = None) -> list[Variable]:
        """Return the variables by name."""
        return variables.select(self._store, limit=limit)

    def update_variable(self, variable: VariableUpdate) -> None:
        """Change what is given about a variable; `ObjectNotFound` if there is none of that name."""
        variables.update(self._store, variable.name, value=variable.value, tags=variable.tags)

    def delete_variable_by_name(self, name: str) -> None:
        """Remove a variable; `ObjectNotFound` if there is none of that name."""
        variables.remove(self._store, name)


class VariableAsyncClient(OfStore):
    """The same for code that awaits, derived from `VariableClient`."""

    create_variable = awaitable(VariableClient.create_variable)
    read_variable_by_name = awaitable(VariableClient.read_variable_by_name)
    read_variables = awaitable(VariableClient.read_variables)
    update_variable = awaitable(VariableClient.update_variable)
    delete_variable_by_name = awaitable(VariableClient.delete_variable_by_name)
