"""What `prefect.yaml` asks of Cloud Storage: the steps of `prefect_gcp.deployments`."""
