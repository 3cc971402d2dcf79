"""Lesson 102: what a run says. `print` becomes a log line with `log_prints`; a run logger knows levels.

Run it again with `PACC_LOGGING_LEVEL=DEBUG` to see the line that stays silent at first. Both kinds of line are
kept: `pacc flow-run logs @last`.
"""

from __future__ import annotations

from pacc import flow, get_run_logger, task


@task
def measure() -> float:
    """Say what it does through the task run's own logger."""
    logger = get_run_logger()
    logger.info("Measuring", extra={"instrument": "thermometer"})
    logger.debug("Only shown when the level is DEBUG")
    return 10.4


@flow(name="log-example-flow", log_prints=True)
def log_it() -> None:
    """Log through a logger, and by printing."""
    logger = get_run_logger()
    logger.info("An INFO line")
    logger.debug("A DEBUG line")
    logger.warning("A WARNING line")
    print(f"Measured {measure()} degrees")


if __name__ == "__main__":
    log_it()
