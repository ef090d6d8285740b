"""Learners' servers and kernels, forked from a parent that has imported everything already.

``zygote`` is that parent, a process of its own; ``protocol`` is what is said to it; ``keeper`` holds it for the
hub and starts it again; ``spawner`` and ``kernels`` plug it into JupyterHub and Jupyter.
"""
