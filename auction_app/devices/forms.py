"""What people type about their devices."""

from dataclasses import dataclass

from auction_app.web.forms import Form, line


@dataclass(frozen=True, kw_only=True)
class DeviceForm(Form):
    """A new device, by what its owner calls it."""

    name: str = line(longest=60)
