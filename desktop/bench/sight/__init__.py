"""What the bench of decoding measures beside ours, and how it replays a camera."""
