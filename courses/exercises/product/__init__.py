"""Hand in a piece of work: a text or a file, with hard checks that rules decide."""
