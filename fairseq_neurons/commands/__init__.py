"""One file a console command: a typed config and a short ``main``."""
