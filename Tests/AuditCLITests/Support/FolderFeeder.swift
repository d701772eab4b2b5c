/// A feeder in Python that hands out the files of a folder. Its arguments: the folder, and the request at which it ends (0 for
/// none).
enum FolderFeeder {
  static let script = """
    import json, os, struct, sys
    root, die = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    head = struct.Struct("<4sHHIQ")
    def send(kind, header, body=b""):
      text = json.dumps(header).encode()
      sys.stdout.buffer.write(head.pack(b"AUF1", kind, 0, len(text), len(body)) + text + body)
      sys.stdout.buffer.flush()
    for folder, _, names in os.walk(root):
      for name in names:
        path = os.path.join(folder, name)
        if not name.startswith("."):
          send(3, {"key": os.path.relpath(path, root), "bytes": os.path.getsize(path), "modified": 7})
    send(6, {"root": root + ".fed"})
    while True:
      got = sys.stdin.buffer.read(head.size)
      if len(got) < head.size: break
      key = json.loads(sys.stdin.buffer.read(head.unpack(got)[3]))["key"]
      die -= 1
      if die == 0: sys.exit(3)
      send(1, {"key": key}, open(os.path.join(root, key), "rb").read())
    """
}
