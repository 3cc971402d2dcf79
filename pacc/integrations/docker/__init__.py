"""Docker's images and containers from flows, under the names of `prefect_docker`. Needs the extra: `pip install 'pacc[docker]'`.

Runs of deployments in containers are a work pool's business, and pacc has no worker for one.
"""

from pacc.integrations.docker.credentials import DockerRegistryCredentials
from pacc.integrations.docker.host import DockerHost

__all__ = ["DockerHost", "DockerRegistryCredentials"]
