"""What a run may know of itself: `runtime.flow_run.name`, `runtime.task_run.parameters`, `runtime.deployment.name`.

Each attribute is looked up when it is read, so the modules may be imported anywhere. Outside a run an attribute says that there is
none. The environment may override each: `PACC__RUNTIME__FLOW_RUN__NAME=noisy-raccoon` lets code that asks be tried by hand.
"""

from pacc.runtime import deployment, flow_run, task_run

__all__ = ["deployment", "flow_run", "task_run"]
