"""Everything that can be done on the dashboard: the one list that feeds keys, footer, palette and help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

from pacc.exceptions import InvalidValueError
from pacc.tui.places import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable

HOME, RUNS, TASK_RUNS, DEPLOYMENTS = "home", "runs", "task runs", "deployments"
RUN, TASK_RUN, MATRIX = "run", "task run", "matrix"
FLOWS, POOLS, LIMITS, VARIABLES, BACKFILLS = "flows", "pools", "limits", "variables", "backfills"
ARTIFACTS, EVENTS, AUTOMATIONS = "artifacts", "events", "automations"
BLOCKS, SETTINGS, DOCTOR, QUEUE = "blocks", "settings", "doctor", "queue"
ON_RUNS = frozenset({HOME, RUNS, RUN, MATRIX})
IN_RUNS = frozenset({RUN, TASK_RUN})
LISTS = frozenset({RUNS, TASK_RUNS})
EXPLAINED = ON_RUNS | {TASK_RUNS, TASK_RUN, DEPLOYMENTS}
NOUNS = frozenset(
    {
        FLOWS,
        POOLS,
        LIMITS,
        VARIABLES,
        BACKFILLS,
        ARTIFACTS,
        EVENTS,
        AUTOMATIONS,
        BLOCKS,
        SETTINGS,
        DOCTOR,
        QUEUE,
    }
)
EVERYWHERE = EXPLAINED | NOUNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that can be done."""

    name: str
    """The screen's method is `act_` and this."""
    key: str
    """What is pressed, as Textual calls it; empty for what only the palette has."""
    shown: str
    """What is pressed, as people write it."""
    label: str
    """One or two words for the footer; empty where the footer leaves it out."""
    help: str
    """A sentence for the palette and the help page."""
    screens: frozenset[str] = EVERYWHERE


