"""``python -m hub_config.proxy``: what the hub starts as its proxy; it becomes node, or goes on in Python.

With ``--guard-servers`` either looks who may visit a learner's server in a cell.
"""

from __future__ import annotations

import os
import sys

from hub_config.proxy.choice import DOORS, NoNode, find_node, own_error_pages


def main() -> None:
    """Choose and run."""
    doors = DOORS in sys.argv
    arguments = own_error_pages([own for own in sys.argv[1:] if own != DOORS], os.environ)
    try:
        node = find_node(os.environ, doors=doors)
    except NoNode as error:
        sys.exit(str(error))
    if node:
        os.execv(node[0], [*node, *arguments])  # noqa: S606 - no shell: node itself
    from hub_config.proxy.passing import run  # noqa: PLC0415 - node needs none of it

    run(arguments, guards=doors)


if __name__ == "__main__":
    main()
