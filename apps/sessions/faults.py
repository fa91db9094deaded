"""Names a failure for the log without its words, which may be a patient's."""


def place(failure: BaseException) -> str:
    """Where it was raised: file and line."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "nowhere"


def named(failure: BaseException) -> str:
    """Its class and place."""
    return f"{type(failure).__name__} at {place(failure)}"
