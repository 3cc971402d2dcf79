"""Shell commands as a block and as a task, under the names of `prefect_shell`."""

from pacc.integrations.shell.commands import ShellOperation, ShellProcess, shell_run_command

__all__ = ["ShellOperation", "ShellProcess", "shell_run_command"]
