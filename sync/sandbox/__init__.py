"""A small but honest EPCIS 2.0 platform for demo, training and tests.

Importing it loads the web server; whoever needs a sandbox imports it then.
"""

from sync.sandbox.server import Sandbox, serve

__all__ = ["Sandbox", "serve"]
