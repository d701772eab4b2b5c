extension Sequence {
  /// Pieces of at most `count` elements, in order, each made when it is asked for.
  @inlinable package func chunks(of count: Int) -> Chunks<Self> { Chunks(self, of: count) }
}

/// The elements of a sequence in pieces.
@usableFromInline
package struct Chunks<Base: Sequence>: Sequence, IteratorProtocol {
  @usableFromInline var elements: Base.Iterator
  @usableFromInline let count: Int

  @inlinable package init(_ base: Base, of count: Int) { (elements, self.count) = (base.makeIterator(), count) }

  @inlinable
  package mutating func next() -> [Base.Element]? {
    var piece: [Base.Element] = []
    while piece.count < count, let element = elements.next() { piece.append(element) }
    return piece.isEmpty ? nil : piece
  }
}
