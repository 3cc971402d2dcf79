"""Azure Blob Storage and repositories of Azure DevOps, under the names of `prefect_azure`. Needs the extra: `pip install 'pacc[azure]'`."""

from pacc.integrations.azure.blob_storage import AzureBlobStorageContainer
from pacc.integrations.azure.credentials import AzureBlobStorageCredentials
from pacc.integrations.azure.repository import AzureDevopsCredentials, AzureDevopsRepository

__all__ = [
    "AzureBlobStorageContainer",
    "AzureBlobStorageCredentials",
    "AzureDevopsCredentials",
    "AzureDevopsRepository",
]
