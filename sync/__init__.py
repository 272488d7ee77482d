"""The road to the platform."""
