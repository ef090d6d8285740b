"""Who may join a class: the class's code, and those who wait for an answer."""
