"""The verbs: what may be done with a pack, one module a family."""
