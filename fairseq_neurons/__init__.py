"""Find the neurons that matter in a fairseq model, and prove it by switching them off."""

__version__ = "0.1.0"
