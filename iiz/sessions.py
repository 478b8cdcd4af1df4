"""Sessions that end after eight idle hours, without a write on every request."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

REFRESH = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Database sessions that renew themselves once five minutes of their time have passed.

    Django's ``SESSION_SAVE_EVERY_REQUEST`` would make each page that only reads write to the database. So a
    session ends between ``SESSION_COOKIE_AGE`` minus five minutes and ``SESSION_COOKIE_AGE`` after its last
    request.
    """

    def load(self) -> dict[str, Any]:
        """The stored values; marks the session as changed, and thereby saved again, when it is time."""
        stored = self._get_session_from_db()  # type: ignore[attr-defined]
        if not stored:
            return {}
        lifetime = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        if stored.expire_date - timezone.now() < lifetime - REFRESH:
            self.modified = True
        return self.decode(stored.session_data)
