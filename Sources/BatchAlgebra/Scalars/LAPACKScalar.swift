/// The LAPACK routines of one precision, with raw pointers and no checks.
public protocol LAPACKScalar {
}

extension Float: LAPACKScalar {}
extension Double: LAPACKScalar {}
