"""Where login follows our rules instead of allauth's."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is closed: nobody gets an account without an institution that vouches for them."""
        return False
