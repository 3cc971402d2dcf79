"""Every setting there is. Only what something reads may stand here; to add one, write one line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pacc.settings.declaring import Section, section, setting
from pacc.settings.kinds import (
    boolean,
    delays,
    duration,
    one_of,
    optional,
    path,
    seconds,
    texts,
    whole,
    word,
)
from pacc.settings.values import Values

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
THEMES = (
    "textual-dark", "textual-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte",
    "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine",
    "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "tokyo-night",
)  # fmt: skip
"""The themes of Textual that bring colours of their own."""


class CLISettings(Section):
    """How the command line looks and asks."""

    colors = setting(boolean, True, "Use colour where the terminal allows it.")
    prompt = setting(optional(boolean), None, "Ask questions; none asks when a person is at the terminal.")
    wrap_lines = setting(
        boolean, True, "Wrap what is too long for a column of a table, instead of cutting it."
    )


class TUISettings(Section):
    """How the dashboard looks."""

    glyphs = setting(one_of("unicode", "ascii"), "unicode", "What the dashboard is drawn with.")
    keys = setting(
        texts, (), "Other keys for what the dashboard does, by the names ? shows: cancel=ctrl+x, why=W."
    )
    theme = setting(one_of(*THEMES), "textual-dark", "The colours of the dashboard.")
    mouse = setting(boolean, True, "Let the dashboard have the mouse; without it the terminal selects text.")


class FlowsSettings(Section):
    """What a flow does unless it says otherwise."""

    default_retries = setting(
        whole(), 0, "Retries of a flow that names none.", aliases=("PACC_FLOW_DEFAULT_RETRIES",)
    )
    default_retry_delay_seconds = setting(
        delays,
        0,
        "Seconds a flow waits before a retry, unless it says.",
        aliases=("PACC_FLOW_DEFAULT_RETRY_DELAY_SECONDS",),
    )
    unobserved_failures = setting(
        one_of("fail", "ignore"),
        "fail",
        "Whether a flow fails whose submitted tasks failed and nobody looked.",
    )
    checkpoints = setting(
        boolean, True, "Keep the results of finished tasks for a retry, until their flow run completes."
    )
    heartbeat_frequency = setting(
        optional(whole(30)),
        180,
        "Seconds between two events that say that a flow run goes on; none: there are none.",
        aliases=("PACC_RUNNER_HEARTBEAT_FREQUENCY",),
    )


class TaskRunnersSettings(Section):
    """How many submitted tasks run at once."""

    thread_pool_max_workers = setting(
        optional(whole(1)), None, "Threads of a ThreadPoolTaskRunner that names no number; none means 256."
    )
    process_pool_max_workers = setting(
        optional(whole(1)),
        None,
        "Processes of a ProcessPoolTaskRunner that names no number; none: one per CPU.",
    )


class TasksSettings(Section):
    """What a task does unless it says otherwise."""

    default_retries = setting(
        whole(), 0, "Retries of a task that names none.", aliases=("PACC_TASK_DEFAULT_RETRIES",)
    )
    default_retry_delay_seconds = setting(
        delays,
        0,
        "Seconds a task waits before a retry, unless it says; a list gives each retry its own.",
        aliases=("PACC_TASK_DEFAULT_RETRY_DELAY_SECONDS",),
    )
    runner = section(TaskRunnersSettings)
    default_persist_result = setting(
        optional(boolean),
        None,
        "Keep the results of tasks that don't say whether to; none: as their flow does.",
    )
    default_no_cache = setting(boolean, False, "Cache no task that names no cache policy.")
    disable_caching = setting(boolean, False, "Cache no task at all.")
    refresh_cache = setting(
        boolean, False, "Run tasks anew although their results are cached, and keep the new ones."
    )


class DeploymentsSettings(Section):
    """What a deployment is like unless it says otherwise."""

    default_work_pool_name = setting(
        optional(word),
        None,
        "The work pool of a deployment that names none.",
        aliases=("PACC_DEFAULT_WORK_POOL_NAME",),
    )


class ResultsSettings(Section):
    """What is kept of what runs return."""

    default_serializer = setting(word, "pickle", "How results become bytes, unless a task or flow says.")
    persist_by_default = setting(
        boolean, False, "Keep the results of flows and tasks that don't say whether to."
    )
    local_storage_path = setting(path, Path("$PACC_HOME/storage"), "The folder results are kept in.")
    load_unverified = setting(
        boolean,
        False,
        "Load results that this store did not write, or that were changed since; they may run code.",
    )


class LoggingToApiSettings(Section):
    """What the log files of runs keep."""

    enabled = setting(boolean, True, "Keep what runs log in their log files.")
    max_log_size = setting(whole(1), 1_000_000, "Bytes after which a logged line is cut and marked.")
    when_missing_flow = setting(
        one_of("warn", "error", "ignore"), "warn", "What to do when a run's logger is used outside a run."
    )


class LoggingSettings(Section):
    """What is logged, and how it looks on the console."""

    level = setting(one_of(*LEVELS), "INFO", "Lowest level that is logged.")
    config_path = setting(
        path,
        Path("$PACC_HOME/logging.yml"),
        "A logging configuration to use instead of the built-in one.",
        aliases=("PACC_LOGGING_SETTINGS_PATH",),
    )
    extra_loggers = setting(texts, (), "Other loggers whose lines belong to the run that logs them.")
    log_prints = setting(boolean, False, "Log what flows and tasks print, unless they say otherwise.")
    colors = setting(boolean, True, "Colour the console's log lines where the terminal allows it.")
    to_api = section(LoggingToApiSettings)


class StoreSettings(Section):
    """How the database is kept."""

    synchronous = setting(
        one_of("full", "normal"), "full", "full survives a power cut; normal is faster and survives crashes."
    )


class SchedulerSettings(Section):
    """How far ahead a schedule's runs are made."""

    enabled = setting(
        boolean,
        True,
        "Make the runs of schedules.",
        aliases=("PACC_API_SERVICES_SCHEDULER_ENABLED",),
    )
    loop_seconds = setting(
        seconds,
        60.0,
        "Seconds between two looks at a schedule at least, unless its runs would run out.",
        aliases=("PACC_API_SERVICES_SCHEDULER_LOOP_SECONDS",),
    )
    deployment_batch_size = setting(
        whole(1),
        100,
        "Schedules that are looked at together.",
        aliases=("PACC_API_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE",),
    )
    min_runs = setting(
        whole(),
        3,
        "Runs of each schedule made ahead, however far away.",
        aliases=("PACC_API_SERVICES_SCHEDULER_MIN_RUNS",),
    )
    max_runs = setting(
        whole(1),
        100,
        "Runs of each schedule made ahead at most.",
        aliases=("PACC_API_SERVICES_SCHEDULER_MAX_RUNS",),
    )
    min_scheduled_time = setting(
        duration,
        timedelta(hours=1),
        "How far ahead a schedule's runs are made at least.",
        aliases=("PACC_API_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME",),
    )
    max_scheduled_time = setting(
        duration,
        timedelta(days=100),
        "How far ahead a schedule's runs are made at most.",
        aliases=("PACC_API_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME",),
    )


