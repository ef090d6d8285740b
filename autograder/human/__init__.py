"""What people decide: decisions that can be undone, identical answers together, samples for the judge, comments."""
