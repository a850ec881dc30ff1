"""Notebooks run by a Dask cluster: the same marks, also when a worker dies; nothing runs where less was measured."""

import os
import signal
import threading

import pytest
import tiny
import tiny_class

from course_lib.staff.grading import cluster, isolation, verdicts
from course_lib.staff.grading.grade import grade
from course_lib.validation import CourseError

STUDENTS = ("right", "half", "untouched", "colab", "helpers", "forged", "dies", "state")


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.7:8786", "127.0.0.1:8786", "tcp://example.org:8786", "ws://[::1]:1", ""]
)
def test_a_way_over_the_network_must_be_encrypted(monkeypatch, address):
    monkeypatch.setattr("distributed.Client", lambda *settings, **more: pytest.fail("it would have gone out"))
    with pytest.raises(CourseError, match="tls://"):
        cluster.Cluster(address, isolation.Isolation("full"))


def test_a_scheduler_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.2)
    with pytest.raises(CourseError, match="dask scheduler"):
        cluster.Cluster("tcp://127.0.0.1:1", isolation.Isolation("full"))


@pytest.mark.parametrize("level", isolation.LEVELS)
def test_a_worker_runs_nothing_where_less_is_measured_than_here(monkeypatch, level):
    monkeypatch.setattr(isolation, "measure", lambda: isolation.Isolation(level, ("a wall",), "forked"))
    wanted = cluster.Standard("partial", "forked", verdicts.machinery())
    if level == "none":
        with pytest.raises(CourseError, match="got one at 'none': a wall"):
            cluster.there(wanted, int, "3")
    else:
        assert cluster.there(wanted, int, "3") == 3


@pytest.mark.parametrize(("walls", "versions"), [("cold", ()), ("forked", ("numpy 1.0",))])
def test_a_worker_with_other_walls_or_versions_runs_nothing(monkeypatch, walls, versions):
    monkeypatch.setattr(isolation, "measure", lambda: isolation.Isolation("full", (), walls))
    with pytest.raises(CourseError, match="numpy 1.0" if versions else "cold"):
        cluster.there(cluster.Standard("full", "forked", (*verdicts.machinery(), *versions)), int, "3")


def test_work_goes_to_the_workers_and_comes_back(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(isolation, "measure", lambda: isolation.Isolation("none"))
    settings = {"processes": False, "n_workers": 2, "threads_per_worker": 2, "protocol": "tcp"}
    with LocalCluster(**settings, host="127.0.0.1", dashboard_address=None) as workers:
        pool = cluster.Cluster(workers.scheduler_address, isolation.Isolation("none"))
        assert pool.jobs == 4
        assert [pool.submit(int, str(number)).result() for number in range(3)] == [0, 1, 2]
        assert isinstance(pool.submit(int, "x").exception(), ValueError)
        pool.shutdown(cancel_futures=True)
        with pytest.raises(CourseError, match="got one at 'none'"):
            cluster.Cluster(workers.scheduler_address, isolation.Isolation("full", (), "forked"))


@pytest.mark.slow
def test_a_cluster_gives_the_same_marks_with_a_worker_killed_in_the_middle(tmp_path):
    from distributed import Client, LocalCluster

    marks, killed, middle = {}, [], threading.Event()

    def kill_a_busy_one():
        """As soon as one is seen to be: the caller may be slower than its workers, and they idle meanwhile."""
        pids = client.run(os.getpid)
        while middle.wait() and not killed:
            for busy in [name for name, tasks in client.processing().items() if tasks][:1]:
                os.kill(pids[busy], signal.SIGKILL)
                killed.append(pids[busy])

    def count(done, every, student, left):
        if done == 2:
            middle.set()

    workers = LocalCluster(n_workers=3, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)
    with workers, Client(workers) as client:
        killer = threading.Thread(target=kill_a_busy_one, daemon=True)
        killer.start()
        for place, address in (("here", ""), ("there", workers.scheduler_address)):
            course = tiny.make_course(tmp_path / place)
            for student in STUDENTS:
                for number in range(2):
                    tiny.hand_in(course / "in", f"{student}{number}", tiny_class.SUBMISSIONS[student][0])
            report = grade(
                course,
                "tiny",
                course / "in",
                unsandboxed=True,
                scheduler=address,
                progress=count if address else None,
            )
            assert report.fresh == 2 * len(STUDENTS)
            marks[place] = {
                who: {name: question["score"] for name, question in entry["questions"].items()}
                for who, entry in report.students.items()
            }
        killer.join(timeout=10)
        assert len(killed) == 1 and killed[0] not in client.run(os.getpid).values()
    assert marks["there"] == marks["here"]
