"""How long the parts of a transfer took, as libcurl has measured them."""

from typing import Any

import pycurl

from bus.delivery.answer import Timings


def timings_of(curl: Any) -> Timings:
    """Of a transfer that is over."""
    connect_s = max(curl.getinfo(pycurl.CONNECT_TIME), curl.getinfo(pycurl.APPCONNECT_TIME))
    first_byte_s = curl.getinfo(pycurl.STARTTRANSFER_TIME)
    is_connected = connect_s > 0 or first_byte_s > 0
    return Timings(
        _ms(connect_s) if is_connected else None,
        _ms(first_byte_s) if first_byte_s > 0 else None,
        _ms(curl.getinfo(pycurl.TOTAL_TIME)),
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
