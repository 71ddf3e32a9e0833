"""Who waits in a loop is woken by any thread, a few at a time, so that others come in between."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bus.streams.loop_waits import LoopWaits


def run(scene: Callable[[LoopWaits], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(scene(LoopWaits()), 10)

    # In a thread of its own: a browser's loop may run in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, main()).result()


def test_another_thread_wakes_all_whom_it_names() -> None:
    async def scene(waits: LoopWaits) -> None:
        gone = waits.begin()
        waiting = [waits.begin() for _ in range(200)]
        tasks = [asyncio.ensure_future(waits.wait(one, gone, 60)) for one in waiting]

        def wake() -> None:
            for one in waiting[:150]:
                waits.wake(one)

        threading.Thread(target=wake).start()
        await asyncio.gather(*tasks[:150])
        assert not any(task.done() for task in tasks[150:])
        gone.set_result(None)
        await asyncio.gather(*tasks[150:])

    run(scene)


def test_a_crowd_lets_others_come_in_between() -> None:
    order: list[str] = []

    async def scene(waits: LoopWaits) -> None:
        async def one_of_many() -> None:
            mine = waits.begin()
            waits.wake(mine)
            await waits.wait(mine, waits.begin(), 60)
            order.append("reader")

        many = [asyncio.ensure_future(one_of_many()) for _ in range(100)]
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: loop.call_soon(lambda: loop.call_soon(order.append, "publisher")))
        await asyncio.gather(*many)

    run(scene)
    assert order.count("reader") == 100
    assert 0 < order.index("publisher") < 100


def test_who_waits_in_vain_goes_on_when_the_time_is_over() -> None:
    async def scene(waits: LoopWaits) -> None:
        late = waits.begin()
        await waits.wait(late, waits.begin(), 0.01)
        waits.wake(late)  # nobody minds
        await asyncio.sleep(0)

    run(scene)


def test_once_the_loop_is_closed_nothing_happens() -> None:
    kept: list[tuple[LoopWaits, asyncio.Future[None]]] = []

    async def scene(waits: LoopWaits) -> None:
        kept.append((waits, waits.begin()))

    run(scene)
    ((waits, waiting),) = kept
    waits.wake(waiting)
    assert not waiting.done()
