"""The audit log, written from what a unit of work did to the rows, whichever use case it was.

A recorder listens to the session of a unit of work.  Flush events report each entity's values
before and after; statements that change many rows at once are preceded by a SELECT of the rows
that they reach.  So the cost grows with the change, never with a group's size.

Two kinds of statement are not recorded, and no use case has them: SQL as text, and statements on
the connection instead of the session.  Savepoints that are rolled back are not known either.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Any

from sqlalchemy import Column, Connection, event, inspect, tuple_
from sqlalchemy.engine import Result
from sqlalchemy.orm import ORMExecuteState, PassiveFlag, Session, object_session
from sqlalchemy.orm.attributes import History, get_history, instance_dict
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import AuditRow
from contactsgroups.persistence.models.base import new_uuid, utc_now
from contactsgroups.persistence.queries import chunked, insert_rows
from contactsgroups.services.unit_of_work.audit_chain import AuditChain
from contactsgroups.services.unit_of_work.audit_entries import Entry, entries_of
from contactsgroups.services.unit_of_work.audit_search import search_text_of
from contactsgroups.services.unit_of_work.audited_tables import (
    AUDITED,
    BY_NAME,
    UNKNOWN,
    AuditedTable,
    Row,
)
from contactsgroups.services.unit_of_work.differences import Differences

_RECORDER = "contactsgroups_audit"
_PORTION = 500
_ORIGIN_LENGTH = 64


class AuditRecorder:
    """Records changes of audited rows in one session, until they are written to the log."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.differences = Differences()
        """What was recorded so far."""
        self.work_id = new_uuid()
        """What every entry of this unit of work carries."""
        self.undoes: list[str] = []
        """Ids of the units of work that this one takes back."""
        self.notes: list[Entry] = []
        """What was done to no row of an audited table, and is to be written all the same."""
        self.because = ""
        """Why it is done, where nobody has asked for it."""
        self.actions: set[str] = set()
        """What was written, such as "change group"."""
        session.info[_RECORDER] = self
        event.listen(session, "do_orm_execute", self._watch)

    def write(self, actor: Principal) -> None:
        """Write one entry for each account, group and so on that differs."""
        self._session.flush()
        at = utc_now()
        entries = chain(entries_of(self._session, self.differences), self.notes)
        linked = AuditChain(self._session)
        while some := list(islice(entries, _PORTION)):
            rows = [_values(entry, actor, self._circumstances()) | {"at": at} for entry in some]
            rows = [row | {"work_id": self.work_id} for row in rows]
            self.actions |= {entry.action for entry in some}
            insert_rows(self._session, AuditRow, linked.link(rows))
        linked.close()

    def _circumstances(self) -> dict[str, Any]:
        """Return what every entry says beside what it changed."""
        said = {"undoes": [*self.undoes], "because": self.because}
        return {name: value for name, value in said.items() if value}

    def note_insert(self, audited: AuditedTable, entity: object) -> None:
        """Note that an entity was inserted."""
        values = instance_dict(entity)
        self.differences.insert(audited, tuple(map(values.get, audited.attributes)))

    def note_update(self, audited: AuditedTable, entity: object, connection: Connection) -> None:
        """Note that an entity is about to be updated, if it is different at all."""
        histories = _histories(audited, entity)
        if not any(history.added for history in histories):
            return
        before = _row_before(histories)
        if any(history.added and not history.deleted for history in histories):
            before = _stored_row(audited, entity, connection)  # An old value was never read.
        after = tuple(
            history.added[0] if history.added else old
            for history, old in zip(histories, before, strict=True)
        )
        self.differences.update(audited, before, after)

    def note_delete(self, audited: AuditedTable, entity: object, connection: Connection) -> None:
        """Note that an entity is about to be deleted, with what goes along with it."""
        row = _row_before(_histories(audited, entity))
        if UNKNOWN in row:
            row = _stored_row(audited, entity, connection)
        self._note_removal(audited, row, connection)

    def _note_removal(self, audited: AuditedTable, row: Row, connection: Connection) -> None:
        for other, column in audited.cascading:
            statement = other.select(column == row[audited.places["id"]])
            for gone in connection.execute(statement).all():
                self._note_removal(other, tuple(gone), connection)
        self.differences.remove(audited, row)

    def _watch(self, state: ORMExecuteState) -> Result[Any] | None:
        """Note what a statement does, if it changes an audited table, and execute it."""
        if not (state.is_insert or state.is_update or state.is_delete):
            return None
        audited = BY_NAME.get(state.statement.table.name)  # type: ignore[attr-defined]
        if audited is None:
            return None
        if state.is_update and not _may_set_audited_columns(audited, state):
            return None
        state.session.flush()
        if state.is_insert:
            return self._watch_insert(audited, state)
        if isinstance(state.parameters, Sequence):
            raise TypeError(f"a condition says which rows of {audited.table.name} change")
        if state.is_update:
            return self._watch_update(audited, state)
        for row in _reached_rows(audited, state):
            self._note_removal(audited, row[: len(audited.columns)], state.session.connection())
        return state.invoke_statement()

    def _watch_insert(self, audited: AuditedTable, state: ORMExecuteState) -> Result[Any]:
        given = state.parameters
        if given is None or _may_leave_rows_out(state.statement):
            name = audited.table.name
            raise TypeError(f"rows of {name} are inserted by plain parameters, every one of them")
        result = state.invoke_statement()
        for values in [given] if isinstance(given, Mapping) else given:
            self.differences.insert(audited, _row_given(audited, values))
        return result

    def _watch_update(self, audited: AuditedTable, state: ORMExecuteState) -> Result[Any]:
        width = len(audited.columns)
        before = {row[width:]: row[:width] for row in _reached_rows(audited, state)}
        result = state.invoke_statement()
        primary_key = tuple_(*audited.table.primary_key)
        for some in chunked(list(before)):
            statement = audited.select(primary_key.in_(some))
            statement = statement.add_columns(*audited.table.primary_key)
            for row in state.session.connection().execute(statement).all():
                self.differences.update(audited, before[tuple(row)[width:]], tuple(row)[:width])
        return result


