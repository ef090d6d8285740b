"""Reads one file that somebody sent. Runs only as ``python -m hub_config.files.reader``, in a bounded process.

No other module may import this package: the libraries that open documents and pictures stay out of the
portal's process and of learners' kernels (an import contract holds it).
"""
