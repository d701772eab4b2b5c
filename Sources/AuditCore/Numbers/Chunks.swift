extension Sequence {
  /// Pieces of at most `count` elements, in order, each made when it is asked for.
  package func chunks(of count: Int) -> Chunks<Self> { Chunks(self, of: count) }
}

/// The elements of a sequence in pieces.
package struct Chunks<Base: Sequence>: Sequence, IteratorProtocol {
  private var elements: Base.Iterator
  private let count: Int

  fileprivate init(_ base: Base, of count: Int) { (elements, self.count) = (base.makeIterator(), count) }

  package mutating func next() -> [Base.Element]? {
    var piece: [Base.Element] = []
    while piece.count < count, let element = elements.next() { piece.append(element) }
    return piece.isEmpty ? nil : piece
  }
}
