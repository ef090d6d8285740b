"""Does the judge agree with people? Pairs of verdicts, figures of them, and the silence that follows from bad ones.

Pairs come from two places, and they are not alike. **Audit**: a random share of judged answers that trainers mark
again without seeing the judge's verdicts; these figures are an unbiased picture of the judge, and only they may
silence it. **Marks**: answers that a person marked although the judge had decided, because a learner appealed or a
trainer looked twice. People look where something seems wrong, so these make the judge look worse than it is; they are
shown, never counted for silence.
"""

from autograder.audit.figures import CriterionFigures, Figures, figures_of
from autograder.audit.pairs import Pair, Source
from autograder.audit.rule import Finding, Floor, look

__all__ = ["CriterionFigures", "Figures", "Finding", "Floor", "Pair", "Source", "figures_of", "look"]
