"""What a person changes about the own account."""

from django import forms

from ..models import User


class SettingsForm(forms.ModelForm):
    """Name and phone as colleagues in other offices see them."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "phone"]
