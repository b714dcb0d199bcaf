import LarderCore

extension Int {
    /// This many bytes as the configuration writes them, such as `512mb`.
    var byteText: String { self < 0 ? "\(self)" : ByteCount(self).description }
}
