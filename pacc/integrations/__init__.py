"""What other programs and services need, each under the name its Prefect package has: `pacc.integrations.shell` is `prefect_shell`.

Those that need packages of their own are extras: `pip install 'pacc[dask]'`.
"""
