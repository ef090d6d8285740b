"""People, groups, accounts, consent and what they handed in."""
