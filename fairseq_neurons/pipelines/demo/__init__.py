"""The demo: the main job in minutes, on the built-in corpus or on the user's own text."""
