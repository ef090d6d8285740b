"""The pupil Bé Chè at the portal: what it has understood, what it says next, how it did in its quiz."""
