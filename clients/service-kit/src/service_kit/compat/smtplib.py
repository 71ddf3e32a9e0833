"""smtplib: a session that is made before it connects, so that somebody else can cut it short.

`smtplib.SMTP` remembers the name to check a certificate against only when its constructor
connects. Connecting later needs `_host`, which nothing else sets.
"""

import smtplib
import ssl


def unconnected(
    host: str, *, local_hostname: str, timeout_s: float, context: ssl.SSLContext | None
) -> smtplib.SMTP:
    """A session with `host` that `connect` begins; with a `context`, TLS from the first byte."""
    smtp: smtplib.SMTP
    if context is None:
        smtp = smtplib.SMTP(local_hostname=local_hostname, timeout=timeout_s)
    else:
        smtp = smtplib.SMTP_SSL(local_hostname=local_hostname, timeout=timeout_s, context=context)
    smtp._host = host  # type: ignore[attr-defined]
    return smtp
