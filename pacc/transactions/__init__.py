"""Transactions: tasks that succeed together or are undone together.

A transaction stages what is to be kept, and either commits it (children first, then its hooks, then the record) or rolls back
(its hooks, the last one first, then its children). Every task run that keeps, caches or undoes something is a transaction of its
own inside the one around it.
"""

from pacc.transactions.base import BaseTransaction, Transaction, get_transaction
from pacc.transactions.blocks import (
    AsyncTransaction,
    atransaction,
    transaction,
)
from pacc.transactions.terms import CommitMode, IsolationLevel, TransactionState

__all__ = [
    "AsyncTransaction",
    "BaseTransaction",
    "CommitMode",
    "IsolationLevel",
    "Transaction",
    "TransactionState",
    "atransaction",
    "get_transaction",
    "transaction",
]
