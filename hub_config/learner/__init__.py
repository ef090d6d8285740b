"""Everything that configures a learner's own server."""
