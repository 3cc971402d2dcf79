"""Records of runs and what belongs to them, under Prefect's path."""

from pacc.schemas.flow_runs import CreatedBy, FlowRun, FlowRunPolicy
from pacc.schemas.flows import Flow
from pacc.schemas.logs import Log
from pacc.schemas.states import TERMINAL_STATES, State, StateDetails, StateType
from pacc.schemas.task_runs import TaskRun, TaskRunPolicy

__all__ = [
    "TERMINAL_STATES",
    "CreatedBy",
    "Flow",
    "FlowRun",
    "FlowRunPolicy",
    "Log",
    "State",
    "StateDetails",
    "StateType",
    "TaskRun",
    "TaskRunPolicy",
]
