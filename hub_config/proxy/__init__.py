"""The one port that people use: node's configurable-http-proxy where it is installed, else its Python port."""
