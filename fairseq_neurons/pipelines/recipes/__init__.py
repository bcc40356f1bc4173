"""The steps that the demo and the paper's experiments share: texts, and the command lines that a user would type."""
