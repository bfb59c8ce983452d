"""Errors in Tencent's own codes, for what only this dialect can tell."""

from sluice.errors import SluiceError


class Refusal(SluiceError):
    """A refusal whose `code` is one that the service documents, such as `InvalidParameterValue.Limit`."""

    def __init__(self, code: str, message: str):
        super().__init__(message, code=code)


def missing(path: str) -> Refusal:
    return Refusal("MissingParameter", f"{path}: the parameter is missing.")


def bad_value(path: str, why: str, suffix: str = "") -> Refusal:
    """A value that can't be; `suffix` is the part of the code after `InvalidParameterValue.`."""
    return Refusal(f"InvalidParameterValue{'.' if suffix else ''}{suffix}", f"{path}: {why}.")


def unsupported(path: str, why: str = "it is not supported") -> Refusal:
    return Refusal("UnsupportedOperation", f"{path}: {why}.")
