// The umbrella: `import Batchwise` gives everything the libraries below offer.
@_exported public import BatchAlgebra
@_exported public import BatchCharts
@_exported public import BatchData
@_exported public import BatchFormats
@_exported public import BatchFoundation
@_exported public import BatchProfiling
@_exported public import BatchReport
@_exported public import BatchScience
@_exported public import BatchTraining
