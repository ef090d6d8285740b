"""The JupyterHub that runs the school: configuration, spawner, portal, AI gateway, boards."""

import sys

# jsonschema, which Jupyter's event log brings along, compiles a whole grammar of international addresses at
# import, for a check that nothing here uses: 2.4 of the 3.4 CPU-seconds that a learner's server took to import
# Jupyter Server. It does without when the module can't be imported, so it can't be, in our processes.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is Python's own sign for "not importable"
