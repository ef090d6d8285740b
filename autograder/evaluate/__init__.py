"""Measure a judge: against people's marks on labelled answers, and on pairs that say the same in other writing."""

from autograder.evaluate.dataset import Dataset, Labelled, Task
from autograder.evaluate.evaluation import Evaluation, evaluate
from autograder.evaluate.kept import KeptJudge, Shelf
from autograder.evaluate.reading import read_dataset
from autograder.evaluate.rows import DatasetError

__all__ = [
    "Dataset",
    "DatasetError",
    "Evaluation",
    "KeptJudge",
    "Labelled",
    "Shelf",
    "Task",
    "evaluate",
    "read_dataset",
]
