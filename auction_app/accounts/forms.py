"""What people type about their accounts."""

from dataclasses import dataclass

from service_kit.local_time import zone_names

from auction_app.web.forms import Form, as_typed, choice, email, line, name, new_password
from auction_app.web.i18n import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class SignUpForm(Form):
    """A new account; `terms` is the version of the terms of use that the page has shown."""

    name: str = name()
    email: str = email()
    password: str = new_password()
    terms: str = as_typed()


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
class SetupForm(Form):
    """Who wants two-factor sign-in."""

    password: str = as_typed(repr=False)


@dataclass(frozen=True, kw_only=True)
class FirstCodeForm(Form):
    """The first code of an app, and what we gave to put into it."""

    setup: str = as_typed(repr=False)
    code: str = as_typed(repr=False)


@dataclass(frozen=True, kw_only=True)
class CodeForm(Form):
    """A code of the app, or a recovery code."""

    code: str = as_typed(repr=False)


@dataclass(frozen=True, kw_only=True)
class RenewCodesForm(Form):
    """The password, or a code of the app, for new recovery codes."""

    renew_proof: str = as_typed(repr=False)


@dataclass(frozen=True, kw_only=True)
class ProofForm(Form):
    """The password, or a code of the app, for what weakens an account."""

    proof: str = as_typed(repr=False)


@dataclass(frozen=True, kw_only=True)
class PasskeyForm(Form):
    """A new passkey: what its owner calls it, and the password."""

    passkey_name: str = line(longest=60)
    passkey_password: str = as_typed(repr=False)


@dataclass(frozen=True, kw_only=True)
class ProfileForm(Form):
    """How an account is shown and spoken to; no zone means whatever the browser says."""

    name: str = name()
    locale: str = choice(LANGUAGES, word="not_a_language")
    time_zone: str | None = choice(zone_names(), default=None, word="not_a_zone")
