"""What an account refuses. Retrying the same thing helps with none of them."""


class LoginTaken(Exception):
    """Another account has this login."""


class LinkUnusable(Exception):
    """The invitation or recovery link never existed, was used or is too old; which of these isn't told."""


class MayNotInvite(Exception):
    """This role may not invite that one."""
