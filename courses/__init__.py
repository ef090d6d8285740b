"""The courseware: exercises, lessons, player, school, progress, recognition, catalog."""
