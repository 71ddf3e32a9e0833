"""What people type about their accounts."""

from dataclasses import dataclass

from service_kit.local_time import zone_names

from auction_app.web.forms import Form, as_typed, choice, email, name, new_password
from auction_app.web.i18n import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class SignUpForm(Form):
    """A new account."""

    name: str = name()
    email: str = email()
    password: str = new_password()


@dataclass(frozen=True, kw_only=True)
class SignInForm(Form):
    """Who wants to be let in; whatever is wrong with it, the answer is the same."""

    email: str = as_typed()
    password: str = as_typed(repr=False)


@dataclass(frozen=True, kw_only=True)
class ForgotPasswordForm(Form):
    """Whose password is forgotten."""

    email: str = email()


@dataclass(frozen=True, kw_only=True)
class ResetPasswordForm(Form):
    """The password that takes the forgotten one's place."""

    new_password: str = new_password()


@dataclass(frozen=True, kw_only=True)
class ChangePasswordForm(Form):
    """Another password. Forms beside each other on one page can't share the id of a field: so
    today's password is `old_password` here and `password` in the others."""

    old_password: str = as_typed(repr=False)
    new_password: str = new_password()


@dataclass(frozen=True, kw_only=True)
class ChangeAddressForm(Form):
    """Another e-mail address."""

    email: str = email()
    password: str = as_typed(repr=False)


@dataclass(frozen=True, kw_only=True)
class ProfileForm(Form):
    """How an account is shown and spoken to; no zone means whatever the browser says."""

    name: str = name()
    locale: str = choice(LANGUAGES, word="not_a_language")
    time_zone: str | None = choice(zone_names(), default=None, word="not_a_zone")
