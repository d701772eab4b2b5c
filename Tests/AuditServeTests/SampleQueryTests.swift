import Testing

@testable import AuditServe
@testable import AuditStore

/// The grid's query, from the text of an address.
struct SampleQueryTests {
  private func query(_ text: String) throws -> SampleQuery {
    try SampleQuery(
      try WebQuery(decoding: text), columns: SampleQueryTests.columns, questions: ["q_skew", "q_damaged"])
  }

  private static let columns: [SampleColumn] =
    ["skew", "damage", "mse"].map { SampleColumn(name: $0, kind: .number, unit: "", meaning: "") }
    + ["path", "verdict", "folder"].map { SampleColumn(name: $0, kind: .text, unit: "", meaning: "") }

  @Test func everyPartNarrowsTheFilter() throws {
    let query = try query(
      "sort=-mse&verdict=drop,failed&issue=blurred,dark&folder=a,b&folder=.&group=3&size=64x32&status=failed"
        + "&skew=2..10&damage=0.5..&mse=..1e-1&text=x%25&question=q_skew&where=skew%20%3E%201&decided=no&offset=4&run=1"
    )
    #expect(query.sorting == SampleSorting(column: "mse", isDescending: true))
    let filter = query.filter
    #expect(filter.words == [.drop, .unreadable] && filter.issues == ["blurred", "dark"])
    #expect(filter.folders == ["a,b", ""] && filter.group == 3 && filter.status == "error")
    #expect(filter.size == SampleFilter.Size(width: 64, height: 32))
    #expect(
      filter.ranges == [
        SampleFilter.Range(column: "damage", low: 0.5, high: nil),
        SampleFilter.Range(column: "mse", low: nil, high: 0.1),
        SampleFilter.Range(column: "skew", low: 2, high: 10),
      ])
    #expect(filter.text == "x%" && filter.question == "q_skew" && filter.condition == "skew > 1")
    #expect(filter.isDecided == false)
  }

  @Test func withoutAWordItIsAllByTheHighestSkew() throws {
    let query = try query("run=1&offset=0&limit=5")
    #expect(query.filter.takesAll && query.sorting == SampleSorting(column: "skew", isDescending: true))
  }

  @Test(arguments: [
    "sort=nothing", "sort=skew%3BDROP", "verdict=maybe", "group=-1", "group=x", "size=3", "size=axb", "status=good",
    "skew=2", "skew=a..b", "skew=nan..", "path=1..2", "unknown=1..2", "question=q_regions", "where=1%29%20OR%20(1",
    "where=1%3B%20DROP%20TABLE%20run", "where=%3F1", "decided=maybe", "sort=skew&sort=mse",
  ])
  func whatCannotBeMeantIsSaid(text: String) {
    #expect(throws: WebRefusal.self) { try query(text) }
  }

  @Test func numbersSortStablyAndWhatIsMissingComesLast() {
    let values: [Double] = [1, .nan, 3, 1, .nan, 2]
    let ids: SampleIDs = [10, 11, 12, 13, 14, 15]
    #expect(SampleOrder.sorted(ids, by: values, isDescending: true) == [12, 15, 10, 13, 11, 14])
    #expect(SampleOrder.sorted(ids, by: values, isDescending: false) == [10, 13, 15, 12, 11, 14])
  }

  @Test func idsTakeFourBytesAndAnyOfThemIsKept() {
    var ids: SampleIDs = [7, 4_294_967_295]
    #expect(ids.bytes == 8)
    for id: Int64 in [4_294_967_296, -1, 3, .max] { ids.append(id) }
    #expect(ids[0..<ids.count] == [7, 4_294_967_295, 4_294_967_296, -1, 3, .max] && ids.bytes == 48)
    #expect(ids[4..<100] == [3, .max] && ids[50..<60] == [])
  }
}
