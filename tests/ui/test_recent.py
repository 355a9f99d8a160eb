"""A costly result is computed again only when it is old and has stood for long enough."""

from dashboard.ui.recent import REST, Recent


class Work:
    """Takes a second of its own clock each time."""

    def __init__(self) -> None:
        self.now, self.times = 100.0, 0

    def __call__(self) -> int:
        self.now += 1
        self.times += 1
        return self.times


def test_the_same_version_is_never_computed_twice() -> None:
    work = Work()
    recent = Recent(work, lambda: work.now)
    assert recent.get(1) == 1
    work.now += 10 * REST
    assert recent.get(1) == 1


def test_another_version_is_computed_once_the_rest_is_over() -> None:
    work = Work()
    recent = Recent(work, lambda: work.now)
    recent.get(1)
    work.now += REST - 0.5
    assert recent.get(2) == 1
    work.now += 0.5
    assert recent.get(3) == 2
    assert recent.get(3) == 2
