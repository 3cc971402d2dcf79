"""Where a database is and who one is there, part by part."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, SecretStr

from pacc.integrations._extras import required

__all__ = ["ConnectionComponents"]


def sqlalchemy() -> Any:
    """Return the package.

    Raises:
        ConfigurationError: it is not installed.
    """
    return required("sqlalchemy", package="sqlalchemy", extra="sqlalchemy")


class ConnectionComponents(BaseModel):
    """Where a database is and who one is there.

    Attributes:
        driver: the dialect and the driver, as SQLAlchemy writes them: `postgresql+psycopg`, `sqlite`.
        database: its name, a file's path for SQLite.
        username: who one is there.
        password: what proves it.
        host: the machine.
        port: where it listens.
        query: what the driver takes besides.

    >>> ConnectionComponents(driver="postgresql", database="main", password="shh").password
    SecretStr('**********')
    """

    driver: str = Field(description="The dialect and the driver: postgresql+psycopg, sqlite.")
    database: str | None = Field(default=None, description="Its name, a file's path for SQLite.")
    username: str | None = Field(default=None, description="Who one is there.")
    password: SecretStr | None = Field(default=None, description="What proves it.")
    host: str | None = Field(default=None, description="The machine.")
    port: int | None = Field(default=None, description="Where it listens.")
    query: dict[str, str] | None = Field(default=None, description="What the driver takes besides.")

    def create_url(self) -> Any:
        """Return the address as SQLAlchemy's `URL`.

        Raises:
            ConfigurationError: SQLAlchemy is not installed.
        """
        return sqlalchemy().engine.URL.create(
            drivername=self.driver,
            username=self.username,
            password=self.password and self.password.get_secret_value(),
            host=self.host,
            port=self.port,
            database=self.database,
            query=self.query or {},
        )
