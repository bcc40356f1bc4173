"""Let fairseq use Hydra in the same process: it needs the names of version 1.1, which our commands disable."""

import warnings
from contextlib import contextmanager
from typing import Iterator

from hydra.core.global_hydra import GlobalHydra
from hydra.version import VersionBase
from packaging.version import Version


@contextmanager
def hydra_of_fairseq() -> Iterator[None]:
    """Set Hydra to version 1.1 while the context lasts; our command's configuration is restored afterwards."""
    base, hydra = VersionBase.instance().getbase(), GlobalHydra.instance().hydra
    VersionBase.instance().setbase(Version("1.1"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Hydra and OmegaConf, about fairseq's old names
            yield
    finally:
        VersionBase.instance().version_base = base  # may be unset, which `setbase` refuses
        GlobalHydra.instance().hydra = hydra
