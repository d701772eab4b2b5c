#!/usr/bin/env python3
"""Pictures in Parquet files, as Hugging Face keeps them (image: struct<bytes, path>), for audit; and audit's rows as Parquet.

    audit scan --feeder 'python3 audit_parquet.py data/*.parquet'
    audit export DB --format parquet -o rows.parquet        # which runs: audit_parquet.py --write -

A picture is known by its `path` where each has one of its own, else by file and row: train-00000/000000017.jpg. With
--identity COLUMN the column's value is the first folder, which is who is in the picture for audit. Files may be URIs that
pyarrow reads, such as s3://bucket/train.parquet. Needs pyarrow.

As a feeder it is started by audit and speaks frames, little-endian: AUF1, kind (2 bytes), flags (2), length of the header (4),
length of the body (8), a header of JSON, the body. It sends one of kind 3 for each picture (key, bytes, modified) and one of
kind 6 (root), then answers each of kind 3 (key) with one of kind 1 (key, and error where there is no such picture).
"""

import argparse
import collections
import json
import os
import signal
import struct
import sys

IMAGE, PATH, END = 1, 3, 6
HEAD = struct.Struct("<4sHHIQ")
# Row groups that are kept in memory: neighbours are asked for one after another.
KEPT_GROUPS = 3
# Files that stay open.
KEPT_FILES = 64
# Rows that are written at a time: some 13 kB each while they are objects.
ROWS_AT_ONCE = 10_000
KINDS = [(b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"GIF8", "gif"), (b"RIFF", "webp"), (b"BM", "bmp")]


class Pictures:
    """The pictures of some files: where each lies, and its bytes."""

    def __init__(self, files, column, key=None, identity=None):
        self.names = files
        self.column, self.key, self.identity = column, key, identity
        self.files, self.groups = collections.OrderedDict(), collections.OrderedDict()

    def listed(self):
        """Key, bytes, nanoseconds and place of each picture: number of its file, its row group, its row in there."""
        found = [row for number in range(len(self.names)) for row in self._rows(number)]
        paths = [row[0] for row in found]
        named = all(clean(path) for path in paths) and len(set(map(clean, paths))) == len(paths)
        if self.key and not named:
            sys.exit("audit_parquet: column '%s' does not name each picture, or some alike" % self.key)
        modified = [mtime(name) for name in self.names]
        for path, identity, length, ending, place, count in found:
            key = clean(path) if named else "%s/%09d.%s" % (stem(self.names[place[0]]), count, ending)
            if identity is not None:
                key = clean(str(identity).replace("/", "_")) + "/" + key
            yield key, length, modified[place[0]], place

    def _rows(self, number):
        import pyarrow.compute as compute

        file, count = self._file(number), 0
        labels = class_names(file.schema_arrow, self.identity)
        for group in range(file.num_row_groups):
            columns = [name for name in (self.column, self.key, self.identity) if name]
            table = file.read_row_group(group, columns=columns)
            pictures = table[self.column]
            contents, paths = fields(pictures)
            if self.key:
                paths = table[self.key]
            lengths = compute.fill_null(compute.binary_length(contents), 0).to_pylist()
            heads = compute.binary_slice(contents, 0, 4).to_pylist()
            names = paths.to_pylist() if paths is not None else [None] * len(lengths)
            people = table[self.identity].to_pylist() if self.identity else [None] * len(lengths)
            for row, (name, length, head, person) in enumerate(zip(names, lengths, heads, people)):
                if labels is not None and isinstance(person, int) and 0 <= person < len(labels):
                    person = labels[person]
                ending = next((kind for magic, kind in KINDS if head and head.startswith(magic[:4])), "bin")
                yield None if name is None else str(name), person, length, ending, (number, group, row), count
                count += 1

    def _file(self, number):
        import pyarrow.parquet

        if number not in self.files:
            self.files[number] = pyarrow.parquet.ParquetFile(*opened(self.names[number]))
            if len(self.files) > KEPT_FILES:
                self.files.popitem(last=False)
        return self.files[number]

    def content(self, place):
        """Bytes of the picture that lies there, and why there are none."""
        number, group, row = place
        try:
            if (number, group) not in self.groups:
                contents, _ = fields(self._file(number).read_row_group(group, columns=[self.column])[self.column])
                self.groups[number, group] = contents
                while len(self.groups) > KEPT_GROUPS:
                    self.groups.popitem(last=False)
            self.groups.move_to_end((number, group))
            content = self.groups[number, group][row].as_py()
        except Exception as error:  # What one row group is damaged by is told of its pictures.
            return b"", "%s: %s" % (type(error).__name__, error)
        return (b"", "the row holds no bytes") if content is None else (content, None)

    def root(self):
        """The folder that holds the files; for those that lie elsewhere, a name here."""
        if all("://" not in name for name in self.names):
            return os.path.commonpath([os.path.dirname(os.path.abspath(name)) for name in self.names])
        return os.path.join(os.getcwd(), self.names[0].rstrip("/").split("/")[-2] or "parquet")


class ListedPictures(Pictures):
    """Pictures by a list that was kept, so that nothing is read to know which there are."""

    def __init__(self, name):
        import pyarrow.parquet

        self.table = pyarrow.parquet.read_table(name)
        kept = json.loads(self.table.schema.metadata[b"audit"])
        super().__init__(kept["files"], kept["column"])
        self.kept_root = kept["root"]

    def listed(self):
        columns = [self.table[name].to_pylist() for name in ("key", "bytes", "modified", "file", "group", "row")]
        for key, length, modified, *place in zip(*columns):
            yield key, length, modified, tuple(place)

    def root(self):
        return self.kept_root


