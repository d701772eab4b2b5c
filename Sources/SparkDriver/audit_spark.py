#!/usr/bin/env python3
"""Scans a dataset with audit on Apache Spark: what comes out is the database of one scan, digest included.

    spark-submit --master MASTER --archives audit-linux-x86_64.tar.gz#audit_rt \\
        audit_spark.py FOLDER --out OUT [--db DB] [-- OPTIONS OF audit plan]

FOLDER may be tars and zips, which are read in place, or Parquet files with a column of pictures, as Hugging Face keeps them
(`data/*.parquet`; audit_parquet.py, which lies beside this script, tells how they are named; with --deploy-mode cluster it is
given by --py-files).

Plan, fit and merge run on the driver; Spark's tasks score. Each task starts `audit worker --stdio`, which hands every
picture to a process that may die of it: a file costs one row, never the job. A task that Spark runs twice gives the same
rows, its output appears whole or not at all (Spark's own commit), and the same command again scores only what has no row
yet, in as many partitions as one likes.

  OUT/plan.db      the plan with its models, on the driver
  OUT/rows/        the rows as Parquet, a file a task: metrics as columns, to be questioned with DuckDB or Spark SQL
  OUT/audit.db     the result, as `audit scan` writes it; --db says where else

  OUT/pictures.parquet  of a dataset in Parquet, which pictures there are and where; made by reading it once, on the driver

What it needs: pyspark 4 and pyarrow, on the nodes too; the folder mounted on every node under one path (Parquet may be a URI
that pyarrow reads, such as s3://bucket/train.parquet); --out, or at least --rows, where all nodes write: a shared file
system, hdfs:// or s3a://. Plans with `--per identity`, networks or LPIPS are refused, and pairs in Parquet: score those with
`audit score`.

All rows are merged into one SQLite file, which needs about 8 kB of the driver's temporary space a picture meanwhile. Of more
than 20 million (--merge-options "--rows-in-sqlite N") it keeps errors, and what is flagged, has an issue or is a copy; all rows
with places and verdicts are in OUT/audit.rows.parquet then.
"""

import argparse
import base64
import contextlib
import hashlib
import json
import math
import os
import select
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

PROTO = 1
# A task carries about that many pictures, so that starting a worker costs little beside them.
PICTURES_PER_TASK = 5000
ROWS_PER_BATCH = 500
# What may be another machine's fault is tried again by the next call.
RETRIED = "open,permission,gone"


def find_audit(named):
    """The program: as named, from the archive that Spark unpacked, or on the PATH."""
    from pyspark import SparkFiles

    unpacked = os.path.join("audit_rt", "audit", "bin", "audit")
    places = [named] if named else [unpacked, os.path.join(SparkFiles.getRootDirectory(), unpacked), shutil.which("audit")]
    for place in places:
        if place and os.access(place, os.X_OK):
            return os.path.abspath(place)
    raise RuntimeError("no program 'audit' here: give --archives audit-linux-x86_64.tar.gz#audit_rt, or --audit PATH")


