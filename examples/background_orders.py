"""A small web service that answers at once and leaves the work to a task worker: needs starlette, and httpx for the demonstration.

    python examples/background_orders.py                               # orders something from itself, with a worker of its own

or, in two terminals, with any ASGI server:

    uvicorn --app-dir examples background_orders:app
    pacc task serve examples/background_orders.py:pack
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from pacc import get_run_logger, task
from pacc.exceptions import ObjectNotFound
from pacc.futures import PaccDistributedFuture
from pacc.task_worker import TaskWorker

if TYPE_CHECKING:
    from starlette.requests import Request


@task(retries=2, retry_delay_seconds=1)
def pack(article: str, count: int) -> str:
    """Take as long as packing takes, far from whoever ordered."""
    get_run_logger().info("Packing %d %s", count, article)
    time.sleep(0.2)
    return f"the parcel weighs {0.2 * count:.1f} kg"


async def order(request: Request) -> JSONResponse:
    """Queue the packing; when this answers, the order is stored and outlives the service."""
    wanted = await request.json()
    future = pack.delay(wanted["article"], wanted["count"])
    return JSONResponse({"order": str(future.task_run_id)}, status_code=202)


async def ask(request: Request) -> JSONResponse:
    """Tell how far an order is."""
    try:
        state = PaccDistributedFuture(request.path_params["order"]).state
    except (ObjectNotFound, ValueError):
        return JSONResponse({"detail": "there is no such order"}, status_code=404)
    result = state.result() if state.is_completed() else None
    return JSONResponse({"state": state.name, "result": result})


app = Starlette(routes=[Route("/orders", order, methods=["POST"]), Route("/orders/{order}", ask)])


async def demonstrate() -> None:
    """Order something and ask until it is packed."""
    import httpx

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://orders") as client:
        answer = await client.post("/orders", json={"article": "pears", "count": 3})
        print("Answered", answer.status_code, "at once:", answer.json())
        told = {"state": "Scheduled"}
        while told["state"] not in ("Completed", "Failed", "Crashed"):
            await asyncio.sleep(0.05)
            told = (await client.get(f"/orders/{answer.json()['order']}")).json()
        print(f"The order of 3 pears is {told['state']}: {told['result']}")
        print("An order nobody made:", (await client.get("/orders/nothing")).json()["detail"])


def main() -> None:
    """Serve the task in a thread for as long as the demonstration takes."""
    worker = TaskWorker(pack, limit=2)
    thread = threading.Thread(target=worker.start)
    thread.start()
    try:
        asyncio.run(demonstrate())
    finally:
        worker.stop()
        thread.join()


if __name__ == "__main__":
    main()