ACTIONS = (
    Action(
        name="why",
        key="w",
        shown="w",
        label="why",
        help="Say why it is as it is.",
        screens=EXPLAINED | {QUEUE},
    ),
    Action(name="cancel", key="x", shown="x", label="cancel", help="Cancel the run.", screens=ON_RUNS),
    Action(
        name="new",
        key="n",
        shown="n",
        label="add",
        help="Put a command into the group.",
        screens=frozenset({QUEUE}),
    ),
    Action(
        name="cancel",
        key="x",
        shown="x",
        label="stop",
        help="End the command with every process it has started, or take it out of the queue.",
        screens=frozenset({QUEUE}),
    ),
    *(
        Action(name=name, key=key, shown=key, label=label, help=help, screens=frozenset({TASK_RUN}))
        for name, key, label, help in (
            ("cancel", "x", "", "Cancel the flow run it is in."),
            ("kill", "X", "", "Kill all processes of the flow run it is in at once, without time to end."),
            ("retry", "T", "", "Show what a retry of the flow run it is in would reuse, and retry that."),
        )
    ),
    Action(
        name="kill",
        key="X",
        shown="X",
        label="",
        help="Kill all processes of the run at once, without time to end.",
        screens=ON_RUNS | {QUEUE},
    ),
    Action(
        name="retry",
        key="T",
        shown="T",
        label="again",
        help="Run a command again that has ended.",
        screens=frozenset({QUEUE}),
    ),
    Action(
        name="retry",
        key="T",
        shown="T",
        label="retry",
        help="Show what a retry would reuse, and retry the run.",
        screens=ON_RUNS,
    ),
    Action(
        name="run",
        key="r",
        shown="r",
        label="run now",
        help="Start a run of the deployment.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="custom_run",
        key="R",
        shown="R",
        label="custom run",
        help="Start a run of the deployment with values of your own.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="custom_run",
        key="R",
        shown="R",
        label="",
        help="Start one more run of its deployment, with the values of this one or others.",
        screens=ON_RUNS,
    ),
    Action(
        name="preview",
        key="P",
        shown="P",
        label="next times",
        help="Show when the deployment runs next by itself.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="toggle",
        key="t",
        shown="t",
        label="pause/resume",
        help="Pause the deployment's schedules, or resume them.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="add",
        key="a",
        shown="a",
        label="add schedule",
        help="Give the deployment one more schedule.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="backfill",
        key="B",
        shown="B",
        label="backfill",
        help="Make the runs that its schedules would have made between two times.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="edit",
        key="e",
        shown="e",
        label="edit",
        help="Change what the deployment is like: its tags, its limit, its work pool, its parameters.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="new",
        key="n",
        shown="n",
        label="",
        help="Say how a deployment is made.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="stats",
        key="H",
        shown="H",
        label="how it went",
        help="Show how many of the deployment's runs completed, how long they took and how late they began.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="unpause",
        key="u",
        shown="u",
        label="",
        help="Let a paused run go on, with the input it asks for.",
        screens=ON_RUNS,
    ),
    Action(
        name="toggle",
        key="t",
        shown="t",
        label="pause/resume",
        help="Let the runs of the pool or the queue wait, or go on.",
        screens=frozenset({POOLS}),
    ),
    Action(
        name="toggle",
        key="t",
        shown="t",
        label="on/off",
        help="Let everyone through the limit, or let it count again.",
        screens=frozenset({LIMITS}),
    ),
    Action(
        name="toggle",
        key="t",
        shown="t",
        label="on/off",
        help="Let the automation fire no longer, or again.",
        screens=frozenset({AUTOMATIONS}),
    ),
    Action(
        name="toggle",
        key="t",
        shown="t",
        label="aside/pause",
        help="Put a command aside that waits, or back; pause a group, or let it go on.",
        screens=frozenset({QUEUE}),
    ),
    Action(
        name="move_down",
        key="J",
        shown="J K",
        label="reorder",
        help="Have a command that waits run later than the next one of its group, or earlier than the one before.",
        screens=frozenset({QUEUE}),
    ),
    Action(
        name="move_up",
        key="K",
        shown="",
        label="",
        help="Have a command that waits run before the one before it.",
        screens=frozenset({QUEUE}),
    ),
    Action(
        name="rehearse",
        key="P",
        shown="P",
        label="try out",
        help="Say what the automation would have done on the events of the last 24 hours.",
        screens=frozenset({AUTOMATIONS}),
    ),
    Action(
        name="hold",
        key="space",
        shown="space",
        label="hold",
        help="Let the list stand still, or go on.",
        screens=frozenset({EVENTS}),
    ),
    Action(
        name="automate",
        key="A",
        shown="A",
        label="automate",
        help="Begin an automation that minds such events.",
        screens=frozenset({EVENTS}),
    ),
    Action(
        name="raw",
        key="v",
        shown="v",
        label="raw",
        help="Show the event as JSON, or in words.",
        screens=frozenset({EVENTS}),
    ),
    Action(
        name="raw",
        key="v",
        shown="v",
        label="JSON",
        help="Show the block as JSON, its secrets masked, or in words.",
        screens=frozenset({BLOCKS}),
    ),
    Action(
        name="users",
        key="U",
        shown="U",
        label="who uses it",
        help="Show the blocks, deployments, automations and work pools that name the block.",
        screens=frozenset({BLOCKS}),
    ),
    Action(
        name="open",
        key="o",
        shown="o",
        label="go to it",
        help="Go to what it is about, a run, a deployment, a block and so on; enter does, too, from the details.",
        screens=frozenset({EVENTS}),
    ),
    Action(
        name="open",
        key="o",
        shown="o",
        label="its runs",
        help="Show the runs of the flow.",
        screens=frozenset({FLOWS}),
    ),
    Action(
        name="open",
        key="o",
        shown="o",
        label="",
        help="Show the runs of the deployment.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="earlier",
        key="left_square_bracket",
        shown="[",
        label="earlier",
        help="Show the version before.",
        screens=frozenset({ARTIFACTS}),
    ),
    Action(
        name="later",
        key="right_square_bracket",
        shown="]",
        label="later",
        help="Show the version after.",
        screens=frozenset({ARTIFACTS}),
    ),
    Action(
        name="changes",
        key="equals_sign",
        shown="=",
        label="changes",
        help="Show what changed since the version before.",
        screens=frozenset({ARTIFACTS}),
    ),
    Action(
        name="rows",
        key="v",
        shown="v",
        label="rows",
        help="Show the rows of a table, to sort, narrow and copy them.",
        screens=frozenset({ARTIFACTS}),
    ),
    Action(
        name="open",
        key="o",
        shown="o",
        label="follow link",
        help="Open the link, or the image on the web, in a browser.",
        screens=frozenset({ARTIFACTS}),
    ),
    Action(
        name="parent",
        key="p",
        shown="p",
        label="its run",
        help="Open the flow run that made it.",
        screens=frozenset({ARTIFACTS}),
    ),
    Action(
        name="filter",
        key="slash",
        shown="/",
        label="filter",
        help="Narrow the list: event:flow-run.* resource: related: 2h words.",
        screens=frozenset({EVENTS}),
    ),
    Action(
        name="limit",
        key="C",
        shown="C",
        label="set limit",
        help="Say how much may go on at once.",
        screens=frozenset({POOLS, LIMITS}),
    ),
    Action(
        name="limit",
        key="C",
        shown="C",
        label="slots",
        help="Say how many commands of the group run at once.",
        screens=frozenset({QUEUE}),
    ),
    Action(
        name="reset",
        key="z",
        shown="z",
        label="free slots",
        help="Take all slots of the limit for free.",
        screens=frozenset({LIMITS}),
    ),
    Action(
        name="new",
        key="n",
        shown="n",
        label="new",
        help="Make a new one.",
        screens=frozenset({POOLS, LIMITS, BLOCKS, VARIABLES, AUTOMATIONS}),
    ),
    Action(
        name="edit",
        key="e",
        shown="e",
        label="priority",
        help="Give the queue another priority: 1 goes first.",
        screens=frozenset({POOLS}),
    ),
    Action(
        name="new_group",
        key="N",
        shown="N",
        label="new group",
        help="Make a group, which runs so many of its commands at once.",
        screens=frozenset({QUEUE}),
    ),
    Action(
        name="new_queue",
        key="N",
        shown="N",
        label="new queue",
        help="Make a queue of the pool, with a place among its queues.",
        screens=frozenset({POOLS}),
    ),
    Action(
        name="edit",
        key="e",
        shown="e",
        label="edit",
        help="Change it as YAML, in the editor.",
        screens=frozenset({AUTOMATIONS}),
    ),
    Action(
        name="edit",
        key="e",
        shown="e",
        label="edit",
        help="Give a command that waits another text or priority.",
        screens=frozenset({QUEUE}),
    ),
    Action(
        name="edit",
        key="e",
        shown="e",
        label="edit",
        help="Give it another value.",
        screens=frozenset({BLOCKS, VARIABLES, SETTINGS}),
    ),
    Action(
        name="unset",
        key="u",
        shown="u",
        label="unset",
        help="Take the setting out of the active profile.",
        screens=frozenset({SETTINGS}),
    ),
    Action(
        name="again",
        key="ctrl+r",
        shown="ctrl+r",
        label="look again",
        help="Look the home and the store over once more.",
        screens=frozenset({DOCTOR}),
    ),
    Action(
        name="backup",
        key="B",
        shown="B",
        label="backup",
        help="Copy the store into one file.",
        screens=frozenset({DOCTOR}),
    ),
    Action(
        name="vacuum",
        key="V",
        shown="V",
        label="vacuum",
        help="Give room that nothing uses back to the system.",
        screens=frozenset({DOCTOR}),
    ),
    Action(
        name="prune",
        key="P",
        shown="P",
        label="prune",
        help="Delete runs that ended long ago, once you know how much that would free.",
        screens=frozenset({DOCTOR}),
    ),
    Action(
        name="another_key",
        key="K",
        shown="K",
        label="new key",
        help="Encrypt the secrets of all blocks with a new key.",
        screens=frozenset({DOCTOR}),
    ),
    Action(
        name="cancel",
        key="x",
        shown="x",
        label="cancel",
        help="Make no more runs of the backfill, and cancel those that nobody has begun.",
        screens=frozenset({BACKFILLS}),
    ),
    Action(
        name="delete",
        key="D",
        shown="D",
        label="delete",
        help="Delete it, once its name is typed.",
        screens=frozenset({DEPLOYMENTS, POOLS, LIMITS, BLOCKS, VARIABLES, ARTIFACTS, AUTOMATIONS}),
    ),
    Action(
        name="delete",
        key="D",
        shown="D",
        label="delete",
        help="Delete the run, once its name is typed, or all that is marked, once their number is.",
        screens=frozenset({RUNS}),
    ),
    Action(
        name="delete",
        key="D",
        shown="D",
        label="",
        help="Delete the run, once its name is typed.",
        screens=ON_RUNS - {RUNS},
    ),
    Action(
        name="filter",
        key="slash",
        shown="/",
        label="filter",
        help="Narrow the list: state: flow: deployment: pool: tag: name: id: after: before: 2h; - before a term leaves out.",
        screens=LISTS,
    ),
    Action(
        name="filter",
        key="slash",
        shown="/",
        label="filter",
        help="Narrow the list: flow: pool: queue: tag: name: id: words; - before a term leaves out.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="filter",
        key="slash",
        shown="/",
        label="filter",
        help="Narrow the list: words, a column and its words such as name:etl; - before one leaves out.",
        screens=NOUNS - {EVENTS},
    ),
    Action(
        name="sort",
        key="s",
        shown="s",
        label="sort",
        help="Sort by the next order: newest, started, ended, name.",
        screens=LISTS,
    ),
    Action(
        name="sort",
        key="s",
        shown="s",
        label="sort",
        help="Sort by the next order; the line over the list names it.",
        screens=NOUNS - {EVENTS} | {DEPLOYMENTS},
    ),
    Action(
        name="mark",
        key="space",
        shown="space",
        label="mark",
        help="Mark the run, for what is done with many at once: x, X, T, D.",
        screens=frozenset({RUNS}),
    ),
    Action(
        name="mark",
        key="space",
        shown="space",
        label="mark",
        help="Mark the deployment, for what is done with many at once: r, t, D.",
        screens=frozenset({DEPLOYMENTS}),
    ),
    Action(
        name="saved",
        key="S",
        shown="S",
        label="saved searches",
        help="Take one of the saved searches, or save this one.",
        screens=LISTS | NOUNS | {DEPLOYMENTS},
    ),
    Action(
        name="other_runs",
        key="v",
        shown="v",
        label="flow/task runs",
        help="Show task runs instead of flow runs, or flow runs instead of task runs.",
        screens=LISTS,
    ),
    Action(
        name="older",
        key="right_square_bracket",
        shown="]",
        label="",
        help="List the task runs behind these, where there are more than are listed at once; j on the last one does, too.",
        screens=frozenset({TASK_RUNS}),
    ),
    Action(
        name="newer",
        key="left_square_bracket",
        shown="[",
        label="",
        help="List the task runs before these.",
        screens=frozenset({TASK_RUNS}),
    ),
    Action(
        name="matrix",
        key="M",
        shown="M",
        label="matrix",
        help="Show how each task of the flow ended in its last runs.",
        screens=frozenset({RUNS, FLOWS, DEPLOYMENTS}),
    ),
    Action(
        name="matrix",
        key="M",
        shown="M",
        label="",
        help="Show how each task of the run's flow ended in its last runs.",
        screens=frozenset({HOME, RUN}),
    ),
    Action(
        name="facts",
        key="i",
        shown="i",
        label="details",
        help="Show everything about it: parameters, states, times.",
    ),
    Action(
        name="view",
        key="v",
        shown="v",
        label="tree/lanes/graph",
        help="Show what ran as a tree, in lanes or as a graph.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="pane",
        key="right_square_bracket",
        shown="]",
        label="next pane",
        help="Show the next pane: parameters, artifacts, states, result, dependencies, resources.",
        screens=IN_RUNS,
    ),
    Action(
        name="pane_before",
        key="left_square_bracket",
        shown="[",
        label="",
        help="Show the pane before.",
        screens=IN_RUNS,
    ),
    Action(
        name="log",
        key="apostrophe",
        shown="'",
        label="",
        help="Go to the log, where a pane has taken its place.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="find",
        key="slash",
        shown="/",
        label="find",
        help="Look for a text in the log.",
        screens=IN_RUNS,
    ),
    Action(
        name="find_next",
        key="n",
        shown="n",
        label="",
        help="Go to the next line of the log with the text.",
        screens=IN_RUNS,
    ),
    Action(
        name="find_before",
        key="N",
        shown="N",
        label="",
        help="Go to the line of the log with the text before this one.",
        screens=IN_RUNS,
    ),
    Action(
        name="level",
        key="L",
        shown="L",
        label="level",
        help="Show only lines of the log that are more serious, or all again.",
        screens=IN_RUNS,
    ),
    Action(
        name="only",
        key="o",
        shown="o",
        label="only this task",
        help="Show only what the task run of the cursor logged, or everything again.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="moment",
        key="m",
        shown="m",
        label="moment",
        help="Go to the line of the log at which the run of the cursor began, or from a line to its task run.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="parent",
        key="p",
        shown="p",
        label="its flow run",
        help="Go to the flow run it is in.",
        screens=frozenset({TASK_RUN, TASK_RUNS}),
    ),
    Action(
        name="parent",
        key="p",
        shown="p",
        label="",
        help="Go to the flow run that called it.",
        screens=ON_RUNS,
    ),
    Action(
        name="follow",
        key="F",
        shown="F",
        label="follow log",
        help="Stay at the end of the log, or stop staying there.",
        screens=IN_RUNS,
    ),
    Action(
        name="wrap",
        key="W",
        shown="W",
        label="wrap",
        help="Show long lines of the log whole, on as many lines as they take, or cut them.",
        screens=IN_RUNS,
    ),
    Action(
        name="pager",
        key="E",
        shown="E",
        label="pager",
        help="Read the log with $PAGER, as `pacc flow-run logs RUN | $PAGER` does; its end brings the dashboard back.",
        screens=IN_RUNS,
    ),
    Action(
        name="zoom_in",
        key="plus,equals_sign",
        shown="+",
        label="zoom",
        help="Zoom into the timeline.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="zoom_out",
        key="minus",
        shown="-",
        label="",
        help="Zoom out of the timeline.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="zoom_all",
        key="0",
        shown="0",
        label="",
        help="Show the whole timeline.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="pan_left",
        key="h,left",
        shown="h",
        label="",
        help="Move the timeline to earlier.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="pan_right",
        key="l,right",
        shown="l",
        label="",
        help="Move the timeline to later.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="fold",
        key="z",
        shown="z",
        label="fold",
        help="Fold many runs of one task into one row, or unfold them.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="next_failure",
        key="f",
        shown="f",
        label="next failure",
        help="Go to the next run that failed, crashed or is late.",
        screens=frozenset({HOME, RUNS, TASK_RUNS, MATRIX, QUEUE}),
    ),
    Action(
        name="next_failure",
        key="f",
        shown="f",
        label="",
        help="Go to the next run within this one that failed or crashed.",
        screens=frozenset({RUN}),
    ),
    Action(
        name="next_failure",
        key="f",
        shown="f",
        label="",
        help="Go to what needs a look, on Home.",
        screens=EVERYWHERE - {HOME, RUNS, TASK_RUNS, MATRIX, QUEUE, RUN},
    ),
    Action(
        name="shell",
        key="exclamation_mark",
        shown="!",
        label="",
        help="Open a shell in the folder of the run's flow; its end brings the dashboard back.",
        screens=ON_RUNS | {TASK_RUN, TASK_RUNS},
    ),
    Action(
        name="shell",
        key="exclamation_mark",
        shown="!",
        label="",
        help="Open a shell in the folder of the command; its end brings the dashboard back.",
        screens=frozenset({QUEUE}),
    ),
    Action(name="copy_command", key="Y", shown="Y", label="", help="Copy the command that does the same."),
    Action(name="copy_id", key="y", shown="y", label="", help="Copy the id."),
    Action(
        name="go",
        key="colon",
        shown=":",
        label="go",
        help="Go to a screen by its name, words behind which narrow its list, or to a run by its own.",
    ),
    *(
        Action(
            name=place.name,
            key=place.key,
            shown=place.key or f":{place.name}",
            label="",
            help=f"Go to {place.called}.",
            screens=EVERYWHERE - {RUN}
            if place.key == "0"
            else EVERYWHERE,  # where 0 shows the whole timeline
        )
        for place in PLACES
    ),
    Action(name="theme", key="", shown="", label="", help="Choose other colours."),
    Action(
        name="back",
        key="escape",
        shown="esc",
        label="back",
        help="Go back to where you came from.",
        screens=EVERYWHERE - {HOME},
    ),
    Action(name="help", key="question_mark", shown="?", label="help", help="Show every key of this screen."),
    Action(name="quit", key="q", shown="q", label="quit", help="Leave the dashboard."),
)
"""In the order the footer shows them."""

