"""Providers by name: each is made once in a Lambda environment, when it is first asked for."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from sluice.errors import ProviderFailed

Provider = TypeVar("Provider")


class Providers(Generic[Provider]):
    """A table of them; what an entry calls may import its provider, since only some layers hold what that needs."""

    def __init__(self, what: str, makers: Mapping[str, Callable[[], Provider]]):
        self._what, self._makers = what, makers
        self._made: dict[str, Provider] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._makers)

    def __call__(self, name: str) -> Provider:
        """The provider of this name, its model loaded.

        Raises: ProviderFailed for a name that isn't in the table.
        """
        if name not in self._makers:
            raise ProviderFailed(f"There is no {self._what} provider {name!r}; there are {', '.join(self.names)}.")
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]
