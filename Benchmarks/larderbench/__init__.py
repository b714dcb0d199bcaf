"""Measures Larder beside redis-server and memcached, in one run and interleaved."""
