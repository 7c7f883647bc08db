"""Random records, as an export would have them."""

from datetime import date

from hypothesis import strategies as st

from contactsgroups.domain.group import SETTINGS, Setting, SettingValue
from contactsgroups.services.transfer.records import (
    DATED,
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    GroupRecord,
    MemberRole,
    MembershipRecord,
    Record,
)

_letters = st.characters(exclude_categories=["C", "Z"], exclude_characters="\t ")
words = st.text(_letters, min_size=1, max_size=8)
names = st.lists(words, max_size=3).map(" ".join)
lines = st.lists(names.filter(bool), max_size=3).map("\n".join)
addresses = st.from_regex(
    r"[a-z0-9=+#'_][a-z0-9=+#'_-]{0,7}(\.[a-z]{1,3})?@[a-z]{1,4}\.example", fullmatch=True
)
attributes = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True), names.filter(bool), max_size=3
)
domains = st.from_regex(r"[a-z]{1,5}\.example", fullmatch=True)


def _values(setting: Setting) -> st.SearchStrategy[SettingValue]:
    if setting.is_switch:
        return st.booleans()
    if setting.choices:
        return st.sampled_from(list(setting.choices))
    return lines if setting.name == "description" else names


group_settings = st.fixed_dictionaries({each.name: _values(each) for each in SETTINGS})


def records() -> st.SearchStrategy[Record]:
    """Return records of every kind, complete as an export writes them."""
    return st.one_of(
        st.builds(DomainRecord, name=domains),
        st.builds(DepartmentRecord, domain=domains, path=words),
        st.builds(
            AccountRecord,
            address=addresses,
            display_name=names,
            department=names,
            title=names,
            location=names,
            active=st.booleans(),
            attributes=attributes,
        ),
        st.builds(AliasRecord, address=addresses, account=addresses),
        st.builds(AdministratorRecord, address=addresses, domain=domains),
        st.builds(
            GroupRecord,
            address=addresses,
            settings=group_settings,
        ),
        st.builds(
            MembershipRecord,
            group=addresses,
            address=addresses,
            role=st.sampled_from(sorted(DATED)),
            until=st.just("") | st.dates(min_value=date(2027, 1, 1)).map(date.isoformat),
        ),
        st.builds(
            MembershipRecord,
            group=addresses,
            address=addresses,
            role=st.sampled_from([each for each in MemberRole if each not in DATED]),
        ),
    )
