"""The daily run: collect → mark → judge → ledger → gradebook → progress → boards.

Each step looks at what is there and does what is missing, so a run that was killed is simply run again:
nothing is paid, judged or counted twice. ``DayStep`` tells people how far a day's run came.
"""

from autograder.daily.context import DailyError
from autograder.daily.report import Event, Progress, Report, StepReport
from autograder.daily.run import STEPS, Renderer, run

__all__ = ["STEPS", "DailyError", "Event", "Progress", "Renderer", "Report", "StepReport", "run"]
