"""How people come in: own accounts, an OpenID provider, a learning platform; the pages of the door."""
