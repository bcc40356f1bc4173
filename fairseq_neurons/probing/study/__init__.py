"""A probe study: one probe, what it is compared with, and the neurons it ranks."""
