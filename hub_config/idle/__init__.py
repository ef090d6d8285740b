"""Put away what nobody uses: kernels, servers; earlier when memory runs out, and never under a writing hand."""
