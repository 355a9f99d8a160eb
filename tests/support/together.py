"""Doing things at the same moment, in threads and in processes."""

import multiprocessing
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def in_threads(function: Callable[[int], Result], count: int) -> list[Result]:
    """Call `function(0)`, `function(1)`, … in threads that start together; raise what any of them raised."""
    start = threading.Barrier(count)

    def run(number: int) -> Result:
        start.wait()
        return function(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def in_processes(function: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Call the function in a process for each set of arguments, all at once; raise if one of them failed."""
    # Forked, because a fresh interpreter would need longer to import the store than the tests take.
    context = multiprocessing.get_context("fork")
    waiting = []
    for one in arguments:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_send_result, args=(sender, function, one))
        process.start()
        sender.close()
        waiting.append((process, receiver))
    results = [receiver.recv() for _, receiver in waiting]
    for process, _ in waiting:
        process.join()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def _send_result(sender: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        sender.send(function(*arguments))
    except Exception as error:
        sender.send(AssertionError(repr(error)))