class LateRunsSettings(Section):
    """When a scheduled run that nobody starts is called late."""

    enabled = setting(
        boolean,
        True,
        "Mark runs that nobody starts in time as late.",
        aliases=("PACC_API_SERVICES_LATE_RUNS_ENABLED",),
    )
    loop_seconds = setting(
        seconds,
        5.0,
        "Seconds between two looks for late runs, where nothing tells when the next is due.",
        aliases=("PACC_API_SERVICES_LATE_RUNS_LOOP_SECONDS",),
    )
    after_seconds = setting(
        duration,
        timedelta(seconds=15),
        "How long after its time a scheduled run is late.",
        aliases=("PACC_API_SERVICES_LATE_RUNS_AFTER_SECONDS",),
    )


class CancellationCleanupSettings(Section):
    """What becomes of runs that were told to stop and have no process that could."""

    enabled = setting(
        boolean,
        True,
        "Call runs cancelled that should have stopped long ago and have no process.",
        aliases=("PACC_API_SERVICES_CANCELLATION_CLEANUP_ENABLED",),
    )
    loop_seconds = setting(
        seconds,
        20.0,
        "Seconds between two looks for such runs, where nothing tells when the next is due.",
        aliases=("PACC_API_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS",),
    )
    cancelling_timeout_seconds = setting(seconds, 300.0, "Seconds a run without a process may be cancelling.")


class PauseExpirationsSettings(Section):
    """What becomes of suspended runs that nobody resumes."""

    enabled = setting(
        boolean,
        True,
        "Fail suspended runs whose pause is over.",
        aliases=("PACC_API_SERVICES_PAUSE_EXPIRATIONS_ENABLED",),
    )
    loop_seconds = setting(
        seconds,
        5.0,
        "Seconds between two looks for such runs, where nothing tells when the next is due.",
        aliases=("PACC_API_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS",),
    )


class TriggersSettings(Section):
    """Whether automations are evaluated."""

    enabled = setting(
        boolean,
        True,
        "Evaluate the triggers of automations, and act.",
        aliases=("PACC_API_SERVICES_TRIGGERS_ENABLED",),
    )


class ServicesSettings(Section):
    """The housekeeping, which one of the processes that are there to stay does for all."""

    scheduler = section(SchedulerSettings)
    late_runs = section(LateRunsSettings)
    cancellation_cleanup = section(CancellationCleanupSettings)
    triggers = section(TriggersSettings)
    pause_expirations = section(PauseExpirationsSettings)


