"""The automations: what each waits for and does, when it fired, what it would have done; switched on and off."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation import automations as presented
from pacc.presentation.automations import ListedAutomation
from pacc.services import automations
from pacc.tui import actions
from pacc.tui.editor import EditorFailed, have_written
from pacc.tui.nouns import automation_form
from pacc.tui.screens import asking
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told, may_act
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.schemas.firings import KeptAutomation
    from pacc.store import Store

FIRINGS = 10
_NOT_WRITTEN = ("id", "owner_resource")


def _read(store: Store, _: datetime) -> list[ListedAutomation]:
    fired = automations.last_fired(store)
    return [ListedAutomation(each, fired.get(each.id)) for each in automations.select(store)]


def _tell(store: Store, listed: ListedAutomation, now: datetime) -> Told:
    from pacc.services import automation_files  # start-up: pydantic

    kept = automations.read(store, listed.automation.id)
    sentence = automations.model_of(kept).trigger.describe_for_cli()
    firings = automations.firings(store, kept.id, limit=FIRINGS)
    names = automation_files.names(store, kept)
    return Told.of(presented.automation_description(kept, sentence, firings, now, names))


def _rehearse(store: Store, listed: ListedAutomation, now: datetime) -> Told:
    """Say what the automation would have done on the events of the last day."""
    kept = automations.read(store, listed.automation.id)
    return Told(
        title=visible(f'What "{kept.name}" would have done in the last 24 h'),
        lines=automation_form.rehearsed(store, automations.model_of(kept), now),
        facts=(),
    )


class _Written(NamedTuple):
    """An automation as YAML."""

    id: str
    name: str
    text: str


def _written(store: Store, listed: ListedAutomation) -> _Written:
    from pacc.tui.written_forms import to_yaml  # start-up: only to edit one

    kept = automations.read(store, listed.automation.id)
    plain = {
        name: value for name, value in presented.plain_automation(kept).items() if name not in _NOT_WRITTEN
    }
    return _Written(
        str(kept.id),
        kept.name,
        f"# pacc automation update --id {kept.id} --from-file FILE\n{to_yaml(plain)}",
    )


def _problem(text: str) -> str | None:
    """Return what is wrong with a text before anything is looked up."""
    from pacc.tui.written_forms import read_yaml  # start-up: as above

    try:
        told = read_yaml(text)
    except ValueError as error:
        return str(error)
    return None if isinstance(told, dict) else "it should be fields with values: name, trigger, actions"


def _update(store: Store, automation_id: str, text: str) -> str:
    from pacc.services import automation_files  # start-up: pydantic
    from pacc.tui.written_forms import read_yaml  # start-up: as above

    changed = automations.update(store, automation_id, automation_files.from_plain(store, read_yaml(text)))
    return f'Updated automation "{changed.name}".'


# --------------------------------------------------------------------------------------------- acting


def _command(kept: KeptAutomation, verb: str) -> str:
    return f"pacc automation {verb} {quote(kept.name)}"


def _toggle(listed: ListedAutomation) -> Asked:
    kept = listed.automation
    verb, done = ("pause", "Paused") if kept.enabled else ("resume", "Resumed")

    def act(store: Store, _: Mapping[str, Any]) -> str:
        (automations.disable if kept.enabled else automations.enable)(store, kept.id)
        return f'{done} automation "{kept.name}".'

    says = "fires no longer" if kept.enabled else "fires again, on what happens from now on"
    return Asked(
        question=f'{verb.capitalize()} the automation "{visible(kept.name)}"? It {says}.',
        command=_command(kept, verb),
        yes=f"{verb} it",
        act=act,
    )


def _delete(listed: ListedAutomation) -> Asked:
    kept = listed.automation

    def act(store: Store) -> str:
        automations.delete(store, kept.id)
        return f'Deleted automation "{kept.name}".'

    goes = "The record of what it did goes with it."
    return asking.by_name("automation", kept.name, f"{_command(kept, 'delete')} --yes", act, goes)


class Automations(NounPage):
    """The list of automations."""

    name_of_screen = actions.AUTOMATIONS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.AUTOMATIONS)]
    noun = Noun(
        title="Automations",
        one="automation",
        many="automations",
        empty="no automations yet; n makes one",
        columns=presented.LIST_COLUMNS,
        read=_read,
        identify=lambda listed: str(listed.automation.id),
        cells=presented.listed_cells,
        command=lambda row: "pacc automation ls" if row is None else _command(row.automation, "inspect"),
        tell=_tell,
        acts={"toggle": _toggle, "delete": _delete},
        makes={"new": automation_form.asked},
        tells={"rehearse": _rehearse},
        orders=presented.ORDERS,
        also={
            "about": lambda listed: listed.automation.description,
            "tag": lambda listed: listed.automation.tags,
        },
    )
    _draft: _Written | None = None
    """What was written and refused; it is gone on with."""

    def act_edit(self) -> None:
        """Have the automation under the cursor edited as YAML."""
        row: ListedAutomation | None = self.table.current_row
        if row is None or not may_act(self):
            return
        if self._draft is not None and self._draft.id == str(row.automation.id):
            self._edit(self._draft)
        else:
            self.do("written", lambda store: _written(store, row))

    def _edit(self, written: _Written) -> None:
        def take(text: str) -> None:
            self._draft = written._replace(text=text)
            self.do("updated", lambda store: _update(store, written.id, text))

        try:
            have_written(self.dashboard, visible(f"Automation {written.name}"), written.text, _problem, take)
        except EditorFailed as error:
            self.notify(visible(str(error)), severity="error", markup=False)

    def done(self, name: str, value: Any) -> None:
        """Show what is to be edited; forget what was written once it is kept."""
        if isinstance(value, _Written):
            self._edit(value)
            return
        if name == "updated":
            self._draft = None
        super().done(name, value)
