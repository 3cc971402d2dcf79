"""Google Cloud Storage, under the names of `prefect_gcp`. Needs the extra: `pip install 'pacc[gcp]'`."""

from pacc.integrations.gcp.cloud_storage import GcsBucket
from pacc.integrations.gcp.credentials import GcpCredentials

__all__ = ["GcpCredentials", "GcsBucket"]
