"""When a picture of a flow run draws many runs of one task as one."""

GRAPH_FOLDS_AT = 8
"""So many runs of one task or flow, called by one run, are drawn one by one; more are one box."""
TIMELINE_FOLDS_AT = 50
"""So many runs of one task, called by one run, are drawn one by one; more are one row."""
