/// In which form `audit export` gives what a run found.
package enum ExportFormat: String, Sendable, CaseIterable {
  case paths
  case csv
  case jsonl
  case huggingFace = "hf-metadata"
  case weights
  case kohya = "kohya-toml"
  case faceSwap = "faceswap-delete"
  case deepFaceLab = "dfl"
  case fiftyOne = "fiftyone"
  case labelStudio = "label-studio"
  case ms1mList = "ms1m-list"
  case recordIndices = "rec-idx"
  case uids = "uid-npy"
  case coco = "coco-subset"
  case symlinks
  case card
  case junit
  case sarif
  case github

  /// What is exported, for a list of the formats.
  package var meaning: String {
    switch self {
    case .paths: "paths relative to the dataset, a line each; NUL with -0"
    case .csv: "every column of view samples, for pandas, spreadsheets"
    case .jsonl: "one JSON object per image; for jq and scripts"
    case .huggingFace: "Hugging Face metadata.jsonl, merged with what is there"
    case .weights: "-o NAME.npy: training weights in ImageFolder order"
    case .kohya: "-o FOLDER: links by verdict and a dataset.toml"
    case .faceSwap: "list of face PNGs, and the commands that delete them"
    case .deepFaceLab: "-o FOLDER: copies of what stays, bytes unchanged"
    case .fiftyOne: "CSV for FiftyOne's CSVDataset importer"
    case .labelStudio: "tasks with the verdict as a prediction"
    case .ms1mList: "lines of IDENTITY/IMAGE, as clean lists of MS1M have them"
    case .recordIndices: "numbers of RecordIO records, from the files' names"
    case .uids: "-o NAME.npy: sorted 128-bit uids of DataComp, img2dataset"
    case .coco: "--merge FILE: a COCO file with the images that stay"
    case .symlinks: "-o FOLDER: keep/, review/, drop/ full of relative links"
    case .card: "Markdown block for a README or dataset card"
    case .junit: "JUnit XML: drop fails, review is skipped"
    case .sarif: "SARIF 2.1.0, for code-scanning pages"
    case .github: "GitHub Actions annotations"
    }
  }

  /// The samples that are meant where no verdicts are chosen; empty means all. A list of paths under a condition is an
  /// answer to that question; a training set stays one.
  func usualSelection(hasCondition: Bool) -> [Selection.Word] {
    switch self {
    case .paths where hasCondition: []
    case .paths, .kohya, .deepFaceLab, .ms1mList, .recordIndices, .uids, .coco: [.keep, .review]
    case .faceSwap: [.drop]
    case .junit, .sarif, .github: [.drop, .review, .unreadable]
    case .weights, .csv, .jsonl, .huggingFace, .fiftyOne, .labelStudio, .symlinks, .card: []
    }
  }

  /// The files that go with an image where none are named: a caption is half of a sample for kohya.
  var usualSidecars: Sidecars { self == .kohya ? .usual : .none }

  /// Whether it makes files under a name that `-o` must give.
  var needsOutput: Bool {
    switch self {
    case .weights, .uids, .kohya, .deepFaceLab, .symlinks: true
    default: false
    }
  }

  /// Whether `-o` names a folder.
  var makesFolder: Bool { needsOutput && self != .weights && self != .uids }

  /// Whether files that belong to an image can go with it.
  var takesSidecars: Bool { makesFolder || self == .paths }
}
