"""Prefect's client, by name: `pacc.client.orchestration.get_client()`. It speaks to the store; there is no server."""
