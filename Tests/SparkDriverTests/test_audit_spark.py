"""The database of a scan on Spark is that of one scan, row for row, whatever happens to the machines meanwhile.

    python3 Tests/SparkDriverTests/test_audit_spark.py [NAMES OF TESTS]

AUDIT names the program, a debug build (default: the checkout's), AUDIT_SPARK_PICTURES how many pictures (default: 400). Where
executors are hurt, two of one core each run as processes of their own. Without PySpark, PyArrow and Java it says so and does
nothing.
"""

import glob
import importlib.util
import io
import os
import random
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
AUDIT = os.environ.get("AUDIT", os.path.join(ROOT, ".build/debug/audit"))
DRIVER = os.path.join(ROOT, "Sources/SparkDriver/audit_spark.py")
PARQUET = os.path.join(ROOT, "Sources/SparkDriver/audit_parquet.py")
FACES = os.path.join(ROOT, "../shared/faces/celeba_89x109")
PICTURES = int(os.environ.get("AUDIT_SPARK_PICTURES", "400"))
OPTIONS = ["--size", "64", "--timeout", "2"]
CLUSTER = "local-cluster[2,1,1024]"
# Threads of one process, which tries a task four times as a cluster does.
PROCESS = "local[2,4]"
# What compiles code for long runs costs short ones more than all else that Spark does.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def spark_submit():
    """The program of the PySpark that Python finds, which need not be on the path; None where there is none."""
    found = importlib.util.find_spec("pyspark")
    # A folder that an uninstalled one left behind is found too, without an origin.
    if found is None or found.origin is None:
        return None
    program = os.path.join(os.path.dirname(found.origin), "bin", "spark-submit")
    return program if os.access(program, os.X_OK) else None


SUBMIT = spark_submit()


def ppm(seed, comment=b"a picture"):
    """A soft pattern with grain."""
    chance = random.Random(seed)
    side, (a, b, c) = 32, (chance.random() * 3, chance.random() * 3, chance.random())
    pixels = bytes(
        min(255, max(0, int(128 + 90 * (((x * a + y * b) / side + c * k) % 1 - 0.5) + chance.gauss(0, 6))))
        for y in range(side) for x in range(side) for k in (1, 2, 3))
    return b"P6\n# %s\n%d %d 255\n" % (comment, side, side) + pixels


def pictures():
    """Names and bytes, those among them that end, hang or mislead who decodes them."""
    found = sorted(glob.glob(os.path.join(FACES, "**", "*.jpg"), recursive=True))
    for number in range(PICTURES):
        if not found:
            yield "%06d.ppm" % number, ppm(number)
            continue
        # More are wanted than there are: other bytes behind the end of the picture, so that no row is another's.
        with open(found[number % len(found)], "rb") as file:
            yield "%06d.jpg" % number, file.read() + (b"" if number < len(found) else b"%d" % number)
    yield "crash.ppm", ppm(1, b"AUDIT-FAULT:crash")
    yield "hang.ppm", ppm(2, b"AUDIT-FAULT:hang")
    yield "truncated.ppm", ppm(3)[:1500]
    yield "words.jpg", b"no picture"
    yield "empty.jpg", b""


