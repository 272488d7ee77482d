"""Texts, tables, icons and sounds."""
