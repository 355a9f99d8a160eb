import threading

import pytest

from dashboard.judging.pace import Halted, Pace


def sent_before_waiting(pace: Pace, halt: threading.Event, tokens: int, most: int) -> int:
    """Return how many requests go before one has to wait."""
    sent: list[int] = []

    def send() -> None:
        for number in range(most):
            try:
                pace.wait(tokens)
            except Halted:
                return
            sent.append(number)

    sender = threading.Thread(target=send)
    sender.start()
    sender.join(0.5)
    halt.set()
    sender.join()
    return len(sent)


@pytest.mark.parametrize(
    ("requests", "tokens", "each", "expected"),
    [(7, None, 10, 7), (None, 100, 30, 3), (5, 100, 10, 5), (50, 100, 30, 3), (None, 100, 1000, 1)],
)
def test_no_more_requests_and_tokens_a_minute_than_allowed(
    requests: int | None, tokens: int | None, each: int, expected: int
) -> None:
    halt = threading.Event()
    assert sent_before_waiting(Pace(halt, requests, tokens), halt, each, 20) == expected


def test_without_limits_nothing_waits() -> None:
    halt = threading.Event()
    assert sent_before_waiting(Pace(halt), halt, 10**6, 20) == 20


def test_a_pause_that_the_server_asked_for_holds_every_request_and_ends_when_halted() -> None:
    halt = threading.Event()
    pace = Pace(halt)
    pace.hold(3600)
    assert sent_before_waiting(pace, halt, 1, 20) == 0
