import threading

from dashboard.errors import StoreError
from dashboard.services.repeating import every


def test_what_is_done_by_the_clock_has_its_turn_again_after_a_failure() -> None:
    calls: list[int] = []
    was_called_again = threading.Event()

    def work() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise StoreError("The database went away.")
        was_called_again.set()

    every(0.001, work, "test")
    assert was_called_again.wait(20)
