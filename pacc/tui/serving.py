"""The dashboard in a browser of this machine: a process of its own for each tab, behind a token in the address.

Any page that somebody visits may try to talk to a server of this machine. So the address has a token nobody can guess, and a
request counts only if it was made to this very host and, where a page made it, by our own page.
"""

from __future__ import annotations

import asyncio
import secrets
import shlex
import signal
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING, Any

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Awaitable, Callable, Sequence

LOOPBACK = "127.0.0.1"
MOST_TABS = 16
"""Each is a process."""
_PATIENCE = 5.0
"""Seconds a tab's process has to end by itself."""
_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Nobody may frame the page, and its address, which has the token, is told to nobody."""

_FONTS = ("Cascadia Mono", "Consolas", "Menlo", "DejaVu Sans Mono", "Liberation Mono")
"""What the terminal is written in: the first of them this machine has."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>pacc dashboard</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/{token}/static/css/xterm.css">
    <style>
      /* What the terminal asks for by this name is a font of this machine; none is fetched. */
      @font-face {{ font-family: "Roboto Mono"; src: {regular}; }}
      @font-face {{ font-family: "Roboto Mono"; font-weight: bold; src: {bold}; }}
      html, body {{ margin: 0; height: 100%; background: #111; color: #ddd; font-family: monospace; }}
      .textual-terminal {{ width: 100vw; height: 100vh; }}
      .xterm .xterm-viewport {{ overflow: hidden; }}
      .said {{ font-size: {font}px; position: absolute; top: 45%; width: 100%; padding: 1em 0; text-align: center; z-index: 1; background: #111; }}
      body.-first-byte .opening, .ended {{ display: none; }}
      body.-closed .ended {{ display: block; }}
      a {{ color: #79c0ff; }}
    </style>
  </head>
  <body>
    <div class="said opening">Opening the dashboard.</div>
    <div class="said ended">The dashboard has ended. <a href="">Open it again</a></div>
    <div class="textual-terminal" data-session-websocket-url="ws://{host}/{token}/ws" data-font-size="{font}"></div>
    <script>
      const begin = () => {{
        const script = document.createElement("script");
        script.src = "/{token}/static/js/textual.js";
        script.onload = () => {{
          const open = window.onload;  // it would wait for what may have been already
          window.onload = null;
          open();
          document.querySelector("textarea").focus();  // keys are typed at once
        }};
        document.head.append(script);
      }};
      Promise.allSettled(["", "bold "].map(weight => document.fonts.load(weight + "1em 'Roboto Mono'"))).then(begin);
    </script>
  </body>
</html>
"""

_REFUSED = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>pacc dashboard</title>
    <link rel="icon" href="data:,">
    <style>body {{ margin: 3em; background: #111; color: #ddd; font-family: monospace; }}</style>
  </head>
  <body>
    <p>{why}</p>
    <p>Open the address that <b>pacc dashboard --serve</b> has printed, the whole of it.</p>
  </body>
</html>
"""


class Tab(AppService):
    """The process of one tab, which is gone when the tab is.

    Args:
        words: its command.
        socket: where what it draws goes.
        serving: the server it belongs to.
    """

    def __init__(self, words: Sequence[str], socket: web.WebSocketResponse, serving: Serving) -> None:
        async def close() -> None:
            await socket.close()

        super().__init__(
            shlex.join(words),
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=close,
            download_manager=serving.download_manager,
        )
        self._words = words

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        """Say the size by its usual name as well, so that the first picture has it."""
        return {**super()._build_environment(width=width, height=height), "LINES": str(height)}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """Start the process; Ctrl-C at the server's terminal is none of its business."""
        self._process = process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width=width, height=height),
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process

    async def stop(self) -> None:
        """Have the process end, and end it where it does not."""
        await super().stop()
        process = self._process
        if process is None:
            return
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()


class Serving(Server):
    """A server of dashboards.

    Args:
        words: the command that a tab runs.
        token: what the address has; one that nobody can guess unless given.

    Example:
        >>> serving = Serving(command_of_a_tab("home", allow_actions=False))  # doctest: +SKIP
        >>> asyncio.run(serving.until_stopped(0, print))  # doctest: +SKIP
    """

    def __init__(self, words: Sequence[str], *, token: str | None = None) -> None:
        super().__init__(shlex.join(words), host=LOOPBACK, title="pacc dashboard")
        self.token = token or secrets.token_urlsafe(24)
        self._words = words
        self._tabs = 0

    def application(self) -> web.Application:
        """Return what answers requests."""
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get(f"/{self.token}/", self.page),
                web.get(f"/{self.token}/ws", self.handle_websocket),
                web.static(f"/{self.token}/static", self.statics_path),
                web.route("*", "/{elsewhere:.*}", self.elsewhere),
            ]
        )
        return app

    async def page(self, request: web.Request) -> web.Response:
        """Answer with the page."""
        asked = request.query.get("fontsize", "")
        font = int(asked) if asked.isdecimal() and 6 <= int(asked) <= 64 else 15
        regular, bold = (", ".join(f'local("{name}{weight}")' for name in _FONTS) for weight in ("", " Bold"))
        text = _PAGE.format(token=self.token, host=request.host, font=font, regular=regular, bold=bold)
        return web.Response(text=text, content_type="text/html")

    async def elsewhere(self, _: web.Request) -> web.Response:
        """Answer whoever has no token, or not this server's."""
        raise _refused("This address has no token, or one of a server that has ended.")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Show a dashboard of its own to a tab as long as it is open."""
        if self._tabs >= MOST_TABS:
            raise web.HTTPServiceUnavailable(text=f"{MOST_TABS} tabs are open already.")
        self._tabs += 1
        socket = web.WebSocketResponse(heartbeat=15)
        try:
            await socket.prepare(request)
            tab = Tab(self._words, socket, self)
            sides = (request.query.get("width", ""), request.query.get("height", ""))
            await tab.start(
                *(min(1000, max(1, to_int(side, known))) for side, known in zip(sides, (80, 24), strict=True))
            )
            try:
                await self._process_messages(socket, tab)
            finally:
                await tab.stop()
        finally:
            self._tabs -= 1
        return socket

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answer nobody who came by another name of this machine, or from another page."""
        port = _port(request)
        if request.host not in (f"{LOOPBACK}:{port}", f"localhost:{port}"):
            raise _refused("This server answers to 127.0.0.1 and localhost alone.")
        origin = request.headers.get("Origin")
        is_socket = request.headers.get("Upgrade", "").casefold() == "websocket"
        if (origin is not None or is_socket) and origin != f"http://{request.host}":
            raise _refused("This server answers to its own page alone.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def until_stopped(self, port: int, tell: Callable[[str], Any]) -> None:
        """Serve until Ctrl-C, a signal that ends it or the end of its terminal; the processes of the tabs end with it.

        Args:
            port: where; any that is free where it is 0.
            tell: is given the address.

        Raises:
            OSError: the port is taken.
        """
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, LOOPBACK, port).start()
            stopped = asyncio.Event()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if number != signal.SIGHUP or signal.getsignal(number) is signal.SIG_DFL:  # nohup is meant
                    asyncio.get_running_loop().add_signal_handler(number, stopped.set)
            tell(f"http://{LOOPBACK}:{runner.addresses[0][1]}/{self.token}/")
            await stopped.wait()
        finally:
            await runner.cleanup()


def command_of_a_tab(first: str, *, allow_actions: bool) -> list[str]:
    """Return the command that a tab runs.

    Args:
        first: the first screen.
        allow_actions: whether it may change anything.

    Example:
        >>> command_of_a_tab("home", allow_actions=False)[1:]
        ['-m', 'pacc', 'dashboard', '--screen', 'home', '--read-only']
    """
    words = [sys.executable, "-m", "pacc", "dashboard", "--screen", first]
    return words if allow_actions else [*words, "--read-only"]


def _refused(why: str) -> web.HTTPForbidden:
    return web.HTTPForbidden(text=_REFUSED.format(why=why), content_type="text/html", headers=_HEADERS)


def _port(request: web.Request) -> int:
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return int(name[1]) if name else 0
