"""A process of its own that asks questions: python -m tests.integration.llm.asking FIRST LAST, settings from outside.

Prints the number of each question once its reply is given, then what was spent.
"""

import asyncio
import sys

from devmatrix.llm import Purpose
from devmatrix.settings import Settings
from tests.integration.llm.gateways import opened, question


async def main(first: int, last: int) -> None:
    async with opened(Settings.read()) as gateway:

        async def one(number: int) -> None:
            reply = await gateway.ask(question(number), Purpose(run_id="r1", atom_id=f"a{number}"))
            print(number, "reused" if reply.reused else "paid", flush=True)

        await asyncio.gather(*(one(number) for number in range(first, last)))
        spending = gateway.spent("r1")
        print("spent", spending.calls, spending.reused, spending.faults, flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
