"""Azure Blob Storage, under the names of `prefect_azure`. Needs the extra: `pip install 'pacc[azure]'`."""

from pacc.integrations.azure.blob_storage import AzureBlobStorageContainer
from pacc.integrations.azure.credentials import AzureBlobStorageCredentials

__all__ = ["AzureBlobStorageContainer", "AzureBlobStorageCredentials"]
