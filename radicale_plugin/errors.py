"""The answers to errors of the core: one HTTP status for each class of error."""

from collections.abc import Mapping
from http import HTTPStatus

from contactsgroups.domain import errors

# Another try makes sense after so many seconds.
_RETRY_AFTER = 30

STATUSES: Mapping[type[errors.ContactsGroupsError], HTTPStatus] = {
    errors.ContactsGroupsError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidInput: HTTPStatus.BAD_REQUEST,
    errors.InvalidAddress: HTTPStatus.BAD_REQUEST,
    errors.InvalidText: HTTPStatus.BAD_REQUEST,
    errors.InvalidPicture: HTTPStatus.BAD_REQUEST,
    errors.InvalidRule: HTTPStatus.BAD_REQUEST,
    errors.SeveralFaults: HTTPStatus.BAD_REQUEST,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.DomainNotFound: HTTPStatus.NOT_FOUND,
    errors.DepartmentNotFound: HTTPStatus.NOT_FOUND,
    errors.AccountNotFound: HTTPStatus.NOT_FOUND,
    errors.GroupNotFound: HTTPStatus.NOT_FOUND,
    errors.MemberNotFound: HTTPStatus.NOT_FOUND,
    errors.MessageNotFound: HTTPStatus.NOT_FOUND,
    errors.RequestNotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.AddressInUse: HTTPStatus.CONFLICT,
    errors.DepartmentInUse: HTTPStatus.CONFLICT,
    errors.MembershipCycle: HTTPStatus.CONFLICT,
    errors.NoMembers: HTTPStatus.CONFLICT,
    errors.MembersAreDerived: HTTPStatus.CONFLICT,
    errors.MembersWouldLeave: HTTPStatus.CONFLICT,
    errors.NeedsConfirmation: HTTPStatus.CONFLICT,
    errors.AlreadyDecided: HTTPStatus.CONFLICT,
    errors.StaleVersion: HTTPStatus.PRECONDITION_FAILED,
    errors.NotPermitted: HTTPStatus.FORBIDDEN,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SignInBusy: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: errors.ContactsGroupsError) -> HTTPStatus:
    """Return the status of the error's class, or of the nearest class above it."""
    return next(STATUSES[each] for each in type(error).__mro__ if each in STATUSES)


def explain(error: errors.ContactsGroupsError) -> tuple[HTTPStatus, dict[str, str], str]:
    """Return status, headers and text of the answer to a request that met this error."""
    status = status_of(error)
    headers = {"Content-Type": "text/plain"}
    seconds = getattr(error, "retry_after", None)
    if seconds is not None or status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(seconds or _RETRY_AFTER)
    return status, headers, f"{error}\n"
