"""Files and folders that are either complete or absent, and results that are kept as they are measured."""
