"""What `prefect.yaml` asks of S3: the steps of `prefect_aws.deployments`."""
