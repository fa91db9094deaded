"""Users, sign-in, invitations and recovery. No address stands in the clear anywhere."""
