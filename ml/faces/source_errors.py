"""What can be wrong with a file of pictures."""


class SourceUnreadable(Exception):
    """No picture can be had from that file; the others may still be read."""


class SourceCutOff(Exception):
    """The pictures before this were read; the file promised more and does not hold them."""
