"""What an account refuses. Retrying the same thing helps with none of them."""


class LoginTaken(Exception):
    """Another account has this login."""


class LinkUnusable(Exception):
    """The invitation or recovery link never existed, was used or is too old; which of these isn't told."""


class LastAdministrator(Exception):
    """No open account of an administrator would be left: nobody could invite staff or let anyone in again."""


class MayNotInvite(Exception):
    """This role may not invite that one."""
