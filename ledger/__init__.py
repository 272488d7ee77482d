"""The domain and its memory: no Qt, no network, no device."""
