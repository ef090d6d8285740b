"""What an AI judge says of a sample, as far as an author's page shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """One sample of one exercise. ``verdicts``: criterion → (expected, given); ``reason``: why the AI was silent."""

    sample: str
    exercise: str
    verdicts: dict[str, tuple[bool, bool]]
    reason: str = ""

    @property
    def agrees(self) -> bool:
        """Tell whether the AI judged as the author expects; silence is no agreement and no fault."""
        return not self.reason and all(expected == given for expected, given in self.verdicts.values())
