"""The queue: in order, never more than the limit, and no place is lost."""

import asyncio
import copy

import pytest

from hub_config.admission.limit import Limit
from hub_config.admission.queue import Queue, first_limit


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def scene(play):
    """Run a scene in an event loop; it gets a queue of two at once, and its clock."""
    clock = Clock()
    limit = Limit(value=2.0, most=2, unhurried=4.0, usual=4.0)
    asyncio.run(play(Queue(limit, look_again=0.01, clock=clock), clock))


def inside(seats):
    return [seat.let_in.done() for seat in seats]


def test_who_comes_first_is_let_in_first_and_never_more_than_the_limit():
    async def play(queue, _clock):
        seats = [queue.join() for _ in range(5)]
        assert inside(seats) == [True, True, False, False, False]
        queue.leave(seats[1], worked=True)
        assert inside(seats) == [True, True, True, False, False]
        queue.leave(seats[0], worked=True)
        queue.leave(seats[2], worked=True)
        assert inside(seats) == [True] * 5

    scene(play)


def test_each_knows_their_place_and_the_time():
    async def play(queue, clock):
        seats = [queue.join() for _ in range(5)]
        assert [queue.ahead(seat) for seat in seats[2:]] == [0, 1, 2]
        assert [queue.seconds_left(seat) for seat in seats] == [4.0, 4.0, 6.0, 8.0, 10.0]
        clock.now = 3.0
        assert queue.seconds_left(seats[0]) == 1.0
        clock.now = 30.0
        assert queue.seconds_left(seats[0]) == 0.0

    scene(play)


def test_who_gives_up_waiting_frees_the_place_and_harms_nobody():
    async def play(queue, _clock):
        seats = [queue.join() for _ in range(4)]
        waiting = asyncio.create_task(queue.wait(seats[2]))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert queue.waiting == 1
        queue.leave(seats[0], worked=False)
        assert seats[3].let_in.done()

    scene(play)


def test_leaving_twice_counts_once():
    async def play(queue, _clock):
        seats = [queue.join() for _ in range(5)]
        for _ in range(3):
            queue.leave(seats[0], worked=True)
        assert inside(seats) == [True, True, True, False, False]

    scene(play)


def test_without_memory_nobody_more_is_let_in_until_there_is_some():
    async def play(queue, _clock):
        full = True
        queue.no_room = lambda: full
        seats = [queue.join() for _ in range(2)]
        assert inside(seats) == [True, False]  # one server must always be possible
        assert queue.held
        full = False
        await asyncio.wait_for(queue.wait(seats[1]), 1)
        assert not queue.held

    scene(play)


def test_without_memory_running_servers_keep_the_first_waiting_too():
    async def play(queue, _clock):
        queue.no_room = queue.anyone_here = lambda: True
        assert not queue.join().let_in.done()

    scene(play)


def test_it_begins_with_one_start_for_each_core():
    assert first_limit(2).now == 2
    assert first_limit(16).now == 16


def test_traitlets_copy_of_its_value_is_the_queue_itself():
    async def play(queue, _clock):
        assert copy.deepcopy(queue) is queue

    scene(play)
