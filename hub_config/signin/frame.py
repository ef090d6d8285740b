"""Pages that a learning platform may show in a frame of its own: they hold no sign-in and change nothing of a person's."""

from __future__ import annotations

from urllib.parse import urlsplit

from hub_config.signin.doorway import Doorway

_FRAMES = {"iframe", "frame", "object", "embed"}


class FramedDoorway(Doorway):
    """A handler of LTI: its pages stand in the platform's frame, too, and in nobody else's."""

    door = "lti"

    @property
    def is_framed(self) -> bool:
        """Tell whether the answer goes into a frame, as the browser says it (all do since 2023)."""
        return self.request.headers.get("Sec-Fetch-Dest", "") in _FRAMES

    async def show(self, template: str, status: int, **values: object) -> None:
        """Answer with a page of the hub."""
        door = self.authenticator.settings
        places = {_origin(door.issuer), _origin(door.authorize_url)}
        policy = self._headers.get("Content-Security-Policy")
        allowed = f"frame-ancestors {' '.join(sorted(places))}"
        self.set_header("Content-Security-Policy", policy.replace("frame-ancestors 'none'", allowed))
        await super().show(template, status, **values)

    async def show_told(self, status: int, sentence: str, *, back: bool = False) -> None:
        """Show a page with one sentence; the sign-in page can stand in no frame, and is no way back to the platform."""
        await super().show_told(status, sentence, back=back)


def _origin(address: str) -> str:
    where = urlsplit(address)
    return f"{where.scheme}://{where.netloc}"
