"""Between the phones and the API: hands everything on, or lets answers get lost after the server has given them."""

import asyncio
import contextlib


class Proxy:
    """Listens on a port of its own. While `cutting`, the first byte of each answer closes the connection instead."""

    def __init__(self, port: int) -> None:
        self._upstream = port
        self.cutting = False
        self.answers_lost = 0
        self._server: asyncio.Server

    async def start(self) -> int:
        """The port that phones connect to."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            writer.close()
            return
        pipes = [
            asyncio.create_task(self._pipe(reader, up_writer, answers=False)),
            asyncio.create_task(self._pipe(up_reader, writer, answers=True)),
        ]
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        for pipe in pipes:
            pipe.cancel()
        for each in (writer, up_writer):
            with contextlib.suppress(OSError):
                each.transport.abort()

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while sent := await source.read(65536):
                if answers and self.cutting:
                    self.answers_lost += 1
                    return
                sink.write(sent)
                await sink.drain()