def keep(pictures, name):
    """Writes the list of the pictures, for `ListedPictures`."""
    import pyarrow
    import pyarrow.parquet

    kept = json.dumps({"files": pictures.names, "column": pictures.column, "root": pictures.root()})
    schema = pyarrow.schema(
        [("key", pyarrow.string()), ("bytes", pyarrow.int64()), ("modified", pyarrow.int64())]
        + [(name, pyarrow.int32()) for name in ("file", "group", "row")], metadata={"audit": kept})
    rows = [(key, length, modified, *place) for key, length, modified, place in pictures.listed()]
    columns = list(zip(*rows)) or [()] * len(schema)
    table = pyarrow.table({name: list(column) for name, column in zip(schema.names, columns)}, schema=schema)
    pyarrow.parquet.write_table(table, name + ".new", compression="zstd")
    os.replace(name + ".new", name)


def opened(name):
    """Arguments for ParquetFile: a path, or an open file of another system."""
    if "://" not in name:
        return (name,)
    from pyarrow import fs

    system, path = fs.FileSystem.from_uri(name)
    return (system.open_input_file(path),)


def fields(pictures):
    """Bytes and paths of a column of structs; a column of bytes has no paths."""
    import pyarrow
    import pyarrow.compute as compute

    if not pyarrow.types.is_struct(pictures.type):
        return pictures, None
    names = [field.name for field in pictures.type]
    return compute.struct_field(pictures, "bytes"), compute.struct_field(pictures, "path") if "path" in names else None


def class_names(schema, column):
    """Names of the numbers of a column of Hugging Face's ClassLabel; None for other columns."""
    try:
        features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
        return features[column]["names"]
    except (TypeError, KeyError, ValueError):
        return None


def clean(path):
    """A relative path without empty parts; None where it leads out or is none."""
    if path is None or "\0" in path:
        return None
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return None if not parts or ".." in parts else "/".join(parts)


def stem(name):
    return os.path.basename(name).rsplit(".", 1)[0]


def mtime(name):
    return 0 if "://" in name else os.stat(name).st_mtime_ns


def frame(kind, header, body=b""):
    head = json.dumps(header).encode()
    return HEAD.pack(b"AUF1", kind, 0, len(head), len(body)) + head + body


def picture(key, content, error):
    """The frame of a picture, or of why there is none."""
    return frame(IMAGE, {"key": key} if error is None else {"key": key, "error": error}, content)


def feed(pictures, source, out):
    # Whoever started this ends it, by closing the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    places = {}
    for key, length, modified, place in pictures.listed():
        places[key] = place
        out.write(frame(PATH, {"key": key, "bytes": length, "modified": modified}))
    out.write(frame(END, {"root": pictures.root()}))
    out.flush()
    while True:
        head = source.read(HEAD.size)
        if len(head) < HEAD.size:
            return
        _, kind, _, header, body = HEAD.unpack(head)
        asked = json.loads(source.read(header))
        source.read(body)
        if kind != PATH:
            return
        place = places.get(asked["key"])
        out.write(picture(asked["key"], *((b"", "no such picture") if place is None else pictures.content(place))))
        out.flush()


def write(target, source):
    """Rows that come as JSON lines to Parquet, in their order. A column's kind is what all of its rows have in common."""
    import itertools
    import tempfile

    import pyarrow
    import pyarrow.parquet

    schemas = []
    with tempfile.TemporaryDirectory() as folder:
        # Whether whole numbers are all that a column holds is known at the end: until then its rows wait beside.
        while True:
            lines = [json.loads(line) for line in itertools.islice(source, ROWS_AT_ONCE)]
            if not lines:
                break
            table = pyarrow.Table.from_pylist(lines)
            pyarrow.parquet.write_table(table, os.path.join(folder, str(len(schemas))), compression="lz4")
            schemas.append(table.schema)
            # Gone before the next ones are read, which would lie beside them.
            del lines, table
        if not schemas:
            sys.exit("audit_parquet: no rows came")
        schema = pyarrow.unify_schemas(schemas, promote_options="permissive")
        schema = pyarrow.schema([
            field.with_type(pyarrow.float64()) if pyarrow.types.is_null(field.type) else field for field in schema])
        sink = sys.stdout.buffer if target == "-" else open(target, "wb")
        with sink, pyarrow.parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
            for number in range(len(schemas)):
                table = pyarrow.parquet.read_table(os.path.join(folder, str(number)))
                columns = [
                    table[field.name].cast(field.type) if field.name in table.column_names
                    else pyarrow.nulls(table.num_rows, field.type) for field in schema]
                writer.write_table(pyarrow.table(columns, schema=schema))


def main():
    parser = argparse.ArgumentParser(
        prog="audit_parquet.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="Parquet files with pictures")
    parser.add_argument("--column", default="image", help="the column of pictures (default: %(default)s)")
    parser.add_argument("--key", metavar="COLUMN", help="the column that names each picture (default: the path in `image`)")
    parser.add_argument("--identity", metavar="COLUMN", help="the column that says who is in the picture")
    parser.add_argument("--listed", metavar="FILE", help="take the pictures of a list that audit_spark.py keeps")
    parser.add_argument("--write", metavar="FILE", help="write rows that come as JSON lines on standard input; -: to standard output")
    options = parser.parse_args()
    if options.write is not None:
        write(options.write, sys.stdin.buffer)
        return
    if not options.files and options.listed is None:
        parser.error("give Parquet files, or --write FILE")
    named = options.listed is None
    pictures = Pictures(options.files, options.column, options.key, options.identity) if named else ListedPictures(options.listed)
    feed(pictures, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
