"""Where sources are and outputs lie, between the service's words and ours. Pure.

https://www.tencentcloud.com/document/product/1041/33495 (filename variables)
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from sluice import addresses
from sluice.dialects.tencent.errors import Refusal, bad_value, missing, unsupported
from sluice.dialects.tencent.models import MediaInput, Numbers, Storage
from sluice.errors import InvalidRequest
from sluice.tasks import Source

COS, S3, URL = "COS", "AWS-S3", "URL"

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\\/{}]")


class Places(NamedTuple):
    """The deployment's buckets. Sources are read from the one, outputs are put into the other."""

    media_bucket: str
    output_bucket: str
    region: str


# ── sources ───────────────────────────────────────────────────────────────────────────────────


def source_of(given: MediaInput, places: Places, path: str = "InputInfo") -> Source:
    """Raises: Refusal."""
    match given.Type:
        case "COS":
            if not (cos := given.CosInputInfo):
                raise missing(f"{path}.CosInputInfo")
            return _stored(cos.Bucket, cos.Object, f"{path}.CosInputInfo", places)
        case "AWS-S3":
            if not (s3 := given.S3InputInfo):
                raise missing(f"{path}.S3InputInfo")
            return _stored(s3.S3Bucket, s3.S3Object, f"{path}.S3InputInfo", places)
        case "URL":
            if not given.UrlInputInfo:
                raise missing(f"{path}.UrlInputInfo")
            return Source(url=checked_url(given.UrlInputInfo.Url, f"{path}.UrlInputInfo.Url"))
        case "VOD":
            raise unsupported(f"{path}.Type", "there is no VOD here, only COS, AWS-S3 and URL")
    raise bad_value(f"{path}.Type", "it is COS, AWS-S3 or URL", "InputInfo")


def _stored(bucket: str, key: str, path: str, places: Places) -> Source:
    if bucket != places.media_bucket:
        message = f"{path}: files are read from the bucket {places.media_bucket} only."
        raise Refusal("ResourceNotFound.CosBucketNotExist", message)
    if not key.removeprefix("/"):
        raise bad_value(path, "it names no file", "InputInfo")
    return Source(bucket=bucket, key=key.removeprefix("/"))


def checked_url(url: str, path: str) -> str:
    try:
        addresses.parsed(url)
    except InvalidRequest as error:
        raise bad_value(path, error.message.rstrip("."), "InputInfo" if path.startswith("InputInfo") else "") from error
    return url


# ── outputs ───────────────────────────────────────────────────────────────────────────────────


def storage_type(given: Storage | None, path: str, places: Places) -> str | None:
    """COS or AWS-S3, as the storage was called; None when none was named.

    Raises: Refusal for one that isn't this deployment's.
    """
    if given is None:
        return None
    if given.Type == "VOD":
        raise unsupported(f"{path}.Type", "there is no VOD here, only COS and AWS-S3")
    if given.Type not in {COS, S3}:
        raise bad_value(f"{path}.Type", "it is COS or AWS-S3")
    cos, s3 = given.CosOutputStorage, given.S3OutputStorage
    if given.Type == S3 and not s3:
        raise missing(f"{path}.S3OutputStorage")
    bucket = (s3.S3Bucket if s3 else None) if given.Type == S3 else (cos.Bucket if cos else None)
    if bucket is not None and bucket not in {places.output_bucket, places.media_bucket}:
        message = f"{path}: outputs are put into the bucket {places.output_bucket} only."
        raise Refusal("ResourceNotFound.CosBucketNotExist", message)
    return given.Type


def say_storage(called: str | None, places: Places) -> dict[str, Any]:
    """The bucket that outputs really lie in, in the words of the storage that was asked for."""
    if called == S3:
        return {"Type": S3, "S3OutputStorage": {"S3Bucket": places.output_bucket, "S3Region": places.region}}
    return {"Type": COS, "CosOutputStorage": {"Bucket": places.output_bucket, "Region": places.region}}


def folder_of(output_dir: str | None, source: Source) -> str:
    """The folder of the outputs, without its first slash: the asked-for one, or that of the source.

    Raises: Refusal.
    """
    if not output_dir:
        return f"{source.key.rpartition('/')[0]}/".lstrip("/") if source.key else ""
    if not (output_dir.startswith("/") and output_dir.endswith("/")):
        raise bad_value("OutputDir", "it begins and ends with /")
    return output_dir[1:]


def names_of(source: Source, definition: int) -> dict[str, str]:
    """What the variables of an output's name stand for, those that are known before the output is."""
    path = source.key or unquote(urlsplit(source.url or "").path)
    name = _UNSAFE_IN_NAMES.sub("_", path.rstrip("/").rpartition("/")[2]).strip(".") or "source"
    stem, _, ending = name.rpartition(".")
    return {
        "inputName": (stem or ending)[-100:],
        "inputFormat": ending[-20:] if stem else "",
        "definition": str(definition),
    }


def resolved(pattern: str, folder: str, names: Mapping[str, str], path: str) -> str:
    """The pattern with its variables in place, but for `{number}` and `{format}`, which are known at the end.

    Raises: Refusal for a variable that there isn't.
    """

    def value(found: re.Match[str]) -> str:
        if found[1] in {"number", "format"}:
            return found[0]
        if found[1] not in names:
            raise unsupported(path, f"there is no variable {found[0]} here")
        return names[found[1]]

    wanted = _VARIABLE.sub(value, pattern)
    return wanted[1:] if wanted.startswith("/") else folder + wanted


def as_folder(path: str) -> str:
    """For what is many files that name each other: a folder that is called as the one file would be."""
    plain = path.removesuffix(".{format}").replace("{number}", "").rstrip("_-. ")
    return f"{plain}/"


def numbered(path: str, given: Numbers | None) -> str:
    """The pattern with the way in which `{number}` is written (see naming)."""
    wanted = given or Numbers()
    first = wanted.InitialValue or 0
    step, length, fill = wanted.Increment or 1, wanted.MinLength or 1, wanted.PlaceHolder or "0"
    return path.replace("{number}", f"{{number:{first},{step},{length},{fill}}}")
