"""Shell commands as a block, under the names of `prefect_shell`."""

from pacc.integrations.shell.commands import ShellOperation, ShellProcess

__all__ = ["ShellOperation", "ShellProcess"]
