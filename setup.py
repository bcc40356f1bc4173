"""Which folders are packages. All the rest of the package's metadata is in pyproject.toml.

An installation has no checkout beside it: ``user_dir/`` and ``configs/`` become parts of the package, which setuptools
cannot be told in pyproject.toml together with a search for the other packages.
"""

from setuptools import find_packages, setup

BESIDE = {"fairseq_neurons.user_dir": "user_dir", "fairseq_neurons.configs": "configs"}

setup(
    packages=[*find_packages(include=["fairseq_neurons", "fairseq_neurons.*"]), *BESIDE],
    package_dir={"fairseq_neurons": "fairseq_neurons", **BESIDE},
)
