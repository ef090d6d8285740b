"""Fill the named fields of a method, drawn as the method is drawn."""