class EventsSettings(Section):
    """How much an event may tell, and how long it is kept."""

    retention_period = setting(
        duration,
        timedelta(days=7),
        "How long events are kept.",
        aliases=("PACC_EVENTS_RETENTION_PERIOD",),
    )
    maximum_event_name_length = setting(whole(1), 1024, "Characters the name of an event may have.")
    maximum_labels_per_resource = setting(
        whole(),
        500,
        "Labels that a resource of an event may have.",
        aliases=("PACC_EVENTS_MAXIMUM_LABELS_PER_RESOURCE",),
    )
    maximum_related_resources = setting(
        whole(),
        100,
        "Related resources that an event may have.",
        aliases=("PACC_EVENTS_MAXIMUM_RELATED_RESOURCES",),
    )
    maximum_size_bytes = setting(
        whole(1),
        1_500_000,
        "Bytes of JSON that an event may take.",
        aliases=("PACC_EVENTS_MAXIMUM_SIZE_BYTES",),
    )


class ServerAPISettings(Section):
    """Where the server answers, which it does for webhooks alone."""

    host = setting(word, "127.0.0.1", "The address the server listens on.")
    port = setting(whole(), 4200, "The port the server listens on; 0 for any that is free.")
    keepalive_timeout = setting(
        whole(1), 5, "Seconds after which the server closes a connection that says nothing."
    )
    allowed_hosts = setting(
        texts,
        (),
        "Hosts the server may be called by besides loopback, such as that of a tunnel; * for all.",
    )


class ServerSettings(Section):
    """What Prefect's server does, and here any process that is there to stay."""

    api = section(ServerAPISettings)
    events = section(EventsSettings)
    services = section(ServicesSettings)


class RetentionSettings(Section):
    """How long runs are kept, and what belongs to them."""

    enabled = setting(boolean, True, "Delete runs that ended long ago, with their logs and results.")
    flow_runs = setting(
        duration, timedelta(days=90), "How long flow runs and lone task runs are kept after they ended."
    )
    logs = setting(
        optional(duration), None, "How long log files are kept after their run ended; none: as long as it."
    )
    results = setting(boolean, True, "Delete the results of deleted runs, unless a later run reused them.")


class RunnerSettings(Section):
    """How runs are executed in processes of their own."""

    warm = setting(
        boolean,
        True,
        "Fork runs from a process that has loaded their code, instead of starting an interpreter.",
    )
    process_limit = setting(whole(1), 5, "Runs that a runner executes at once unless it says.")
    on_sigterm = setting(
        one_of("terminate", "drain", "reschedule"),
        "terminate",
        "What SIGTERM does to the runs of a runner: terminate them, wait for them, or run them again later.",
    )
    grace_seconds = setting(
        seconds, 30.0, "Seconds that the processes of a run get to end before they are killed."
    )


class WorkerWebserverSettings(Section):
    """Where a worker answers whether it is well, when it is asked to."""

    host = setting(word, "127.0.0.1", "The address a worker's healthcheck listens on.")
    port = setting(whole(), 8080, "The port a worker's healthcheck listens on; 0 for any that is free.")


class WorkerSettings(Section):
    """How workers take the runs of their pool."""

    heartbeat_seconds = setting(seconds, 30.0, "Seconds between two times a worker says that it is there.")
    query_seconds = setting(
        seconds, 10.0, "A worker that has not looked for runs for thirty times as long is not well."
    )
    prefetch_seconds = setting(
        seconds, 0.0, "Seconds before its time that a worker claims a run and starts its infrastructure."
    )
    webserver = section(WorkerWebserverSettings)


class TestingSettings(Section):
    """What makes runs easier to test."""

    test_mode = setting(
        boolean,
        False,
        "Let the root logger's handlers, pytest's caplog among them, hear what runs log.",
        aliases=("PACC_TEST_MODE",),
    )


class Settings(Values):
    """All settings, as they stand: `settings.home`, `settings.logging.level`. See also `Values`."""

    home = setting(
        path, Path("~/.pacc"), "Where pacc keeps everything; a profile may have a home of its own."
    )
    profiles_path = setting(path, Path("$PACC_HOME/profiles.toml"), "The file that holds the profiles.")
    encryption_key = setting(
        optional(word),
        None,
        "The key of the secrets in blocks; the file `key` in the home unless set.",
        is_secret=True,
    )
    debug_mode = setting(boolean, False, "Log everything, unless a level is set.")
    cli = section(CLISettings)
    tui = section(TUISettings)
    flows = section(FlowsSettings)
    tasks = section(TasksSettings)
    deployments = section(DeploymentsSettings)
    results = section(ResultsSettings)
    logging = section(LoggingSettings)
    store = section(StoreSettings)
    server = section(ServerSettings)
    retention = section(RetentionSettings)
    runner = section(RunnerSettings)
    worker = section(WorkerSettings)
    testing = section(TestingSettings)


SETTINGS = Settings.declared
"""The settings by their names."""

BY_ANY_NAME = Settings.by_any_name
"""The settings by their names and by older ones."""

BY_ACCESSOR = {declared.accessor: declared for declared in SETTINGS.values()}
"""The settings by their place in a TOML file: `logging.level`."""
