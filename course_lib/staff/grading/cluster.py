"""Workers of a running Dask cluster in the place of local ones: the same work, elsewhere.

Only notebooks go there, and only what they answered comes back; cases are drawn, records judged and scores written by
the caller. A worker that dies loses nothing: the scheduler gives its notebooks to another one. Each worker measures its
own walls and tells its versions, and runs nothing where either is not as here.
"""

import ipaddress
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, NamedTuple

from course_lib.staff.grading import isolation, verdicts
from course_lib.validation import CourseError

CONNECT_SECONDS = 30.0


class Standard(NamedTuple):
    """How a process grades: its level of isolation, how it starts workers at that level, and with what."""

    level: str
    walls: str
    machinery: tuple[str, ...]


class Cluster(Executor):
    """The workers behind a Dask scheduler, for as long as a class runs; see `batch.results`.

    address: of the scheduler, ``tls://host:port``; on this machine ``tcp://`` will do. level: what was measured here.
    jobs: notebooks that run at the same time.

    Raises CourseError when it is not reached, has no workers, or one that would grade otherwise than this machine.
    """

    def __init__(self, address: str, level: isolation.Isolation) -> None:
        _require_safe(address)
        try:
            from distributed import Client
        except ImportError as error:
            raise CourseError(
                "Wanted the package distributed, got none. Install the extra: course-lib[cluster]"
            ) from error
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS)
        except OSError as error:
            raise CourseError(
                f"Wanted a Dask scheduler at {address}, got no answer. Start it: dask scheduler"
            ) from error
        self._wanted = Standard(level.level, level.walls, verdicts.machinery())
        try:
            self.jobs = self._measured()
        except BaseException:
            self._client.close()
            raise
        self._pool = self._client.get_executor(pure=False)

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:  # type: ignore[override]
        """Run it on one of the workers."""
        return self._pool.submit(there, self._wanted, function, *arguments)  # type: ignore[no-any-return]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; it runs on for others."""
        self._pool.shutdown(wait=wait and not cancel_futures)
        self._client.close()

    def _measured(self) -> int:
        """Threads of all workers, once each of them has measured itself."""
        threads = self._client.nthreads()
        if not threads:
            raise CourseError("Wanted a cluster with workers, got none. Start some: dask worker ADDRESS")
        asked = [
            self._client.submit(there, self._wanted, str, workers=[name], allow_other_workers=False, pure=False)
            for name in threads
        ]
        self._client.gather(asked)
        return sum(threads.values())


def there(wanted: Standard, function: Callable[..., Any], *arguments: Any) -> Any:
    """On a worker: call it, if this process grades as the caller's does.

    Raises CourseError otherwise.
    """
    level = isolation.measure()
    found = Standard(level.level, level.walls, verdicts.machinery())
    weaker = isolation.LEVELS.index(found.level) < isolation.LEVELS.index(wanted.level)
    if weaker or (wanted.walls not in ("none", found.walls)):
        missing = "; ".join(level.missing) or f"walls of another kind ({found.walls})"
        raise CourseError(f"Wanted workers at isolation level {wanted.level!r}, got one at {found.level!r}: {missing}")
    if found.machinery != wanted.machinery:
        other = sorted({*found.machinery} ^ {*wanted.machinery})
        raise CourseError(f"Wanted workers with this machine's versions, got others: {', '.join(other)}")
    return function(*arguments)


def _require_safe(address: str) -> None:
    """Raises CourseError for a way over a network that is not encrypted: whoever speaks to a scheduler commands it."""
    scheme, _, rest = address.partition("://")
    host = rest.rpartition(":")[0].strip("[]")
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if scheme != "tls" and not (scheme == "tcp" and loopback):
        raise CourseError(
            f"Wanted tls://host:port (or tcp:// on this machine's loopback), got {address!r}. "
            "Give the cluster certificates: https://distributed.dask.org/en/stable/tls.html"
        )
