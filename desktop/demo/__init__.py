"""The whole job with embedded parts: sandbox platform, demo catalogue, images as the camera."""
