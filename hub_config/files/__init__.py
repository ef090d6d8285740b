"""Files that learners send: stored by content, read by a bounded process of their own."""
