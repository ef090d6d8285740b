"""Starts of learners' servers, one after another as fast as the machine can: nobody times out, nobody is passed over."""
