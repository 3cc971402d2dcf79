"""The concurrency limits, global ones and those of tags: what is taken of each, by whom, and who waits."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar

from pacc._internal.counting import counted
from pacc._internal.visible import visible
from pacc.presentation import concurrency as presented
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.schemas.concurrency import TAG_PREFIX
from pacc.services import concurrency_limits
from pacc.tui import actions
from pacc.tui.screens import asking
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.schemas.concurrency import GlobalConcurrencyLimit, LimitInUse
    from pacc.store import Store

NAME = Field(
    "name",
    "text",
    "What code asks for, or tag:TAG for the task runs with a tag.",
    NO_DEFAULT,
    required=True,
    secret=False,
)
SLOTS = Field("slots", "whole number", "How much may go on at once.", NO_DEFAULT, required=True, secret=False)
DECAY = Field(
    "decay",
    "number",
    "Taken slots that become free in a second by themselves, for a rate.",
    NO_DEFAULT,
    required=False,
    secret=False,
)


def _read(store: Store, _: datetime) -> list[LimitInUse]:
    limits = (*concurrency_limits.select(store), *concurrency_limits.select(store, tags=True))
    return [concurrency_limits.in_use(store, each) for each in limits]


def _command(row: LimitInUse | None) -> str:
    return "pacc gcl ls" if row is None else f"pacc {_words(row.limit, 'inspect')}"


def _words(limit: GlobalConcurrencyLimit, verb: str) -> str:
    if limit.tag is not None:
        return f"concurrency-limit {verb} {quote(limit.tag)}"
    return f"gcl {verb} {quote(limit.name)}"


def _tell(store: Store, row: LimitInUse, now: datetime) -> Told:
    found = concurrency_limits.read(store, row.limit.id)
    taken = concurrency_limits.slots(store, found.id)
    names = concurrency_limits.names_of_holders(store, taken)
    waiting = concurrency_limits.waiting(store, found)
    return Told.of(presented.limit_description(found, taken, names, now, waiting))


# --------------------------------------------------------------------------------------------- acting


def _toggle(limit: GlobalConcurrencyLimit) -> Asked | str:
    if limit.tag is not None:
        return "The limit of a tag always counts; D deletes it."
    verb = "disable" if limit.active else "enable"
    says = "lets everyone through" if limit.active else "counts again"

    def act(store: Store, _: Mapping[str, Any]) -> str:
        concurrency_limits.update(store, limit.name, active=not limit.active)
        return f'The concurrency limit "{limit.name}" {says}.'

    question = "Let everyone through" if limit.active else "Let it count again:"
    return Asked(
        question=f'{question} the concurrency limit "{visible(limit.name)}"?',
        command=f"pacc {_words(limit, verb)}",
        yes=f"{verb} it",
        act=act,
    )


def _change(limit: GlobalConcurrencyLimit) -> Asked:
    def command(typed: Mapping[str, str]) -> str:
        slots = quote(typed["slots"].strip() or "COUNT")
        if limit.tag is not None:
            return f"pacc concurrency-limit create {quote(limit.tag)} {slots}"
        return f"pacc gcl update {quote(limit.name)} --limit {slots}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        changed = concurrency_limits.update(store, limit.name, limit=values["slots"])
        return f'"{changed.name}" has {counted(changed.limit, "slot")} now.'

    return Asked(
        question=f'The limit "{visible(limit.name)}"',
        command=command,
        yes="sets it",
        act=act,
        fields=(SLOTS,),
        values={"slots": str(limit.limit)},
    )


def _reset(limit: GlobalConcurrencyLimit) -> Asked:
    def act(store: Store, _: Mapping[str, Any]) -> str:
        concurrency_limits.update(store, limit.name, active_slots=0)
        return f'All slots of "{limit.name}" count as free.'

    tag = limit.tag is not None
    return Asked(
        question=f'Take all slots of "{visible(limit.name)}" for free? Whoever holds some goes on.',
        command=f"pacc {_words(limit, 'reset' if tag else 'update')}{'' if tag else ' --active-slots 0'}",
        yes="take them",
        act=act,
    )


def _delete(limit: GlobalConcurrencyLimit) -> Asked:
    def act(store: Store) -> str:
        concurrency_limits.remove(store, limit.name)
        return f'Deleted the concurrency limit "{limit.name}".'

    goes = "Whoever holds slots of it goes on."
    return asking.by_name("limit", limit.name, f"pacc {_words(limit, 'delete')} --yes", act, goes)


def _new() -> Asked:
    def command(typed: Mapping[str, str]) -> str:
        name, slots = typed["name"], quote(typed["slots"].strip() or "COUNT")
        if name.startswith(TAG_PREFIX):
            return f"pacc concurrency-limit create {quote(name.removeprefix(TAG_PREFIX))} {slots}"
        decay = f" --slot-decay-per-second {quote(typed['decay'].strip())}" if typed["decay"].strip() else ""
        return f"pacc gcl create {quote(name or 'NAME')} --limit {slots}{decay}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        made = concurrency_limits.put(
            store, values["name"], values["slots"], slot_decay_per_second=values.get("decay", 0.0)
        )
        return f'Made the concurrency limit "{made.name}" of {counted(made.limit, "slot")}.'

    return Asked(
        question="A new concurrency limit",
        command=command,
        yes="makes it",
        act=act,
        fields=(NAME, SLOTS, DECAY),
    )


class Limits(NounPage):
    """The list of limits."""

    name_of_screen = actions.LIMITS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.LIMITS)]
    noun = Noun(
        title="Limits",
        one="limit",
        many="limits",
        empty="no concurrency limits; n makes one",
        columns=presented.LIST_COLUMNS,
        read=_read,
        identify=lambda row: str(row.limit.id),
        cells=presented.listed_cells,
        command=_command,
        tell=_tell,
        acts={
            "toggle": lambda row: _toggle(row.limit),
            "limit": lambda row: _change(row.limit),
            "reset": lambda row: _reset(row.limit),
            "delete": lambda row: _delete(row.limit),
        },
        makes={"new": _new},
        every=2.0,
        orders=presented.ORDERS,
    )
