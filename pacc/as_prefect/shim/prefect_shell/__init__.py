"""Stands where Prefect would be in processes started by one that runs as Prefect; see `pacc.as_prefect`."""

from pacc.as_prefect import take_place

take_place(__name__)
