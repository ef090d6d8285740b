"""Exercise kinds, one folder each. This package stays light: the registry is the heavy half."""
