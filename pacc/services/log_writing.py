"""Lines that somebody besides a run writes into its log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc.exceptions import InvalidValueError, ObjectNotFound, StoreError
from pacc.schemas.logs import LogCreate
from pacc.services.references import FLOW_RUN, TASK_RUN, read_row
from pacc.store.log_files import log_path
from pacc.store.log_writing import RunLog, encode_line, line_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc.store import Store


def write(store: Store, logs: Iterable[LogCreate | Mapping[str, Any]]) -> None:
    """Append lines to the logs of runs: all of them, or none where one cannot be.

    Args:
        store: the store of the runs; its home has the log files.
        logs: the lines, as records or as mappings of their fields, with times and ids as text if they came as JSON.

    Raises:
        InvalidValueError: one is no line, or is about no run.
        ObjectNotFound: there is no such run.
        StoreError: a log file cannot be written.

    >>> write(store, [{"name": "dbt", "level": 20, "message": "built", "timestamp": now, "flow_run_id": run.id}])  # doctest: +SKIP
    """
    store.journal.flush()
    written: dict[str, list[bytes]] = {}
    for each in logs:
        line = each if isinstance(each, LogCreate) else _from_fields(each)
        run_id, head = _place(store, line)
        encoded = encode_line(
            time=clock.from_datetime(line.timestamp), level=line.level, head=head, message=line.message
        )
        written.setdefault(run_id, []).append(encoded)
    for run_id, lines in written.items():
        _append(RunLog(log_path(store.home, run_id)), b"".join(lines))


def _append(log: RunLog, lines: bytes) -> None:
    log.write(lines)
    log.close()
    if log.lost:
        raise StoreError(f"the log {log.path} cannot be written")


def _place(store: Store, line: LogCreate) -> tuple[str, str]:
    """Return the run whose file a line goes into, and how the line begins."""
    if line.task_run_id is None:
        if line.flow_run_id is None:
            raise InvalidValueError("a line of a log is about a flow run or a task run; give the id of one")
        return str(read_row(store, FLOW_RUN, line.flow_run_id)["id"]), line_head(line.name)
    row = read_row(store, TASK_RUN, line.task_run_id)
    if line.flow_run_id is not None and row["flow_run_id"] != str(line.flow_run_id):
        raise ObjectNotFound(
            f'the flow run "{line.flow_run_id}" has no task run "{line.task_run_id}"', hint=TASK_RUN.listing
        )
    return row["flow_run_id"] or row["id"], line_head(line.name, row["id"], row["name"])


def _from_fields(fields: Mapping[str, Any]) -> LogCreate:
    given = {name: fields.get(name) for name in LogCreate.__slots__}
    try:
        moment, level = given["timestamp"], given["level"]
        when = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
        return LogCreate(
            name=str(given["name"] or "pacc"),
            level=int(str(level)),
            message=str(fields["message"]),
            timestamp=when if when.tzinfo is not None else when.replace(tzinfo=UTC),
            flow_run_id=_identity(given["flow_run_id"]),
            task_run_id=_identity(given["task_run_id"]),
        )
    except (KeyError, ValueError) as error:
        raise InvalidValueError(f"that is no line of a log: {error}") from None


def _identity(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(str(value))