class Worker:
    """`audit worker --stdio`, fed by one thread and read by another: with both pipes full one alone would wait for ever."""

    def __init__(self, audit, plan, dataset, stall, intake="paths0"):
        command = [audit, "worker", "--stdio", "--plan", plan, "--in", intake]
        if dataset:
            command += ["--dataset", dataset]
        self.stall, self.trouble = stall, None
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, bufsize=0)

    def answers(self, asked):
        """The lines for what is asked (pieces of bytes as the worker takes them), parsed: hello, one a picture, bye.

        Raises where the worker ends otherwise, so that Spark tries elsewhere.
        """
        feeder = threading.Thread(target=self._feed, args=(asked,), daemon=True)
        feeder.start()
        for line in self._lines():
            yield json.loads(line)
        status = self.process.wait()
        if status != 0:
            self._fail("ended with status %d" % status)
        feeder.join()
        if self.trouble is not None:
            raise self.trouble

    def close(self):
        self.end()
        self.process.stdout.close()
        self.errors.close()

    def _feed(self, asked):
        try:
            for piece in asked:
                left = memoryview(piece)
                while left:
                    left = left[self.process.stdin.write(left):]
        except OSError:
            pass  # It ended early: its status says why.
        except Exception as error:
            self.trouble = error
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def _lines(self):
        output, pending = self.process.stdout.fileno(), b""
        while True:
            if not select.select([output], [], [], self.stall)[0]:
                self._fail("has not answered for %g seconds" % self.stall)
            piece = os.read(output, 1 << 18)
            if not piece:
                break
            *whole, pending = (pending + piece).split(b"\n")
            yield from whole
        if pending:
            self._fail("ended within a line")

    def _fail(self, what):
        self.end()
        self.errors.seek(0)
        words = self.errors.read()[-2000:].decode("utf-8", "replace").strip()
        raise RuntimeError("audit worker on %s %s: %s" % (os.uname().nodename, what, words))

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def agree(hello, expected):
    """Raises unless this machine's worker gives the rows that the driver's would."""
    if hello.get("t") != "hello" or hello.get("proto") != PROTO:
        raise RuntimeError("not the worker that this driver speaks with: %r" % hello)
    for what in ("build", "schema", "plan", "columns"):
        if hello.get(what) != expected[what]:
            raise RuntimeError("the worker on %s has another %s: %r, the driver's %r" % (
                os.uname().nodename, what, hello.get(what), expected[what]))


# What stands in OUT/rows beside the metrics.
FACTS = [("w", "width"), ("h", "height")]
WORDS = [("st", "status"), ("code", "code"), ("detail", "detail"), ("format", "format"), ("sha256", "sha256")]


def scorer(options, hello, schema):
    """The function that Spark runs in a task, on its slice of the plan."""
    from pyspark import SparkFiles

    metrics = hello["columns"]

    def batch_of(rows):
        import pyarrow

        columns = [[ord for ord, _ in rows]]
        columns += [[row.get(name) for _, row in rows] for name in ["k"] + [short for short, _ in WORDS + FACTS]]
        columns += [[row.get(name) for _, row in rows] for name in metrics]
        columns.append([base64.b64decode(row["row"]) for _, row in rows])
        return pyarrow.RecordBatch.from_arrays(
            [pyarrow.array(column, kind.type) for column, kind in zip(columns, schema)], schema=schema)

    def score(batches):
        work = [slice_rows(content) for batch in batches for content in batch.column(0).to_pylist()]
        orders = [order for rows in work for order in rows["ord"].to_pylist()]
        if not orders:
            return
        intake, asked = ("frames", frames) if options.parquet else ("paths0", paths)
        worker = Worker(
            find_audit(options.audit), SparkFiles.get("audit-work.plan.db"), options.dataset, options.stall, intake)
        try:
            answers = worker.answers(piece for rows in work for piece in asked(rows, options))
            agree(next(answers, {}), hello)
            rows, done = [], 0
            for answer in answers:
                if answer.get("t") == "bye":
                    if answer["in"] != len(orders) or done != len(orders):
                        raise worker.trouble or RuntimeError(
                            "%d pictures were for the worker, %d rows came" % (len(orders), done))
                    done = None
                    continue
                rows.append((orders[done], answer))
                done += 1
                if len(rows) == ROWS_PER_BATCH:
                    yield batch_of(rows)
                    rows = []
            if done is not None:
                raise RuntimeError("the worker ended before its work did")
            if rows:
                yield batch_of(rows)
        finally:
            worker.close()

    return score


def paths(rows, _):
    """The names of files, for the worker to open."""
    yield b"".join(path + b"\0" for path in rows["path"].to_pylist())


def frames(rows, options):
    """Pictures out of Parquet, with their bytes."""
    import audit_parquet

    names = rows["file"].unique().to_pylist()
    numbers = {name: number for number, name in enumerate(names)}
    pictures = audit_parquet.Pictures(names, options.column)
    for path, name, group, row in zip(*(rows[column].to_pylist() for column in ("path", "file", "group", "row"))):
        yield audit_parquet.picture(path.decode(), *pictures.content((numbers[name], group, row)))


def slice_of(table, first, last):
    """Some rows of the work, as bytes."""
    import pyarrow

    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema, options=pyarrow.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(table.slice(first, last - first))
    return sink.getvalue().to_pybytes()


