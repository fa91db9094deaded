"""Answers one message: finds who answers its kind, and runs that in one transaction on the patient's behalf.

Blocking database work, for a thread.
"""

from uuid import uuid5

from access.context import asking
from apps.sessions import commands, socket
from apps.sessions.aggregate import Session
from apps.sessions.entrance import ROUTE
from apps.sessions.protocol import Message
from apps.sessions.socket import SocketContext, SocketRefusal


def answer(context: SocketContext, message: Message) -> Session:
    """Do what a message asks; it is durable when this returns. Gives the session as it then stands.

    The client's id names the command within its session, so that a repeated message does nothing twice and no client
    can run into another's.

    Raises:
        SocketRefusal: the rules say no; nothing was written.
        StoreError, VaultError, DatabaseError: nothing was written; those that say so may be retried under the same id.
    """
    handler = socket.handler_for(message.kind)
    if handler is None:
        raise SocketRefusal("unknown_type", f"nothing answers messages of type {message.kind}")
    with asking(context.actor, route=ROUTE):
        handler(context, message.body, uuid5(context.session_id, str(message.id)))
    return commands.load(context.session_id)
