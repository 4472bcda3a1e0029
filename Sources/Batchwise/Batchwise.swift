// The umbrella: `import Batchwise` gives everything the libraries below offer.
@_exported import BatchAlgebra
@_exported import BatchData
@_exported import BatchProfiling
@_exported import BatchReport
@_exported import BatchScience
@_exported import BatchTraining
