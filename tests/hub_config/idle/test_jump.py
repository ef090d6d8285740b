"""A clock that is set is noticed, one that runs is not."""

from hub_config.idle.jump import Calendar


class Clocks:
    wall = 1_000_000.0
    steady = 50.0

    def go(self, seconds, jump=0.0):
        self.steady += seconds
        self.wall += seconds + jump


def test_a_clock_that_only_runs_never_jumped():
    clocks = Clocks()
    calendar = Calendar(lambda: clocks.wall, lambda: clocks.steady)
    for _ in range(100):
        clocks.go(3600, jump=1.0)  # the net sets it by a second
        assert calendar.steady_for() == float("inf")


def test_a_jump_forth_or_back_is_remembered_until_it_is_long_ago():
    for jump in (3 * 86400.0, -7200.0):
        clocks = Clocks()
        calendar = Calendar(lambda: clocks.wall, lambda: clocks.steady)  # noqa: B023 - used at once
        clocks.go(5, jump)
        assert calendar.steady_for() == 0.0
        clocks.go(60)
        assert calendar.steady_for() == 60.0
