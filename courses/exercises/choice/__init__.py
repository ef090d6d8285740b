"""Choose one option or several."""
