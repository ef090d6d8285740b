"""Attack the judge: known answers with words that ask for points, and what they earn."""

from autograder.redteam.attacks import Attack, attacks
from autograder.redteam.run import attack_summary, redteam

__all__ = ["Attack", "attack_summary", "attacks", "redteam"]
