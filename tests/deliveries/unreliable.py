"""A receiver in a process of its own that fails as often as it is told to; what it took survives it in a file."""

import asyncio
import os
import random
import sys

from tests.processes.receiver import OK, Headers, Receiver, status


class Unreliable:
    """Takes an event, refuses it, or takes it and breaks off before it says so."""

    def __init__(self, receiver: Receiver, ledger: int, percent: int, seed: int) -> None:
        self.receiver, self.ledger, self.percent = receiver, ledger, percent
        self.random = random.Random(seed)  # noqa: S311 (failures are drawn from a seed on purpose)

    async def answer(self, headers: Headers, body: bytes) -> bytes | None:
        fails = self.random.randrange(100) < self.percent
        if fails and self.random.random() < 0.5:
            return status(503)
        forged = self.receiver.forged
        self.receiver.take(headers, body)
        if self.receiver.forged > forged:
            return status(401)
        os.write(self.ledger, body + b"\n")
        return None if fails else OK


async def main(port: int, ledger: str, secret: str, percent: int, seed: int) -> None:
    receiver = Receiver(port, secret)
    written = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    receiver.answer = Unreliable(receiver, written, percent, seed).answer
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", port)
    sys.stdout.write("here\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    port, ledger, secret, percent, seed = sys.argv[1:]
    asyncio.run(main(int(port), ledger, secret, int(percent), int(seed)))
