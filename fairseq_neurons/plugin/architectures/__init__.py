"""The architectures whose neurons can be dumped and masked."""
