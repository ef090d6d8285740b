"""Numbers for Prometheus: how fast, how many, how full. No names: labels are kinds of pages, never people or lessons."""
