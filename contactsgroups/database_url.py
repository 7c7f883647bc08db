"""Whether a database can be reached by its URL, as far as the URL tells."""

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

_BACKENDS = {"sqlite", "mysql", "mariadb", "postgresql"}
_DRIVERS = (
    "use sqlite, or mysql+pymysql after pip install 'contactsgroups[mysql]', "
    "or postgresql+psycopg after pip install 'contactsgroups[postgresql]'"
)


def find_fault(database_url: str) -> str | None:
    """Say why no database can be reached by this URL, without the URL: it may hold a password."""
    try:
        url = make_url(database_url)
        dialect = url.get_dialect()
        dialect.import_dbapi()
        dialect().create_connect_args(url)
    except (NoSuchModuleError, ImportError):
        return f"there is no driver for {url.drivername}; {_DRIVERS}"
    except (ArgumentError, ValueError, TypeError):
        return "it is no URL such as postgresql+psycopg://user:password@host/name"
    if url.get_backend_name() not in _BACKENDS:
        return f"{url.drivername} is none of the databases that are possible; {_DRIVERS}"
    if dialect.is_async:
        return f"{url.drivername} is an asynchronous driver; {_DRIVERS}"
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        return "it names no file"
    return None
