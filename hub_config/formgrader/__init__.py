"""The service ``cham-level1``: nbgrader's formgrader for trainers and administrators, behind the hub's sign-in."""
