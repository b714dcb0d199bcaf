"""Larder before an origin: what `make bench-origins` measures."""
