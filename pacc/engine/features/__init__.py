"""What a run can have beyond its plain course, one module each; every module declares the options it reads as `OPTIONS`.

The order in which a run meets them is the order of the engine's lines in `task_run.py` and `flow_run.py`: inputs, name, hooks on
running, prints, timeout, the call, retries, hooks on the end.
"""
