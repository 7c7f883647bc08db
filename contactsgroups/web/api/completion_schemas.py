"""Schemas of completions and of usage, which are read and answered without them, for speed."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from contactsgroups.services.completion import LIMIT
from contactsgroups.services.completion.usage import RECIPIENTS_LIMIT

_KINDS = "(group|account|contact)"


class Open(BaseModel):
    """Base of schemas whose objects may have more than is named."""

    model_config = ConfigDict(extra="allow")


class CompletionQuery(Open):
    """What is typed."""

    q: Annotated[str, Field(description="What is typed; its first 200 characters count.")] = ""
    limit: Annotated[int, Field(ge=1, le=LIMIT)] = 10
    kinds: Annotated[
        str,
        Field(pattern=f"^{_KINDS}(,{_KINDS})*$", description="Of which kinds; without it, of all."),
    ] = "group,account,contact"


class Completion(Open):
    """A suggestion."""

    kind: Annotated[str, Field(description="`group`, `account` or `contact`.")]
    id: str
    name: str
    address: str
    icon: Annotated[
        str | None, Field(description="Of a group: where its picture is, from the API's root.")
    ] = None
    match: Annotated[
        dict[str, Any],
        Field(
            description="How the query matches, in which letters.",
            json_schema_extra={"additionalProperties": True},
        ),
    ]


class CompletionList(Open):
    """Suggestions, best first."""

    query: str
    completions: list[Completion]


class PictureQuery(Open):
    """Which version of a picture is wanted."""

    v: Annotated[str, Field(description="The version that `picture` of a group names.")] = ""


class UsedRecipient(Open):
    """A recipient of a message."""

    address: str
    name: str = ""


class UsedRecipients(Open):
    """The recipients of a message that was sent."""

    recipients: Annotated[list[UsedRecipient], Field(max_length=RECIPIENTS_LIMIT)]


class UsedQuery(Open):
    """Whose usage is removed."""

    model_config = ConfigDict(extra="forbid")

    address: Annotated[
        str | None, Field(description="Without it, the usage of every address is removed.")
    ] = None


class Learning(Open):
    """Whether usage is recorded."""

    enabled: bool