def make_tars(folder, count=4):
    os.makedirs(folder)
    tars = [tarfile.open(os.path.join(folder, "%05d.tar" % number), "w") for number in range(count)]
    for number, (name, content) in enumerate(pictures()):
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tars[number * count // (PICTURES + 5)].addfile(member, io.BytesIO(content))
    for tar in tars:
        tar.close()


def make_parquet(folder):
    """The pictures as Hugging Face keeps them, and one that is not there."""
    import pyarrow
    import pyarrow.parquet

    os.makedirs(folder)
    rows = [{"path": name, "bytes": content} for name, content in pictures()] + [{"path": "none.jpg", "bytes": None}]
    for number in range(2):
        part = rows[number::2]
        table = pyarrow.table({"image": part, "who": ["person %d" % (row % 5) for row in range(len(part))]})
        pyarrow.parquet.write_table(table, os.path.join(folder, "train-%05d.parquet" % number), row_group_size=30)
    return sorted(glob.glob(os.path.join(folder, "*.parquet")))


def descendants(process):
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as file:
                    children.setdefault(int(file.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
            except OSError:
                pass
    found, seen = [process], []
    while found:
        one = found.pop()
        seen.append(one)
        found += children.get(one, [])
    return seen[1:]


def end(process):
    try:
        os.kill(process, signal.SIGKILL)
    except OSError:
        pass


def named(process, words):
    """Those below a process whose command line holds all of these words."""
    found = []
    for one in descendants(process):
        try:
            with open("/proc/%d/cmdline" % one, "rb") as file:
                line = file.read().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if all(word in line for word in words):
            found.append(one)
    return found


class SparkTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.mkdtemp(prefix="audit-spark-test-")
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        cls.tars = os.path.join(cls.work, "tars")
        make_tars(cls.tars)
        cls.local = os.path.join(cls.work, "local.db")
        subprocess.run([AUDIT, "scan", cls.tars, "--db", cls.local, "-q", *OPTIONS], check=True)

    def submit(self, out, *options, master=PROCESS, conf=(), meanwhile=None, dataset=None):
        """Runs the driver; `meanwhile` is asked again and again until it says that it has done its deed."""
        command = [SUBMIT, "--master", master]
        usual = ["spark.ui.enabled=false", "spark.driver.extraJavaOptions=" + JAVA, "spark.executor.extraJavaOptions=" + JAVA]
        for setting in usual + list(conf):
            command += ["--conf", setting]
        command += [DRIVER, *(dataset or [self.tars]), "--out", os.path.join(self.work, out), "--audit", AUDIT, *options, "--", *OPTIONS]
        environment = dict(os.environ, PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable)
        log = os.path.join(self.work, out + ".log")
        begun, done = time.monotonic(), False
        with open(log, "w") as file:
            run = subprocess.Popen(
                command, stdout=file, stderr=subprocess.STDOUT, cwd=self.work, env=environment, start_new_session=True)
        try:
            while run.poll() is None:
                if meanwhile and not done and self.parts(out):
                    done = meanwhile(run.pid)
                time.sleep(0.05)
                self.assertLess(time.monotonic() - begun, 600 + PICTURES / 4, "the job does not end")
        finally:
            for one in descendants(run.pid) + [run.pid]:
                end(one)
        with open(log) as file:
            said = file.read()
        self.assertEqual(run.returncode, 0, said[-8000:])
        if meanwhile:
            self.assertTrue(done, "the job was over before its executor could be hurt")
        print("%s: %.0f s" % (self.id().rsplit(".", 1)[1], time.monotonic() - begun), flush=True)
        return said

    def parts(self, out):
        return sorted(glob.glob(os.path.join(self.work, out, "rows", "*", "*.parquet")))

    def rows_of(self, database):
        """Everything that a scan says of its samples, by path."""
        with sqlite3.connect(database) as found:
            found.row_factory = sqlite3.Row
            rows = {}
            for row in found.execute("SELECT * FROM samples"):
                rows[row["path"]] = {key: row[key] for key in row.keys() if key not in ("id", "run_id")}
            issues = found.execute(
                "SELECT path, issue.code, issue.detail FROM issue JOIN sample ON sample.id = issue.sample_id ORDER BY 1, 2, 3")
            (digest,) = found.execute("SELECT digest FROM run").fetchone()
            return rows, [tuple(issue) for issue in issues], digest

    def assert_same(self, out, local=None, more=0):
        (rows, issues, digest), (local, local_issues, local_digest) = (
            self.rows_of(os.path.join(self.work, out, "audit.db")), self.rows_of(local or self.local))
        self.assertEqual(len(rows), PICTURES + 5 + more)
        for path, row in local.items():
            self.assertEqual(rows.get(path), row, path)
        self.assertEqual(rows.keys(), local.keys())
        self.assertEqual(issues, local_issues)
        self.assertEqual(digest, local_digest)

    def test_equals_the_local_scan_and_a_lost_part_is_scored_again(self):
        import pyarrow.parquet

        self.submit("plain", "--partitions", "8", master=CLUSTER)
        self.assert_same("plain")
        rows, _, _ = self.rows_of(os.path.join(self.work, "plain", "audit.db"))
        codes = {path.split("/")[1]: row["error_code"] for path, row in rows.items() if row["error_code"]}
        self.assertEqual(codes, {
            "crash.ppm": "crash", "hang.ppm": "timeout", "truncated.ppm": "truncated", "words.jpg": "not_image",
            "empty.jpg": "empty"})
        parts = self.parts("plain")
        self.assertEqual(len(parts), 8)
        tables = [pyarrow.parquet.read_table(part) for part in parts]
        ords = [ord for table in tables for ord in table["ord"].to_pylist()]
        self.assertEqual(sorted(ords), list(range(PICTURES + 5)))
        for table in tables:
            for row in table.to_pylist():
                self.assertEqual(row["mse"], rows[row["key"]]["mse"])

        lost = tables[3].num_rows
        os.remove(parts[3])
        os.remove(os.path.join(self.work, "plain", "audit.db"))
        said = self.submit("plain", "--partitions", "3")
        self.assertIn("%d pictures in 3 partitions" % lost, said)
        self.assert_same("plain")
        said = self.submit("plain")
        self.assertNotIn("partitions", said)
        self.assert_same("plain")

    def test_an_executor_that_is_killed_costs_nothing(self):
        def kill(process):
            executors = named(process, ["CoarseGrainedExecutorBackend"])
            if not executors:
                return False
            os.kill(executors[0], signal.SIGKILL)
            return True

        said = self.submit("killed", "--partitions", "13", master=CLUSTER, meanwhile=kill)
        self.assertIn("Lost executor", said)
        self.assert_same("killed")

    def test_a_worker_that_is_frozen_is_given_up(self):
        def freeze(process):
            workers = named(process, [AUDIT, "worker --stdio"])
            for one in workers[:1]:
                os.kill(one, signal.SIGSTOP)
            return bool(workers)

        said = self.submit("stalled", "--partitions", "6", "--stall", "20", meanwhile=freeze)
        self.assertIn("has not answered for 20 seconds", said)
        self.assert_same("stalled")

    def test_an_executor_that_is_frozen_is_given_up(self):
        def freeze(process):
            executors = named(process, ["CoarseGrainedExecutorBackend"])
            for one in executors[:1]:
                for below in [one] + descendants(one):
                    os.kill(below, signal.SIGSTOP)
                    # What the engine gave up outlives it, and nobody's child is found by its parent.
                    self.addCleanup(end, below)
            return bool(executors)

        said = self.submit(
            "frozen", "--partitions", "10", master=CLUSTER, meanwhile=freeze,
            conf=["spark.network.timeout=61s", "spark.network.timeoutInterval=5s", "spark.executor.heartbeatInterval=5s"])
        self.assertIn("Executor heartbeat timed out", said)
        self.assert_same("frozen")

    def test_pictures_in_parquet_equal_the_local_scan_of_them(self):
        files = make_parquet(os.path.join(self.work, "parquet"))
        feeder = shlex.join([sys.executable, PARQUET, *files, "--identity", "who"])
        local = os.path.join(self.work, "parquet.db")
        subprocess.run([AUDIT, "scan", "--feeder", feeder, "--db", local, "-q", *OPTIONS], check=True)
        self.submit("parquet_out", "--partitions", "5", "--identity", "who", dataset=files)
        self.assert_same("parquet_out", local, more=1)
        rows, _, _ = self.rows_of(local)
        self.assertEqual({row["identity"] for row in rows.values()}, {"person %d" % number for number in range(5)})
        (detail,) = {row["error_detail"] for path, row in rows.items() if path.endswith("/none.jpg")}
        self.assertIn("the row holds no bytes", detail)

    def test_another_scan_into_the_same_place_is_refused(self):
        out = os.path.join(self.work, "other")
        os.makedirs(out)
        with open(os.path.join(out, "asked.json"), "w") as file:
            file.write('{"folders": ["/elsewhere"], "options": []}')
        run = subprocess.run(
            [sys.executable, DRIVER, self.tars, "--out", out, "--audit", AUDIT],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("holds the plan of another scan; give another --out", run.stdout)


if __name__ == "__main__":
    absent = [name for name, found in (
        ("PySpark", SUBMIT), ("PyArrow", importlib.util.find_spec("pyarrow")), ("Java", shutil.which("java"))) if not found]
    if absent:
        print("skipped: %s is not installed here: the tests of Spark are left out" % " and ".join(absent))
    else:
        unittest.main(verbosity=2)
