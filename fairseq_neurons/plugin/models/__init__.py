"""The architectures of Dalvi et al. 2019 as fairseq models."""
