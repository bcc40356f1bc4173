"""The options of a metric: some of the command's, and those that it brings from outside the package."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

from fairseq_neurons.errors import InputError

Options = TypeVar("Options")


@dataclass
class NoOptions:
    """A metric without options of its own."""


@dataclass
class ResamplingOptions:
    """Options of tests and intervals that draw samples.

    Args:
        samples: resamples of the tests and intervals.
    """

    samples: int = 1000

    def check_samples(self) -> None:
        """Refuse a number below 1.

        Raises:
            InputError: naming the option.
        """
        if self.samples < 1:
            raise InputError(f"samples={self.samples}: give at least 1.")


def option_names(options: type) -> list[str]:
    """The names of the options in a dataclass."""
    return [item.name for item in fields(options)]


def own_options(options: type[Options], settings: object, added: dict[str, Any]) -> Options:
    """The options of one metric.

    Args:
        options: the dataclass that the metric declares.
        settings: has those that the command knows as attributes.
        added: by name, those that it does not.

    Raises:
        InputError: if an added option is unknown or of the wrong type.
    """
    known = {name: getattr(settings, name) for name in option_names(options) if hasattr(settings, name)}
    for name in added:
        if name in known or name not in option_names(options):
            theirs = [other for other in option_names(options) if other not in known]
            raise InputError(f"metric_options.{name}: the choices are {', '.join(theirs) or 'none'}.")
    return options(**known, **(_converted(options, added) if added else {}))


def _converted(options: type, added: dict[str, Any]) -> dict[str, Any]:
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        merged = OmegaConf.to_container(OmegaConf.merge(OmegaConf.structured(options), added))
    except OmegaConfBaseException as error:
        raise InputError(f"metric_options={added}: {str(error).splitlines()[0]}.") from error
    assert isinstance(merged, dict)
    return {name: merged[name] for name in added}
