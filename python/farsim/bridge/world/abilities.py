"""What an adapter can do, and the requests that ask for more."""

from __future__ import annotations

from typing import Any

from ..errors import FarsimError
from .row_choice import RowChoice

_LISTED = frozenset({"getState", "setState", "snapshot", "render", "model", "visuals", "sendRecv"})


class Abilities:
    """A method that an adapter has counts only where the spec lists its capability, if there is one."""

    def __init__(self, adapter: Any, spec: dict[str, Any]) -> None:
        self._adapter = adapter
        self._spec = spec
        self._capabilities = frozenset(spec["capabilities"])

    def has(self, capability: str) -> bool:
        return capability in self._capabilities

    def need(self, method: str, capability: str) -> None:
        """Raises UNSUPPORTED."""
        listed = capability not in _LISTED or capability in self._capabilities
        if not listed or not callable(getattr(self._adapter, method, None)):
            raise FarsimError(
                "UNSUPPORTED", f"{self._spec['sim']} '{self._spec['task']}' has no {capability}"
            )

    def check_want(self, want: dict[str, Any], rows: RowChoice) -> dict[str, Any]:
        """The want as it is. Raises UNSUPPORTED or BAD_ARGUMENT for what this simulator cannot give."""
        if want["state"]:
            self.need("get_state", "getState")
        if want["cameras"]:
            self.need("images", "render")
            cameras = self._spec["cameras"]
            unknown = [camera for camera in want["cameras"] if camera not in cameras]
            if unknown:
                raise FarsimError(
                    "BAD_ARGUMENT",
                    f"'{unknown[0]}' is not a camera; there are {', '.join(cameras) or 'none'}",
                )
        if want["envs"]:
            rows.check(list(want["envs"]))
        return want
