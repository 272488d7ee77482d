"""Devices: text comes out; nothing here knows medicine or databases."""
