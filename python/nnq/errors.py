"""What nnq raises. Apart, and free of imports, because the extension module looks its exceptions up here."""


class Error(Exception):
    """Anything that the caller can put right: the message names the thing, what was found and what is needed."""


class CompileError(Error):
    """The compiler refused a model: file, node and reason."""


class DataError(Error):
    """Sample data that cannot be used: file or array, what was expected, what was found."""
