"""What `prefect.yaml` asks of Azure: the steps of `prefect_azure.deployments`."""
