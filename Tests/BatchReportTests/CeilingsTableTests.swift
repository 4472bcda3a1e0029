import BatchProfiling
import BatchReport
import Testing

@Suite struct CeilingsTableTests {
  private let ceilings = MachineCeilings(
    peaks: [
      .init(threads: 2, precision: .float, rate: 190.04e9), .init(threads: 1, precision: .bfloat16, rate: 213e9),
    ],
    rungs: [
      .init(threads: 1, cacheLevel: 1, workingSet: 16_384, read: 123.44e9, update: 98.76e9),
      .init(threads: 1, cacheLevel: nil, workingSet: 64 << 20, read: 9.875e9, update: 12e9),
    ],
    transfers: [.init(threads: 2, rate: 7.5e9)])

  @Test func givesEachQuantityARow() {
    #expect(
      CeilingsTable.table(ceilings).rendered(as: .table)
        == """
        threads  quantity             level   working set  rate  unit
        ────────────────────────────────────────────────────────────────
              1  peak bf16            –                 –   213  GFLOP/s
              1  read                 L1         16.0 KiB   123  GB/s
              1  update               L1         16.0 KiB  98.8  GB/s
              1  read                 memory     64.0 MiB  9.88  GB/s
              1  update               memory     64.0 MiB  12.0  GB/s
              2  peak fp32            –                 –   190  GFLOP/s
              2  lines between cores  –                 –  7.50  GB/s

        """)
  }

  @Test func keepsPlainUnitsForMachines() {
    #expect(
      CeilingsTable.table(ceilings).rendered(as: .csv)
        == """
        threads,quantity,level,working_set_bytes,rate,unit
        1,peak bf16,,,213000000000,FLOP/s
        1,read,L1,16384,123440000000,B/s
        1,update,L1,16384,98760000000,B/s
        1,read,memory,67108864,9875000000,B/s
        1,update,memory,67108864,12000000000,B/s
        2,peak fp32,,,190040000000,FLOP/s
        2,lines between cores,,,7500000000,B/s

        """)
  }
}
