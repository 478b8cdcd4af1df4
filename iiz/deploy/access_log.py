"""Gunicorn's logs in the shape of our own."""

import re
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from iiz.logs import LineFormatter

_SILENT = ("/healthz", "/readyz")
_SECRET = re.compile(r"^(/einladung/|/gast/|/konto/password/reset/key/)[^/]+")
"""Addresses that open something for whoever knows them, up to the part that does."""


class AccessLogger(Logger):
    """One line a request, with the address that ``TrustedProxyMiddleware`` found.

    Leaves out the query string and the secret of a link.
    """

    def setup(self, cfg: Any) -> None:
        """Give gunicorn's two loggers our format."""
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            for handler in logger.handlers:
                handler.setFormatter(LineFormatter())

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Write method, path, status, milliseconds and address; health checks are left out."""
        path = _SECRET.sub(r"\1…", environ.get("PATH_INFO", ""))
        if path not in _SILENT:
            status = str(resp.status).split()[0]
            milliseconds = round(request_time.total_seconds() * 1000)
            method, address = environ.get("REQUEST_METHOD"), environ.get("REMOTE_ADDR")
            self.access_log.info("%s %s %s %d ms %s", method, path, status, milliseconds, address)