def slice_rows(content):
    import pyarrow

    return pyarrow.ipc.open_stream(content).read_all()


def row_schema(metrics):
    import pyarrow

    fields = [pyarrow.field("ord", pyarrow.int64()), pyarrow.field("key", pyarrow.string())]
    fields += [pyarrow.field(name, pyarrow.string()) for _, name in WORDS]
    fields += [pyarrow.field(name, pyarrow.int32()) for _, name in FACTS]
    fields += [pyarrow.field(name, pyarrow.float64()) for name in metrics]
    return pyarrow.schema(fields + [pyarrow.field("row", pyarrow.binary())])


class Job:
    """The four steps, on the driver."""

    def __init__(self, options):
        self.options = options
        self.out = os.path.abspath(options.out)
        self.plan = os.path.join(self.out, "plan.db")
        self.asked_file = os.path.join(self.out, "asked.json")
        self.asked = {"folders": [place_of(folder) for folder in options.folders], "options": options.plan}
        if options.parquet:
            self.asked["columns"] = [options.column, options.key, options.identity]
        self.refuse_other()
        os.makedirs(self.out, exist_ok=True)
        self.spark = session()
        self.audit = find_audit(options.audit)
        self.feeder = self.feed() if options.parquet else []

    def refuse_other(self):
        if os.path.exists(self.asked_file):
            with open(self.asked_file) as file:
                if json.load(file) != self.asked:
                    sys.exit("audit_spark: '%s' holds the plan of another scan; give another --out" % self.out)

    def run(self):
        self.make_plan()
        self.scratch = tempfile.mkdtemp(prefix="audit-spark-")
        try:
            hello = self.ship_plan()
            identity = hashlib.sha256(hello["plan"].encode()).hexdigest()[:16]
            rows = "%s/plan=%s" % ((self.options.rows or "file://" + os.path.join(self.out, "rows")).rstrip("/"), identity)
            self.score(hello, rows)
            return self.merge(hello, rows)
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def call(self, *arguments):
        status = subprocess.call([self.audit, *arguments])
        if status != 0:
            sys.exit(status)

    def feed(self):
        """Lists the pictures in Parquet, once.

        Returns how audit is told who hands them out.
        """
        import audit_parquet

        self.list = os.path.join(self.out, "pictures.parquet")
        # What lies there without a plan is of a call that came to nothing.
        if not os.path.exists(self.asked_file):
            options = self.options
            audit_parquet.keep(
                audit_parquet.Pictures(self.asked["folders"], options.column, options.key, options.identity), self.list)
        self.spark.sparkContext.addPyFile(audit_parquet.__file__)
        return ["--feeder", shlex.join([sys.executable, audit_parquet.__file__, "--listed", self.list])]

    def make_plan(self):
        if not os.path.exists(self.asked_file):
            self.call("plan", *(self.feeder or self.asked["folders"]), "-o", self.plan, *self.asked["options"])
            with open(self.asked_file + ".new", "w") as file:
                json.dump(self.asked, file)
            os.replace(self.asked_file + ".new", self.asked_file)
        with sqlite3.connect(self.plan) as plan:
            (fitted,) = plan.execute("SELECT is_fitted FROM plan ORDER BY run_id DESC LIMIT 1").fetchone()
        if not fitted:
            self.call("fit", "--plan", self.plan, *self.feeder)

    def ship_plan(self):
        """Sends the plan to every node: settings and models, and the list of pictures only where they have partners.

        Returns what a worker says first.
        """
        light = os.path.join(self.scratch, "audit-work.plan.db")
        with sqlite3.connect(self.plan) as plan:
            plan.execute("VACUUM INTO ?", (light,))
        work = sqlite3.connect(light, isolation_level=None)
        work.execute("DELETE FROM planned")
        work.execute("VACUUM")
        work.close()
        hello = self.greet(light)
        if hello is None and not self.options.parquet:
            shutil.copyfile(self.plan, light)
            hello = self.greet(light)
        if hello is None:
            sys.exit("audit_spark: no worker can score by this plan: %s" % self.refusal)
        self.spark.sparkContext.addFile(light)
        return hello

    def greet(self, plan):
        worker = Worker(self.audit, plan, self.options.dataset, self.options.stall)
        try:
            return next(worker.answers([]), None)
        except RuntimeError as error:
            self.refusal = error
            return None
        finally:
            worker.close()

    def score(self, hello, rows):
        schema = row_schema(hello["columns"])
        todo = self.without_row(rows)
        if todo.num_rows == 0:
            return
        cores = self.spark.sparkContext.defaultParallelism
        usual = max(math.ceil(todo.num_rows / PICTURES_PER_TASK), 2 * cores)
        partitions = min(self.options.partitions or usual, todo.num_rows)
        say("%s pictures in %d partitions" % (format(todo.num_rows, ","), partitions))
        # Neighbours stay together: they lie in one tar. Each task brings its slice along, so that no executor keeps what
        # another one needs.
        cuts = [todo.num_rows * number // partitions for number in range(partitions + 1)]
        slices = [(bytearray(slice_of(todo, first, last)),) for first, last in zip(cuts, cuts[1:])]
        work = self.spark.createDataFrame(self.spark.sparkContext.parallelize(slices, partitions), "slice binary")
        begun = time.monotonic()
        scored = work.mapInArrow(scorer(self.options, hello, schema), spark_schema(schema))
        scored.write.mode("append").parquet(rows)
        say("scored in %.1f s" % (time.monotonic() - begun))

    def planned(self):
        import pyarrow

        plan = sqlite3.connect(self.plan)
        plan.execute("PRAGMA query_only = 1")
        (run,) = plan.execute("SELECT max(run_id) FROM plan").fetchone()
        paths = plan.execute("SELECT path FROM planned WHERE run_id = ? ORDER BY path", (run,))
        batches, first = [], 0
        while True:
            names = [path for (path,) in paths.fetchmany(100_000)]
            if not names:
                break
            batches.append(pyarrow.RecordBatch.from_arrays(
                [pyarrow.array(range(first, first + len(names)), pyarrow.int64()), pyarrow.array(names, pyarrow.binary())],
                names=["ord", "path"]))
            first += len(names)
        plan.close()
        planned = pyarrow.Table.from_batches(batches)
        return self.with_places(planned) if self.options.parquet else planned

    def with_places(self, planned):
        """What is planned, and where in which Parquet file it lies."""
        import pyarrow
        import pyarrow.compute as compute
        import pyarrow.parquet

        listed = pyarrow.parquet.read_table(self.list)
        names = pyarrow.array(json.loads(listed.schema.metadata[b"audit"])["files"])
        places = compute.index_in(planned["path"], value_set=listed["key"].cast(pyarrow.binary()))
        listed = listed.take(places)
        for name, column in (("file", names.take(listed["file"])), ("group", listed["group"]), ("row", listed["row"])):
            planned = planned.append_column(name, column)
        return planned

    def without_row(self, rows):
        """What is planned and has no row yet, or one that another machine may do better."""
        import pyarrow

        planned = self.planned()
        codes = [code for code in self.options.retry.split(",") if code]
        wanted, known = [True] * planned.num_rows, 0
        for batch in self.read(rows, ["ord", "code"]):
            for order, code in zip(*(column.to_pylist() for column in batch.columns)):
                if code not in codes and wanted[order]:
                    wanted[order], known = False, known + 1
        if known:
            say("%s of %s pictures have their row" % (format(known, ","), format(planned.num_rows, ",")))
        return planned.filter(pyarrow.array(wanted, pyarrow.bool_()))

    def read(self, rows, columns):
        """Columns of the rows so far, a batch at a time.

        Without a job of Spark, whose start costs more than it saves for some files that one process reads in turn.
        """
        import pyarrow.parquet

        path = self.spark._jvm.org.apache.hadoop.fs.Path(rows)
        system = path.getFileSystem(self.spark._jsc.hadoopConfiguration())
        if not system.exists(path):
            return
        for status in system.listStatus(path):
            if status.getPath().getName().endswith(".parquet"):
                with self.here(system, status.getPath()) as name:
                    # The columns are as asked, not as in the file.
                    for batch in pyarrow.parquet.ParquetFile(name).iter_batches(batch_size=1000, columns=columns):
                        yield batch.select(columns)

    @contextlib.contextmanager
    def here(self, system, path):
        """A file of any file system, as one of this machine."""
        uri = path.toUri()
        if uri.getScheme() == "file":
            yield uri.getPath()
            return
        name = os.path.join(self.scratch, "part.parquet")
        system.copyToLocalFile(False, path, self.spark._jvm.org.apache.hadoop.fs.Path("file://" + name), True)
        try:
            yield name
        finally:
            os.remove(name)

    def merge(self, hello, rows):
        lines = os.path.join(self.scratch, "rows.ndjson")
        with open(lines, "w") as file:
            file.write(json.dumps(hello) + "\n")
            for batch in self.read(rows, ["key", "row"]):
                for key, row in zip(*(column.to_pylist() for column in batch.columns)):
                    file.write('{"k":%s,"row":"%s"}\n' % (json.dumps(key), base64.b64encode(row).decode()))
        command = [self.audit, "merge", "--plan", self.plan, lines, "--db", self.options.db or os.path.join(self.out, "audit.db")]
        command += self.feeder
        if self.options.dataset:
            command += ["--dataset", self.options.dataset]
        return subprocess.call(command + shlex.split(self.options.merge_options))


def session():
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.appName("audit")
        # Each task's file appears when the task ends, so that a job that is lost leaves what was done. Rows that a
        # failure between two renames leaves twice are one after the merge.
        .config("spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", "2")
        .config("spark.sql.sources.commitProtocolClass",
                "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol")
        .config("spark.sql.parquet.compression.codec", "zstd")
        .config("spark.sql.adaptive.enabled", "false")
        .getOrCreate())
    spark.sparkContext.setLogLevel("WARN")
    return spark