def _reached_rows(audited: AuditedTable, state: ORMExecuteState) -> list[Row]:
    """Return the rows that a statement is about to change, each with its primary key behind it."""
    statement = audited.select().add_columns(*audited.table.primary_key)
    condition = state.statement.whereclause  # type: ignore[attr-defined]
    if condition is not None:
        statement = statement.where(condition)
    found = state.session.connection().execute(statement, state.parameters)
    return [tuple(row) for row in found]


def _may_leave_rows_out(statement: Any) -> bool:
    """Whether an INSERT may pass over rows that are there, or update them.

    So does one of a dialect's own, and one with a prefix such as OR IGNORE.
    """
    is_of_dialect = hasattr(statement, "excluded") or hasattr(statement, "inserted")
    return is_of_dialect or bool(statement._prefixes)


def _may_set_audited_columns(audited: AuditedTable, state: ORMExecuteState) -> bool:
    """Whether an UPDATE may set any column that is audited."""
    values = state.statement._values  # type: ignore[attr-defined]
    if values is None or state.parameters:
        return True
    names = {*audited.places, *audited.attributes}
    return any(getattr(column, "key", column) in names for column in values)


def _row_given(audited: AuditedTable, values: Mapping[str, Any]) -> Row:
    """Return the row that parameters of an INSERT make, by names of attributes or of columns."""
    return tuple(
        values[name] if name in values else values.get(column.name, _default(column))
        for name, column in zip(audited.attributes, audited.columns, strict=True)
    )


def _default(column: Column[Any]) -> Any:
    """Return what the database or SQLAlchemy puts where no value is given."""
    if column.name == "id":
        return (
            object()
        )  # Given by the database and unknown here; a new object equals no other value.
    if column.default is None:
        return None
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else UNKNOWN


def _histories(audited: AuditedTable, entity: object) -> list[History]:
    return [
        get_history(entity, name, PassiveFlag.PASSIVE_NO_INITIALIZE) for name in audited.attributes
    ]


def _row_before(histories: Sequence[History]) -> Row:
    """Return the row as it was when it was read, as far as it was."""
    return tuple(
        next(iter(history.deleted or history.unchanged or ()), UNKNOWN) for history in histories
    )


def _stored_row(audited: AuditedTable, entity: object, connection: Connection) -> Row:
    """Read the row of an entity that is about to be written."""
    columns = audited.table.primary_key
    identity = inspect(entity, raiseerr=True).identity
    conditions = [column == value for column, value in zip(columns, identity, strict=True)]
    return tuple(connection.execute(audited.select(*conditions)).one())


def _values(entry: Entry, actor: Principal, circumstances: dict[str, Any]) -> dict[str, Any]:
    detail = entry.detail | circumstances
    return {
        "actor": str(actor.address),
        "origin": actor.origin[:_ORIGIN_LENGTH],
        "action": entry.action,
        "subject": entry.subject,
        "domain": entry.domain,
        "group_uuid": entry.group_uuid,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "search_text": search_text_of(str(actor.address), entry.subject, entry.detail),
    }


def _recorder_of(entity: object) -> AuditRecorder | None:
    session = object_session(entity)
    return None if session is None else session.info.get(_RECORDER)


def _listen(audited: AuditedTable) -> None:
    """Report flushes of a table's entities to the recorder of their session, if it has one."""

    def after_insert(_mapper: object, _connection: Connection, entity: object) -> None:
        if recorder := _recorder_of(entity):
            recorder.note_insert(audited, entity)

    def before_update(_mapper: object, connection: Connection, entity: object) -> None:
        if recorder := _recorder_of(entity):
            recorder.note_update(audited, entity, connection)

    def before_delete(_mapper: object, connection: Connection, entity: object) -> None:
        if recorder := _recorder_of(entity):
            recorder.note_delete(audited, entity, connection)

    event.listen(audited.entity, "after_insert", after_insert)
    event.listen(audited.entity, "before_update", before_update)
    event.listen(audited.entity, "before_delete", before_delete)


for _audited in AUDITED:
    _listen(_audited)
