import AuditMetrics
import Testing

/// psi and the weights against the table of the independent implementation.
@Test(arguments: Loss.all.filter { $0.name != "imae_linear" }.map(\.name))
func lossesAgreeWithThePointwiseTable(name: String) throws {
  let loss = try #require(Loss.all.first { $0.name == name })
  let golden = Golden.shared.pointwise
  let table = try #require(golden.losses[name])
  for (index, residual) in golden.residual.enumerated() {
    #expect(abs(loss.rho(residual) - table.rho[index]) <= 1e-12 + 1e-9 * abs(table.rho[index]), "rho(\(residual))")
    #expect(abs(loss.psi(residual) - table.psi[index]) <= 1e-12 + 1e-9 * abs(table.psi[index]), "psi(\(residual))")
    if let weight = table.weight[index] {
      #expect(abs(loss.weight(residual) - weight) <= 1e-9 * abs(weight), "weight(\(residual))")
    } else {
      #expect(loss.weight(residual).isFinite, "the weight at 0 is a number")
    }
  }
}

@Test func thePointwiseTableHasNoLossThatTheLibraryLacks() {
  #expect(Set(Golden.shared.pointwise.losses.keys).subtracting(Loss.all.map(\.name)).isEmpty)
}

@Test func sampleWeightsAgreeWithTheGoldenVector() {
  let golden = Golden.shared.dataset_level.imae_weight
  let weights = imaeWeights(meanAbsoluteErrors: golden.mae, temperature: golden.T)
  #expect(weights.count == golden.weight.count)
  for (weight, expected) in zip(weights, golden.weight) { #expect(abs(weight - expected) <= 1e-12 * expected) }
}

@Test func sampleWeightsOfAFlawlessSetAreEqual() {
  #expect(imaeWeights(meanAbsoluteErrors: [0, 0, 0, 0, 0.3]) == [1, 1, 1, 1, 1])
  #expect(imaeWeights(meanAbsoluteErrors: []) == [])
}

/// The derivative that a loss claims is the slope of the loss.
@Test(arguments: Loss.all.map(\.name)) func psiIsTheDerivativeOfRho(name: String) throws {
  let loss = try #require(Loss.all.first { $0.name == name })
  let step = 1e-6
  for residual in [-0.93, -0.41, -0.17, -0.031, -0.004, 0.004, 0.031, 0.17, 0.41, 0.93] {
    let slope = (loss.rho(residual + step) - loss.rho(residual - step)) / (2 * step)
    #expect(abs(slope - loss.psi(residual)) <= 2e-5 * max(1e-3, abs(slope)), "\(name) at \(residual)")
  }
}
