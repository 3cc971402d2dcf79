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


_KEYS = {
    "'": "apostrophe",
    ":": "colon",
    "=": "equals_sign",
    "esc": "escape",
    "!": "exclamation_mark",
    "h": "h,left",
    "l": "l,right",
    "[": "left_square_bracket",
    "-": "minus",
    "+": "plus,equals_sign",
    "?": "question_mark",
    "]": "right_square_bracket",
    "/": "slash",
    "J K": "J",
}
"""What Textual calls keys that people write otherwise, and what else does the same."""


def _act(
    name: str,
    shown: str,
    label: str,
    told: str,
    screens: Iterable[str] = EVERYWHERE,
    *,
    key: str | None = None,
) -> Action:
    """Return a line of the table: the name, what is pressed, the word of the footer, what it does, and where."""
    called = _KEYS.get(shown, shown) if key is None else key
    return Action(name=name, key=called, shown=shown, label=label, help=told, screens=frozenset(screens))


ACTIONS = (
    _act("why", "w", "why", "Say why it is as it is.", EXPLAINED | {QUEUE}),
    _act("cancel", "x", "cancel", "Cancel the run.", ON_RUNS),
    _act("new", "n", "add", "Put a command into the group.", {QUEUE}),
    _act(
        "cancel",
        "x",
        "stop",
        "End the command with every process it has started, or take it out of the queue.",
        {QUEUE},
    ),
    _act("cancel", "x", "", "Cancel the flow run it is in.", {TASK_RUN}),
    _act(
        "kill",
        "X",
        "",
        "Kill all processes of the flow run it is in at once, without time to end.",
        {TASK_RUN},
    ),
    _act(
        "retry",
        "T",
        "",
        "Show what a retry of the flow run it is in would reuse, and retry that.",
        {TASK_RUN},
    ),
    _act("kill", "X", "", "Kill all processes of the run at once, without time to end.", ON_RUNS | {QUEUE}),
    _act("retry", "T", "again", "Run a command again that has ended.", {QUEUE}),
    _act("retry", "T", "retry", "Show what a retry would reuse, and retry the run.", ON_RUNS),
    _act("run", "r", "run now", "Start a run of the deployment.", {DEPLOYMENTS}),
    _act(
        "custom_run",
        "R",
        "custom run",
        "Start a run of the deployment with values of your own.",
        {DEPLOYMENTS},
    ),
    _act(
        "custom_run",
        "R",
        "",
        "Start one more run of its deployment, with the values of this one or others.",
        ON_RUNS,
    ),
    _act("preview", "P", "next times", "Show when the deployment runs next by itself.", {DEPLOYMENTS}),
    _act("toggle", "t", "pause/resume", "Pause the deployment's schedules, or resume them.", {DEPLOYMENTS}),
    _act("add", "a", "add schedule", "Give the deployment one more schedule.", {DEPLOYMENTS}),
    _act(
        "backfill",
        "B",
        "backfill",
        "Make the runs that its schedules would have made between two times.",
        {DEPLOYMENTS},
    ),
    _act(
        "edit",
        "e",
        "edit",
        "Change what the deployment is like: its tags, its limit, its work pool, its parameters.",
        {DEPLOYMENTS},
    ),
    _act("new", "n", "", "Say how a deployment is made.", {DEPLOYMENTS}),
    _act(
        "stats",
        "H",
        "how it went",
        "Show how many of the deployment's runs completed, how long they took and how late they began.",
        {DEPLOYMENTS},
    ),
    _act("unpause", "u", "", "Let a paused run go on, with the input it asks for.", ON_RUNS),
    _act("toggle", "t", "pause/resume", "Let the runs of the pool or the queue wait, or go on.", {POOLS}),
    _act("toggle", "t", "on/off", "Let everyone through the limit, or let it count again.", {LIMITS}),
    _act("toggle", "t", "on/off", "Let the automation fire no longer, or again.", {AUTOMATIONS}),
    _act(
        "toggle",
        "t",
        "aside/pause",
        "Put a command aside that waits, or back; pause a group, or let it go on.",
        {QUEUE},
    ),
    _act(
        "move_down",
        "J K",
        "reorder",
        "Have a command that waits run later than the next one of its group, or earlier than the one before.",
        {QUEUE},
    ),
    _act("move_up", "", "", "Have a command that waits run before the one before it.", {QUEUE}, key="K"),
    _act(
        "rehearse",
        "P",
        "try out",
        "Say what the automation would have done on the events of the last 24 hours.",
        {AUTOMATIONS},
    ),
    _act("hold", "space", "hold", "Let the list stand still, or go on.", {EVENTS}),
    _act("automate", "A", "automate", "Begin an automation that minds such events.", {EVENTS}),
    _act("raw", "v", "raw", "Show the event as JSON, or in words.", {EVENTS}),
    _act("raw", "v", "JSON", "Show the block as JSON, its secrets masked, or in words.", {BLOCKS}),
    _act(
        "users",
        "U",
        "who uses it",
        "Show the blocks, deployments, automations and work pools that name the block.",
        {BLOCKS},
    ),
    _act(
        "open",
        "o",
        "go to it",
        "Go to what it is about, a run, a deployment, a block and so on; enter does, too, from the details.",
        {EVENTS},
    ),
    _act("open", "o", "its runs", "Show the runs of the flow.", {FLOWS}),
    _act("open", "o", "", "Show the runs of the deployment.", {DEPLOYMENTS}),
    _act("earlier", "[", "earlier", "Show the version before.", {ARTIFACTS}),
    _act("later", "]", "later", "Show the version after.", {ARTIFACTS}),
    _act("changes", "=", "changes", "Show what changed since the version before.", {ARTIFACTS}),
    _act("rows", "v", "rows", "Show the rows of a table, to sort, narrow and copy them.", {ARTIFACTS}),
    _act("open", "o", "follow link", "Open the link, or the image on the web, in a browser.", {ARTIFACTS}),
    _act("parent", "p", "its run", "Open the flow run that made it.", {ARTIFACTS}),
    _act("filter", "/", "filter", "Narrow the list: event:flow-run.* resource: related: 2h words.", {EVENTS}),
    _act("limit", "C", "set limit", "Say how much may go on at once.", {POOLS, LIMITS}),
    _act("limit", "C", "slots", "Say how many commands of the group run at once.", {QUEUE}),
    _act("reset", "z", "free slots", "Take all slots of the limit for free.", {LIMITS}),
    _act("new", "n", "new", "Make a new one.", {POOLS, LIMITS, BLOCKS, VARIABLES, AUTOMATIONS}),
    _act("edit", "e", "priority", "Give the queue another priority: 1 goes first.", {POOLS}),
    _act("new_group", "N", "new group", "Make a group, which runs so many of its commands at once.", {QUEUE}),
    _act("new_queue", "N", "new queue", "Make a queue of the pool, with a place among its queues.", {POOLS}),
    _act("edit", "e", "edit", "Change it as YAML, in the editor.", {AUTOMATIONS}),
    _act("edit", "e", "edit", "Give a command that waits another text or priority.", {QUEUE}),
    _act("edit", "e", "edit", "Give it another value.", {BLOCKS, VARIABLES, SETTINGS}),
    _act("unset", "u", "unset", "Take the setting out of the active profile.", {SETTINGS}),
    _act("again", "ctrl+r", "look again", "Look the home and the store over once more.", {DOCTOR}),
    _act("backup", "B", "backup", "Copy the store into one file.", {DOCTOR}),
    _act("vacuum", "V", "vacuum", "Give room that nothing uses back to the system.", {DOCTOR}),
    _act(
        "prune",
        "P",
        "prune",
        "Delete runs that ended long ago, once you know how much that would free.",
        {DOCTOR},
    ),
    _act("another_key", "K", "new key", "Encrypt the secrets of all blocks with a new key.", {DOCTOR}),
    _act(
        "cancel",
        "x",
        "cancel",
        "Make no more runs of the backfill, and cancel those that nobody has begun.",
        {BACKFILLS},
    ),
    _act(
        "delete",
        "D",
        "delete",
        "Delete it, once its name is typed.",
        {DEPLOYMENTS, POOLS, LIMITS, BLOCKS, VARIABLES, ARTIFACTS, AUTOMATIONS},
    ),
    _act(
        "delete",
        "D",
        "delete",
        "Delete the run, once its name is typed, or all that is marked, once their number is.",
        {RUNS},
    ),
    _act("delete", "D", "", "Delete the run, once its name is typed.", ON_RUNS - {RUNS}),
    _act(
        "filter",
        "/",
        "filter",
        "Narrow the list: state: flow: deployment: pool: tag: name: id: after: before: 2h; - before a term leaves out.",
        LISTS,
    ),
    _act(
        "filter",
        "/",
        "filter",
        "Narrow the list: flow: pool: queue: tag: name: id: words; - before a term leaves out.",
        {DEPLOYMENTS},
    ),
    _act(
        "filter",
        "/",
        "filter",
        "Narrow the list: words, a column and its words such as name:etl; - before one leaves out.",
        NOUNS - {EVENTS},
    ),
    _act("sort", "s", "sort", "Sort by the next order: newest, started, ended, name.", LISTS),
    _act(
        "sort",
        "s",
        "sort",
        "Sort by the next order; the line over the list names it.",
        NOUNS - {EVENTS} | {DEPLOYMENTS},
    ),
    _act("mark", "space", "mark", "Mark the run, for what is done with many at once: x, X, T, D.", {RUNS}),
    _act(
        "mark",
        "space",
        "mark",
        "Mark the deployment, for what is done with many at once: r, t, D.",
        {DEPLOYMENTS},
    ),
    _act(
        "saved",
        "S",
        "saved searches",
        "Take one of the saved searches, or save this one.",
        LISTS | NOUNS | {DEPLOYMENTS},
    ),
    _act(
        "other_runs",
        "v",
        "flow/task runs",
        "Show task runs instead of flow runs, or flow runs instead of task runs.",
        LISTS,
    ),
    _act(
        "older",
        "]",
        "",
        "List the task runs behind these, where there are more than are listed at once; j on the last one does, too.",
        {TASK_RUNS},
    ),
    _act("newer", "[", "", "List the task runs before these.", {TASK_RUNS}),
    _act(
        "matrix",
        "M",
        "matrix",
        "Show how each task of the flow ended in its last runs.",
        {RUNS, FLOWS, DEPLOYMENTS},
    ),
    _act("matrix", "M", "", "Show how each task of the run's flow ended in its last runs.", {HOME, RUN}),
    _act("facts", "i", "details", "Show everything about it: parameters, states, times."),
    _act("view", "v", "tree/lanes/graph", "Show what ran as a tree, in lanes or as a graph.", {RUN}),
    _act(
        "pane",
        "]",
        "next pane",
        "Show the next pane: parameters, artifacts, states, result, dependencies, resources.",
        IN_RUNS,
    ),
    _act("pane_before", "[", "", "Show the pane before.", IN_RUNS),
    _act("log", "'", "", "Go to the log, where a pane has taken its place.", {RUN}),
    _act("find", "/", "find", "Look for a text in the log.", IN_RUNS),
    _act("find_next", "n", "", "Go to the next line of the log with the text.", IN_RUNS),
    _act("find_before", "N", "", "Go to the line of the log with the text before this one.", IN_RUNS),
    _act("level", "L", "level", "Show only lines of the log that are more serious, or all again.", IN_RUNS),
    _act(
        "only",
        "o",
        "only this task",
        "Show only what the task run of the cursor logged, or everything again.",
        {RUN},
    ),
    _act(
        "moment",
        "m",
        "moment",
        "Go to the line of the log at which the run of the cursor began, or from a line to its task run.",
        {RUN},
    ),
    _act("parent", "p", "its flow run", "Go to the flow run it is in.", {TASK_RUN, TASK_RUNS}),
    _act("parent", "p", "", "Go to the flow run that called it.", ON_RUNS),
    _act("follow", "F", "follow log", "Stay at the end of the log, or stop staying there.", IN_RUNS),
    _act(
        "wrap",
        "W",
        "wrap",
        "Show long lines of the log whole, on as many lines as they take, or cut them.",
        IN_RUNS,
    ),
    _act(
        "pager",
        "E",
        "pager",
        "Read the log with $PAGER, as `pacc flow-run logs RUN | $PAGER` does; its end brings the dashboard back.",
        IN_RUNS,
    ),
    _act("zoom_in", "+", "zoom", "Zoom into the timeline.", {RUN}),
    _act("zoom_out", "-", "", "Zoom out of the timeline.", {RUN}),
    _act("zoom_all", "0", "", "Show the whole timeline.", {RUN}),
    _act("pan_left", "h", "", "Move the timeline to earlier.", {RUN}),
    _act("pan_right", "l", "", "Move the timeline to later.", {RUN}),
    _act("fold", "z", "fold", "Fold many runs of one task into one row, or unfold them.", {RUN}),
    _act(
        "next_failure",
        "f",
        "next failure",
        "Go to the next run that failed, crashed or is late.",
        {HOME, RUNS, TASK_RUNS, MATRIX, QUEUE},
    ),
    _act("next_failure", "f", "", "Go to the next run within this one that failed or crashed.", {RUN}),
    _act(
        "next_failure",
        "f",
        "",
        "Go to what needs a look, on Home.",
        EVERYWHERE - {HOME, RUNS, TASK_RUNS, MATRIX, QUEUE, RUN},
    ),
    _act(
        "shell",
        "!",
        "",
        "Open a shell in the folder of the run's flow; its end brings the dashboard back.",
        ON_RUNS | {TASK_RUN, TASK_RUNS},
    ),
    _act(
        "shell",
        "!",
        "",
        "Open a shell in the folder of the command; its end brings the dashboard back.",
        {QUEUE},
    ),
    _act("copy_command", "Y", "", "Copy the command that does the same."),
    _act("copy_id", "y", "", "Copy the id."),
    _act(
        "go",
        ":",
        "go",
        "Go to a screen by its name, words behind which narrow its list, or to a run by its own.",
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
    _act("theme", "", "", "Choose other colours."),
    _act("back", "esc", "back", "Go back to where you came from.", EVERYWHERE - {HOME}),
    _act("help", "?", "help", "Show every key of this screen."),
    _act("quit", "q", "quit", "Leave the dashboard."),
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
