"""A flow of deployments: one flow starts runs of another's deployment, which other processes execute.

The program that serves the deployment is this one again, started with the word `serve`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys

from pacc import flow
from pacc.deployments import run_deployment


@flow(log_prints=True)
def pipeline(lat: float, lon: float) -> float:
    """Stand for something that takes an infrastructure of its own."""
    print(f"Somewhere between {lat} and {lon}")
    return lat + lon


@flow(log_prints=True)
async def run_deployment_from_flow() -> list[str]:
    """Start three runs at once, and wait for all of them."""
    runs = await asyncio.gather(
        *(
            run_deployment("pipeline/elsewhere", parameters={"lat": lat, "lon": 2}, timeout=60)
            for lat in range(3)
        )
    )
    states = [run.state_name for run in runs]
    print(f"Elsewhere they are {', '.join(states)}")
    return states


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        pipeline.serve("elsewhere")
    else:
        pipeline.to_deployment("elsewhere").apply()
        server = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.DEVNULL)
        try:
            asyncio.run(run_deployment_from_flow())
        finally:
            server.terminate()
            server.wait()
