"""The two ways the library speaks to its user besides returning a value."""


class InputError(ValueError):
    """A user's mistake: one line saying what was expected, what came, and what to do.

    The command line prints it without a traceback and exits with code 2.
    """


class InputWarning(UserWarning):
    """Input that can be used but is probably not what the user meant, such as a scan that lies on its side."""
