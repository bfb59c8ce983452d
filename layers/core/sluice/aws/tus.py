"""Uploads that come in pieces: their state in the table, their bytes in an S3 multipart upload.

S3 takes parts of 5 MiB and more, while a request through API Gateway and Lambda holds less than that. So what is still
too small for a part waits in an object of its own, the tail, and the next piece is joined to it.

    <key>                    the whole, once all of it is there
    <key>.tail/<number>      a tail

A piece takes a number of its own before it writes anything, and nothing is ever written twice under one number: two
pieces that come at once, or a crash between two steps, leave at worst something that nobody refers to, for the bucket's
lifecycle rule. A piece counts when the offset moves, by a conditional write that only one piece at an offset can make.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sluice.aws import files, reading
from sluice.aws.clients import dynamodb, s3
from sluice.aws.items import from_item, to_item
from sluice.aws.writing import transacted
from sluice.errors import BadSource, Conflict, NotFound
from sluice.media import Value

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

LEAST_PART = 5 * 1024 * 1024
_SORT, _PART_SORT = "upload", "part#"
MOST_PARTS = 10_000
_MOST = {"next_part": MOST_PARTS, "next_tail": 10**9}
_STREAM = "application/octet-stream"


class Upload(Value):
    """`length` and `offset` in bytes. `tail` names the object of `tail_size` bytes that end at the offset and aren't in
    any part yet. `next_part` and `next_tail` are the numbers to take next; S3 knows parts from 1 to 10,000.
    """

    id: str
    tenant: str
    bucket: str
    key: str
    multipart_id: str
    length: int
    offset: int = 0
    next_part: int = 1
    next_tail: int = 1
    tail: str | None = None
    tail_size: int = 0
    done: bool = False
    metadata: str | None = None
    expires_at: int

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length


class UploadNotFound(NotFound):
    code = "upload_not_found"


class UploadStore:
    def __init__(self, table: str):
        self.table = table

    def begin(
        self, upload_id: str, tenant: str, bucket: str, key: str, *, length: int, metadata: str | None, expires_at: int
    ) -> Upload:
        """A new upload; an empty one is there at once."""
        multipart = s3().create_multipart_upload(Bucket=bucket, Key=key, ContentType=_STREAM)
        upload = Upload(
            id=upload_id,
            tenant=tenant,
            bucket=bucket,
            key=key,
            multipart_id=multipart["UploadId"],
            length=length,
            metadata=metadata,
            expires_at=expires_at,
        )
        item = {**_key(upload_id), **upload.model_dump(mode="json")}
        dynamodb().put_item(TableName=self.table, Item=to_item(item), ConditionExpression="attribute_not_exists(pk)")
        return self.append(upload, b"") if length == 0 else upload

    def get(self, upload_id: str, *, at: datetime) -> Upload:
        """Raises: UploadNotFound, also when its time is over."""
        found = dynamodb().get_item(TableName=self.table, Key=to_item(_key(upload_id)), ConsistentRead=True)
        upload = Upload.model_validate(from_item(found["Item"])) if "Item" in found else None
        if upload is None or upload.expires_at <= at.timestamp():
            raise UploadNotFound("There is no such upload, or its time is over.")
        return upload

    def append(self, upload: Upload, piece: bytes) -> Upload:
        """Add the piece that comes next, and put the whole together after the last one.

        Raises: Conflict when another piece came to this offset first.
        """
        joined = (self._tail(upload) if upload.tail else b"") + piece
        offset = upload.offset + len(piece)
        if len(joined) >= LEAST_PART or offset == upload.length:
            after = self._as_part(upload, offset, joined)
        else:
            after = self._as_tail(upload, offset, joined)
        if upload.tail:
            s3().delete_object(Bucket=upload.bucket, Key=upload.tail)
        return self.finished(after)

    def finished(self, upload: Upload) -> Upload:
        """Put a whole upload together, if that isn't done yet: a crash may have come in between."""
        if upload.done or not upload.is_whole:
            return upload
        self._complete(upload)
        dynamodb().update_item(
            TableName=self.table,
            Key=to_item(_key(upload.id)),
            UpdateExpression="SET #done = :true",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#done": "done"},
            ExpressionAttributeValues=to_item({":true": True}),
        )
        return upload.model_copy(update={"done": True})

    def remove(self, upload: Upload) -> None:
        """Forget the upload, and remove what came of it."""
        try:
            s3().abort_multipart_upload(Bucket=upload.bucket, Key=upload.key, UploadId=upload.multipart_id)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise
        for key in filter(None, (upload.tail, upload.key if upload.done else None)):
            s3().delete_object(Bucket=upload.bucket, Key=key)
        dynamodb().delete_item(TableName=self.table, Key=to_item(_key(upload.id)))

    # ── pieces ────────────────────────────────────────────────────────────────────────────────

    def _as_part(self, upload: Upload, offset: int, joined: bytes) -> Upload:
        number = self._taken_number(upload, "next_part")
        target = {"Bucket": upload.bucket, "Key": upload.key, "UploadId": upload.multipart_id}
        etag = s3().upload_part(**target, PartNumber=number, Body=joined)["ETag"]  # type: ignore[arg-type]
        after = upload.model_copy(update={"offset": offset, "tail": None, "tail_size": 0})
        self._move(upload, after, {**_part_key(upload.id, number), "etag": etag})
        return after

    def _as_tail(self, upload: Upload, offset: int, joined: bytes) -> Upload:
        tail = f"{upload.key}.tail/{self._taken_number(upload, 'next_tail')}"
        files.put_bytes(joined, upload.bucket, tail, _STREAM)
        after = upload.model_copy(update={"offset": offset, "tail": tail, "tail_size": len(joined)})
        self._move(upload, after)
        return after

    def _taken_number(self, upload: Upload, counter: str) -> int:
        """A number that no other piece has.

        Raises: Conflict when the offset has moved meanwhile, or too many pieces have failed.
        """
        try:
            answer = dynamodb().update_item(
                TableName=self.table,
                Key=to_item(_key(upload.id)),
                UpdateExpression="ADD #next :one",
                ConditionExpression="#offset = :offset AND #next <= :most",
                ExpressionAttributeNames={"#next": counter, "#offset": "offset"},
                ExpressionAttributeValues=to_item({":one": 1, ":offset": upload.offset, ":most": _MOST[counter]}),
                ReturnValues="UPDATED_OLD",
            )
        except ClientError as error:
            raise _as_conflict(error) from error
        return int(from_item(answer["Attributes"])[counter])

    def _tail(self, upload: Upload) -> bytes:
        assert upload.tail, "asked for where there is one"
        body = files.content(upload.bucket, upload.tail)
        if body is None:
            # whoever moved the offset has removed it
            raise Conflict("Another piece came first. Ask for the offset.", code="offset_conflict")
        return body

    def _move(self, before: Upload, after: Upload, part: Mapping[str, Any] | None = None) -> None:
        """The offset, the tail and the part, all or nothing.

        Raises: Conflict.
        """
        names = {"#offset": "offset", "#tail": "tail", "#size": "tail_size"}
        values = {":before": before.offset, ":after": after.offset, ":tail": after.tail or "", ":size": after.tail_size}
        writes: list[Any] = [
            {
                "Update": {
                    "TableName": self.table,
                    "Key": to_item(_key(before.id)),
                    "UpdateExpression": "SET #offset = :after, #tail = :tail, #size = :size",
                    "ConditionExpression": "#offset = :before",
                    "ExpressionAttributeNames": names,
                    "ExpressionAttributeValues": to_item(values),
                }
            }
        ]
        if part:
            item = to_item({**part, "expires_at": before.expires_at})
            writes.append({"Put": {"TableName": self.table, "Item": item}})
        if not transacted(writes):
            raise Conflict("Another piece came first. Ask for the offset.", code="offset_conflict")

    def _complete(self, upload: Upload) -> None:
        """The parts are kept by number, so they come in the order of the bytes."""
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": int(item["sk"].removeprefix(_PART_SORT)), "ETag": item["etag"]}
            for item in self._parts(upload)
        ]
        try:
            s3().complete_multipart_upload(
                Bucket=upload.bucket,
                Key=upload.key,
                UploadId=upload.multipart_id,
                MultipartUpload={"Parts": parts},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload" or not _is_there(upload):
                raise

    def _parts(self, upload: Upload) -> Iterator[dict[str, Any]]:
        return reading.partition(self.table, _key(upload.id)["pk"], begins=_PART_SORT)


def _key(upload_id: str) -> dict[str, str]:
    return {"pk": f"upload#{upload_id}", "sk": _SORT}


def _part_key(upload_id: str, number: int) -> dict[str, str]:
    return {"pk": f"upload#{upload_id}", "sk": f"{_PART_SORT}{number:05}"}


def _is_there(upload: Upload) -> bool:
    """Whether an earlier completion, whose answer was lost, has done it."""
    try:
        return files.head(upload.bucket, upload.key).size == upload.length
    except BadSource:
        return False


def _as_conflict(error: ClientError) -> Exception:
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        return error
    return Conflict("Another piece came first. Ask for the offset.", code="offset_conflict")
