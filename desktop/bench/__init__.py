"""Benchmarks that `tracedesk bench` runs."""