def place_of(folder):
    return folder if "://" in folder else os.path.abspath(folder)


def spark_schema(schema):
    from pyspark.sql import types

    kinds = {"int64": types.LongType, "int32": types.IntegerType, "string": types.StringType, "double": types.DoubleType,
             "binary": types.BinaryType}
    return types.StructType([types.StructField(field.name, kinds[str(field.type)]()) for field in schema])


def say(words):
    print("audit_spark: " + words, file=sys.stderr, flush=True)


def arguments(given):
    plan = []
    if "--" in given:
        place = given.index("--")
        given, plan = given[:place], given[place + 1:]
    parser = argparse.ArgumentParser(
        prog="audit_spark.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="what `audit scan` takes: folders, tars, zips; or Parquet")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="where plan, rows and result go")
    parser.add_argument("--rows", metavar="URI", help="where the tasks write their rows (default: OUT/rows)")
    parser.add_argument("--db", metavar="FILE", help="the result (default: OUT/audit.db)")
    parser.add_argument("--audit", metavar="PATH", help="the program on every node (default: the archive audit_rt, else PATH)")
    parser.add_argument("--dataset", metavar="FOLDER", help="where the images lie on the nodes (default: as planned)")
    parser.add_argument("--partitions", type=int, metavar="N", help="tasks (default: one for each 5,000 pictures)")
    parser.add_argument("--stall", type=float, default=600, metavar="SECONDS",
                        help="a worker that says nothing for so long is given up, and its task tried elsewhere")
    parser.add_argument("--retry", default=RETRIED, metavar="CODES",
                        help="rows with these codes are tried again by the next call (default: %(default)s)")
    parser.add_argument("--merge-options", default="", metavar="TEXT", help="for `audit merge`, such as \"--fail-on 'errors>1%%'\"")
    for option, words in (
            ("--column", "of Parquet: the column of pictures (default: %(default)s)"),
            ("--key", "of Parquet: the column that names each picture (default: the path in the column of pictures)"),
            ("--identity", "of Parquet: the column that says who is in the picture")):
        parser.add_argument(option, metavar="COLUMN", default="image" if option == "--column" else None, help=words)
    options = parser.parse_args(given)
    kinds = {folder.endswith(".parquet") for folder in options.folders}
    if len(kinds) > 1:
        parser.error("give Parquet files, or folders, tars and zips, not both")
    (options.parquet,) = kinds
    options.plan = plan
    return options


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    job = Job(arguments(sys.argv[1:]))
    try:
        status = job.run()
    finally:
        job.spark.stop()
    sys.exit(status)
