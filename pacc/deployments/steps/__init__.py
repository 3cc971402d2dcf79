"""Steps: what brings a flow's code to where it runs, and what happens when it is deployed.

A step is a mapping of one function to its inputs, as `pacc.yaml` and deployments hold it:

>>> {"pacc.deployments.steps.git_clone": {"repository": "https://example.com/flows.git", "branch": "main"}}
{'pacc.deployments.steps.git_clone': {'repository': 'https://example.com/flows.git', 'branch': 'main'}}
"""

from pacc.deployments.steps.core import run_pull_steps, run_step, run_steps
from pacc.deployments.steps.pull import (
    agit_clone,
    git_clone,
    pull_from_remote_storage,
    pull_with_block,
    set_working_directory,
)
from pacc.deployments.steps.utility import pip_install_requirements, run_shell_script

__all__ = [
    "agit_clone",
    "git_clone",
    "pip_install_requirements",
    "pull_from_remote_storage",
    "pull_with_block",
    "run_pull_steps",
    "run_shell_script",
    "run_step",
    "run_steps",
    "set_working_directory",
]
