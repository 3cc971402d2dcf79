"""Task runners on other people's clusters, each an extra: `pip install 'pacc[dask]'`."""