MOVES = (
    ("j k", "Move down and up; the arrows do too."),
    ("g G", "Go to the first and to the last."),
    ("ctrl+d ctrl+u", "Move by half a page."),
    ("tab", "Go to the next pane."),
    ("enter", "Open what the cursor is on."),
    ("ctrl+p", "Find an action by its words."),
)
"""Keys that move, for the help page; lists have them themselves."""


def of_screen(screen: str) -> tuple[Action, ...]:
    """Return what can be done on a screen.

    Example:
        >>> "run" in {action.name for action in of_screen("deployments")}
        True
    """
    return tuple(action for action in ACTIONS if screen in action.screens)


def bindings(screen: str) -> list[Binding]:
    """Return the keys of a screen as Textual binds them."""
    return [
        Binding(action.key, f"do('{action.name}')", action.help, show=False, id=action.name)
        for action in of_screen(screen)
        if action.key
    ]


def remapped(words: Iterable[str]) -> dict[str, str]:
    """Return other keys for actions, by the actions' names.

    Args:
        words: each as `action=key`, the key as Textual calls it: `ctrl+x`, `f5`, `K`.

    Raises:
        InvalidValueError: one is written another way, or there is no such action.

    Example:
        >>> remapped(["cancel=ctrl+x"])
        {'cancel': 'ctrl+x'}
    """
    names = {action.name for action in ACTIONS}
    found = {}
    for word in words:
        name, equals, key = (part.strip() for part in word.partition("="))
        if not (equals and key):
            raise InvalidValueError(f'"{word}" is not action=key, such as cancel=ctrl+x')
        if name not in names:
            from difflib import get_close_matches  # start-up: only for what was not found

            near = get_close_matches(name, names, n=1)
            guess = f'Did you mean "{near[0]}"?' if near else f"There are {', '.join(sorted(names))}."
            raise InvalidValueError(f'no action "{name}" of the dashboard. {guess}')
        found[name] = key
    return found
