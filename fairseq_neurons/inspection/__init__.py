"""Everything known about one neuron, and its view on the terminal."""
