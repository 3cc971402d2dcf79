"""`SqlAlchemyConnector`: a database that is asked and changed by SQL, over any driver SQLAlchemy has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr, SecretStr

from pacc.blocks.abstract import CredentialsBlock, DatabaseBlock
from pacc.exceptions import InvalidValueError
from pacc.integrations.sqlalchemy.credentials import (
    ConnectionComponents,
    sqlalchemy,
)

if TYPE_CHECKING:
    from typing import Self

__all__ = ["SqlAlchemyConnector"]


class SqlAlchemyConnector(CredentialsBlock, DatabaseBlock):
    """A database that is asked and changed by SQL. Used as a context manager it closes its connections at the end.

    A `fetch` method with the same statement and parameters as before goes on where the last one stopped, until `reset_cursors`.

    Attributes:
        connection_info: where the database is: its parts, or an address such as `postgresql+psycopg://ada:...@host/main`.
        connect_args: what the driver's `connect` takes besides.
        fetch_size: how many rows `fetch_many` returns unless told.

    Example:
        from pacc.integrations.sqlalchemy import ConnectionComponents, SqlAlchemyConnector

        where = ConnectionComponents(driver="sqlite", database="/srv/main.db")
        SqlAlchemyConnector(connection_info=where).save("main")
        with SqlAlchemyConnector.load("main") as database:
            database.execute("INSERT INTO city VALUES (:name)", parameters={"name": "Ulm"})
            rows = database.fetch_all("SELECT * FROM city")
    """

    _block_type_name = "SQLAlchemy Connector"
    _block_type_slug = "sqlalchemy-connector"

    connection_info: ConnectionComponents | SecretStr = Field(
        description="Where the database is: its parts, or an address."
    )
    connect_args: dict[str, Any] | None = Field(
        default=None, description="What the driver's connect takes besides."
    )
    fetch_size: int = Field(default=1, ge=1, description="How many rows fetch_many returns unless told.")

    _engine: Any = PrivateAttr(default=None)
    _connection: Any = PrivateAttr(default=None)
    _results: dict[str, Any] = PrivateAttr(default_factory=dict)

    # -- connecting

    def get_engine(self, **options: Any) -> Any:
        """Return SQLAlchemy's engine for the database, made once.

        Args:
            options: what `create_engine` takes besides, for the first call.

        Raises:
            ConfigurationError: SQLAlchemy is not installed.
            InvalidValueError: there is no such driver, or the address is none.
        """
        if self._engine is None:
            alchemy = sqlalchemy()
            try:
                self._engine = alchemy.create_engine(
                    self._url(alchemy), connect_args=self.connect_args or {}, **options
                )
            except (alchemy.exc.ArgumentError, ImportError) as error:
                problem = str(error) if isinstance(error, ImportError) else "it is no address of a database"
                raise InvalidValueError(f"the database cannot be reached: {problem}") from None
        return self._engine

    def _url(self, alchemy: Any) -> Any:
        where = self.connection_info
        return (
            where.create_url()
            if isinstance(where, ConnectionComponents)
            else alchemy.make_url(where.get_secret_value())
        )

    def get_connection(self, begin: bool = True, **options: Any) -> Any:
        """Return a new connection, to be closed by whoever asked for it.

        Args:
            begin: as a context manager that commits at its end; a plain connection otherwise.
            options: what the engine's `connect` takes besides.
        """
        engine = self.get_engine()
        return engine.begin(**options) if begin else engine.connect(**options)

    def get_client(self, client_type: Literal["engine", "connection"], **options: Any) -> Any:
        """Return the engine or a new connection.

        Args:
            client_type: which of the two.
            options: what `get_engine` or `get_connection` takes.

        Raises:
            InvalidValueError: it is none of the two.
        """
        if client_type not in ("engine", "connection"):
            raise InvalidValueError(f'a client is an "engine" or a "connection", not a "{client_type}"')
        return self.get_engine(**options) if client_type == "engine" else self.get_connection(**options)

    def _connected(self) -> Any:
        if self._connection is None:
            self._connection = self.get_engine().connect()
        return self._connection

    # -- asking

    def fetch_one(self, operation: str, parameters: dict[str, Any] | None = None, **options: Any) -> Any:
        """Return the next row of a query, `None` after the last one.

        Args:
            operation: the statement, with `:name` where a parameter goes.
            parameters: values by name.
            options: SQLAlchemy's execution options.
        """
        return self._result(operation, parameters, options).fetchone()

    def fetch_many(
        self,
        operation: str,
        parameters: dict[str, Any] | None = None,
        size: int | None = None,
        **options: Any,
    ) -> Any:
        """Return the next rows of a query as a list.

        Args:
            operation: the statement, with `:name` where a parameter goes.
            parameters: values by name.
            size: so many at most; `fetch_size` unless given.
            options: SQLAlchemy's execution options.
        """
        return self._result(operation, parameters, options).fetchmany(size or self.fetch_size)

    def fetch_all(self, operation: str, parameters: dict[str, Any] | None = None, **options: Any) -> Any:
        """Return all rows of a query that are left as a list.

        Args:
            operation: the statement, with `:name` where a parameter goes.
            parameters: values by name.
            options: SQLAlchemy's execution options.
        """
        return self._result(operation, parameters, options).fetchall()

    def _result(self, operation: str, parameters: dict[str, Any] | None, options: dict[str, Any]) -> Any:
        key = repr((str(operation), sorted((parameters or {}).items()), sorted(options.items())))
        if key not in self._results:
            connection = self._connected()
            statement = sqlalchemy().text(operation) if isinstance(operation, str) else operation
            self._results[key] = connection.execute(
                statement, parameters or {}, execution_options=options or None
            )
        return self._results[key]

    def execute(self, operation: str, parameters: dict[str, Any] | None = None, **options: Any) -> Any:
        """Run a statement that returns nothing, commit it, and return SQLAlchemy's result.

        Args:
            operation: the statement, with `:name` where a parameter goes.
            parameters: values by name.
            options: SQLAlchemy's execution options.
        """
        return self._executed(operation, parameters or {}, options)

    def execute_many(self, operation: str, seq_of_parameters: list[dict[str, Any]], **options: Any) -> Any:
        """Run a statement once for each set of parameters, commit them together, and return SQLAlchemy's result.

        Args:
            operation: the statement, with `:name` where a parameter goes.
            seq_of_parameters: values by name, a dict for each time.
            options: SQLAlchemy's execution options.
        """
        return self._executed(operation, seq_of_parameters, options)

    def _executed(self, operation: str, parameters: Any, options: dict[str, Any]) -> Any:
        """On the block's own connection, which is the only one there is to a database in memory."""
        connection = self._connected()
        statement = sqlalchemy().text(operation) if isinstance(operation, str) else operation
        try:
            result = connection.execute(statement, parameters, execution_options=options or None)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
        return result

    # -- ending

    def reset_cursors(self) -> None:
        """Let the next `fetch` of every statement begin anew."""
        while self._results:
            self._results.popitem()[1].close()

    def reset_connections(self) -> None:
        """Close the connection and what is left of its results; the next call opens another."""
        self.reset_cursors()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Close everything; the block can be used again afterwards."""
        self.reset_connections()
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
