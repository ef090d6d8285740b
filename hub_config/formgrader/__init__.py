"""The service ``cham``: nbgrader's formgrader for trainers and administrators, behind the hub's sign-in."""
