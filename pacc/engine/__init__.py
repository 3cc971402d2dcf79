"""The engine: how a flow run and a task run go, from the call to the last state, for functions of both colours."""
