/// The SQL that the binary carries: migrations in the order in which they are applied, and the views.
///
/// A released migration is never edited; a change is the next `vNNN_name.sql` and one line here.
package enum AuditSchema {
  package static let migrations: [(name: String, sql: String)] = [
    ("v001_initial", String(decoding: PackageResources.v001_initial_sql, as: UTF8.self)),
    ("v002_currency_and_advice", String(decoding: PackageResources.v002_currency_and_advice_sql, as: UTF8.self)),
    ("v003_quality", String(decoding: PackageResources.v003_quality_sql, as: UTF8.self)),
    ("v004_against", String(decoding: PackageResources.v004_against_sql, as: UTF8.self)),
    ("v005_parts", String(decoding: PackageResources.v005_parts_sql, as: UTF8.self)),
    ("v006_facets", String(decoding: PackageResources.v006_facets_sql, as: UTF8.self)),
    ("v007_labels", String(decoding: PackageResources.v007_labels_sql, as: UTF8.self)),
    ("v008_excerpt", String(decoding: PackageResources.v008_excerpt_sql, as: UTF8.self)),
  ]

  /// With the placeholders `{score_columns}`, `{standing_columns}`, `{score_long}` and `{region_long}`.
  package static let views = String(decoding: PackageResources.views_sql, as: UTF8.self)

  /// What `PRAGMA user_version` holds in a database of this program.
  package static var version: Int { migrations.count }

  /// `PRAGMA application_id`: "Audt" in ASCII, so that another program's file is never taken for ours.
  package static let applicationID: Int32 = 0x4175_6474
}
