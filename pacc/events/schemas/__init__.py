"""What events are made of, under the names of Prefect's modules."""
