"""Exit codes: one table from error classes to the codes of sysexits.h, which mail programs use."""

import os

from contactsgroups.domain.errors import (
    AccountNotFound,
    AddressInUse,
    AlreadyDecided,
    Conflict,
    ContactsGroupsError,
    DepartmentInUse,
    DepartmentNotFound,
    DomainNotFound,
    GroupNotFound,
    InvalidAddress,
    InvalidInput,
    InvalidPicture,
    InvalidRule,
    InvalidText,
    MemberNotFound,
    MembersAreDerived,
    MembershipCycle,
    MembersWouldLeave,
    MessageNotFound,
    NeedsConfirmation,
    NoMembers,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    RequestNotFound,
    SeveralFaults,
    SignInBusy,
    StaleVersion,
    TooManyAttempts,
    Unavailable,
)
from contactsgroups.settings import InvalidSettings

PARTLY_DONE = 1
"""Something was left out: faulty lines of an import, or warnings of a check."""

CONFLICT = os.EX_CANTCREAT
"""What was asked for contradicts what is stored; sysexits.h has nothing nearer."""

EXIT_CODES: dict[type[ContactsGroupsError], int] = {
    ContactsGroupsError: os.EX_SOFTWARE,
    InvalidInput: os.EX_DATAERR,
    InvalidAddress: os.EX_DATAERR,
    InvalidText: os.EX_DATAERR,
    InvalidPicture: os.EX_DATAERR,
    InvalidRule: os.EX_DATAERR,
    SeveralFaults: os.EX_DATAERR,
    InvalidSettings: os.EX_CONFIG,
    NotFound: os.EX_NOUSER,
    DomainNotFound: os.EX_NOHOST,
    DepartmentNotFound: os.EX_NOUSER,
    AccountNotFound: os.EX_NOUSER,
    GroupNotFound: os.EX_NOUSER,
    MemberNotFound: os.EX_NOUSER,
    MessageNotFound: os.EX_NOUSER,
    RequestNotFound: os.EX_NOUSER,
    Conflict: CONFLICT,
    AddressInUse: CONFLICT,
    DepartmentInUse: CONFLICT,
    MembershipCycle: CONFLICT,
    NoMembers: CONFLICT,
    NeedsConfirmation: CONFLICT,
    MembersAreDerived: CONFLICT,
    MembersWouldLeave: CONFLICT,
    AlreadyDecided: CONFLICT,
    StaleVersion: CONFLICT,
    NotPermitted: os.EX_NOPERM,
    NotAuthenticated: os.EX_NOPERM,
    TooManyAttempts: os.EX_TEMPFAIL,
    Unavailable: os.EX_TEMPFAIL,
    SignInBusy: os.EX_TEMPFAIL,
}


def exit_code_of(error: ContactsGroupsError) -> int:
    """Return the code of an error's class, or of the nearest class above it."""
    return next(EXIT_CODES[each] for each in type(error).__mro__ if each in EXIT_CODES)
