"""Packaging of fairseq-neurons. The tested set of versions is in constraints.txt."""

from pathlib import Path

from setuptools import find_packages, setup

# Upstream's last release cannot be imported on Python 3.11; ve-fairseq is the same code made to work there.
# Where it has no wheel, upstream's name stands for a build of one's own.
FAIRSEQ = [
    "ve-fairseq==0.12.3; platform_system == 'Linux' and platform_machine == 'x86_64'",
    "fairseq; platform_system != 'Linux' or platform_machine != 'x86_64'",
]

setup(
    name="fairseq-neurons",
    version="0.1.0",
    description="Find the neurons that matter in a fairseq model, and prove it by switching them off",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11,<3.13",
    packages=[
        *find_packages(include=["fairseq_neurons", "fairseq_neurons.*"]),
        "fairseq_neurons.user_dir",
        "fairseq_neurons.configs",
    ],
    # An installation has no checkout beside it: --user-dir then points into the package.
    package_dir={
        "fairseq_neurons": "fairseq_neurons",
        "fairseq_neurons.user_dir": "user_dir",
        "fairseq_neurons.configs": "configs",
    },
    package_data={
        "fairseq_neurons": ["py.typed"],
        "fairseq_neurons.configs": ["*/*.yaml"],
        "fairseq_neurons.page": ["templates/*", "assets/*.*", "assets/vendor/*"],
    },
    install_requires=[
        *FAIRSEQ,
        # Older versions open pickles that can run code.
        "torch>=2.6",
        # fairseq's language modelling uses np.compat, which NumPy 2 removed.
        "numpy>=1.26,<2",
        "scikit-learn>=1.8",
        "scipy>=1.15",
        "conllu>=6",
        "sacrebleu>=2.4",
        "sentencepiece>=0.2",
        "hydra-core>=1.3",
        "jinja2>=3.1",
        "tabulate>=0.9",
        "tqdm>=4.66",
        "matplotlib>=3.8",
    ],
    extras_require={
        "test": ["pytest>=8", "pytest-xdist>=3.6", "hypothesis>=6.100", "playwright>=1.50", "ruff>=0.9", "mypy>=1.11"],
        "taggers": ["spacy>=3.7", "HanTa>=1.1"],
    },
    entry_points={
        "console_scripts": [
            "fairseq-neurons-extract = fairseq_neurons.commands.extract:main",
            "fairseq-neurons-correlate = fairseq_neurons.commands.correlate:main",
            "fairseq-neurons-overlap = fairseq_neurons.commands.overlap:main",
            "fairseq-neurons-probe = fairseq_neurons.commands.probe:main",
            "fairseq-neurons-inspect = fairseq_neurons.commands.inspect:main",
            "fairseq-neurons-ablate = fairseq_neurons.commands.ablate:main",
            "fairseq-neurons-report = fairseq_neurons.commands.report:main",
            "fairseq-neurons-demo = fairseq_neurons.commands.demo:main",
            "fairseq-neurons-paper = fairseq_neurons.commands.paper:main",
        ]
    },
    classifiers=[
        "License :: OSI Approved :: MIT License",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
    ],
)
