"""Code from a git repository: each run fetches the branch as it is then, into a folder of its own.

The repository is made here, so that the example needs no internet; any address that `git clone` takes will do.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from pacc import flow, serve
from pacc.deployments import run_deployment
from pacc.runner.storage import GitRepository

FLOW = """
from pacc import flow


@flow(log_prints=True)
def greet(name: str = "Marvin"):
    print(f"Hello {name}, this is version {version}")
"""


def commit(folder: Path, version: int) -> None:
    """Commit a version of the flow to the repository."""
    (folder / "flows.py").write_text(FLOW.replace("{version}", str(version)))
    git = ["git", "-C", str(folder), "-c", "user.name=course", "-c", "user.email=course@example.com"]
    if not (folder / ".git").exists():
        subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", f"Version {version}"], check=True)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        repository = Path(folder)
        commit(repository, 1)
        greet = flow.from_source(GitRepository(str(repository), branch="main"), "flows.py:greet")
        deployment = greet.to_deployment("from-git")
        deployment.apply()
        commit(repository, 2)  # the deployment need not be made again
        run_deployment("greet/from-git", parameters={"name": "Ford"}, timeout=0)
        serve(deployment, run_once=True)
