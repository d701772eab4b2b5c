import ArgumentParser
import AuditCore
import AuditDataset
import AuditScan

/// Which files of the named folders are images of the dataset.
struct FileOptions: ParsableArguments {
  /// What the arguments before these options are.
  static let aboutFolders =
    """
    The folder that holds the images, or a tar, zip, faceset.pak or train.rec of them; several are one dataset, whose \
    folder is the one that holds them all.
    """
  static let containers = CompletionKind.file(extensions: ContainerKind.allCases.map(\.rawValue))

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      Take only files that this fits, such as '*.png' or 'train/'; may be given again. * stands for any characters but \
      /, ? for one, [a-z] for one of a set, ** for any folders; a pattern without / is looked for at every depth, one \
      with / begins at the dataset's folder, one that ends with / is for folders and all in them. \\ takes the next \
      character as it is, \\xE9 is a byte. Capitals matter. Hidden names are taken where a part of the pattern begins \
      with a dot.
      """, valueName: "glob"))
  var include: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Leave out files and folders that this fits; may be given again, and is stronger than --include.",
      valueName: "glob"))
  var exclude: [String] = []

  @Flag(help: "Take in pictures that belong to an image beside them, such as x_mask.png beside x.jpg.")
  var withSidecars = false

  @Option(
    name: .customLong("files0-from"),
    help: ArgumentHelp(
      """
      Take the files that FILE (- for standard input) names, each ending with NUL, relative to the working directory. \
      The dataset's folder is the one that is named beside it, else the deepest that holds them all.
      """, valueName: "file"))
  var files0From: String?

  @Option(
    help: ArgumentHelp(
      """
      Who is in a picture: dir for the first folder of its path, or regex:PATTERN for what the pattern's first group \
      catches in the path.
      """, valueName: "rule"))
  var identityFrom = "dir"

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      A list that says who is in the pictures or which part of the set (train, validation, test) they are for; may be \
      given again. Each line has a name and a value, such as CelebA's identity_CelebA.txt, or the first line names \
      columns: file_name,identity,split. FFHQ's JSON and StyleGAN's dataset.json will do. Where the values do not tell \
      what they are: identity:FILE or split:FILE. Lists of these names that lie beside the pictures are read anyway; \
      none leaves them out.
      """, valueName: "list"), completion: .file())
  var labels: [String] = []

  @Flag(name: .customShort("L"), help: "Follow links to folders.")
  var followLinks = false

  func validate() throws {
    do {
      try (rules ?? FileRules()).validate()
      _ = try LabelRequest.all(labels)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// - Throws: where neither a folder nor a list nor a feeder is named, or a feeder beside them.
  func refuseNothing(_ folders: [String], _ fed: FeederOption? = nil) throws {
    if fed?.feeder != nil {
      guard folders.isEmpty, files0From == nil else {
        throw ValidationError("--feeder says itself which pictures there are; leave folders and --files0-from out")
      }
      return
    }
    if folders.isEmpty, files0From == nil {
      throw ValidationError("give the folder that holds the images, or --files0-from FILE")
    }
  }

  /// These files of the named folders.
  func files(of folders: [String]) -> DatasetFiles {
    var files = DatasetFiles(folders: folders)
    files.list = files0From
    files.rules = rules
    files.followLinks = followLinks
    files.labels = labels.isEmpty ? nil : labels
    return files
  }

  /// nil where nothing else than the usual is asked for.
  private var rules: FileRules? {
    var rules = FileRules()
    rules.include = include
    rules.exclude = exclude
    rules.withSidecars = withSidecars
    rules.identity = identityFrom == "dir" ? nil : identityFrom
    return rules == FileRules() ? nil : rules
  }
}
