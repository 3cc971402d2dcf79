"""Databases by SQLAlchemy, under the names of `prefect_sqlalchemy`. Needs the extra: `pip install 'pacc[sqlalchemy]'`."""

from pacc.integrations.sqlalchemy.credentials import ConnectionComponents
from pacc.integrations.sqlalchemy.database import SqlAlchemyConnector

__all__ = ["ConnectionComponents", "SqlAlchemyConnector"]
