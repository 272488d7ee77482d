"""From scanned text to identified code, one module a standard."""
