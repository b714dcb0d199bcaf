/// Why a trace could not be read or written, and where.
public struct TraceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the file the problem lies.
    public enum Place: Hashable, Sendable {
        case file
        /// Counted from 1.
        case line(Int)
        /// Counted from 1; `offset` is in bytes of the decompressed data.
        case record(Int, offset: Int)
        /// In bytes of the compressed file.
        case compressedByte(Int)
    }

    /// What is wrong.
    public enum Problem: Error, Hashable, Sendable {
        case cannotOpen(reason: String)
        case cannotRead(reason: String)
        case cannotWrite(reason: String)
        case unknownFormat
        case unknownFormatName(String)
        case badColumns(String, reason: String)
        case keysCannotBeWritten
        case tooManyRequests(max: Int)
        case notCompressed(reason: String)
        case truncatedCompression
        case truncatedRecord(bytes: Int)
        case lineTooLong(max: Int)
        case missingField(column: String, number: Int, found: Int)
        case notANumber(column: String, text: String, max: UInt64)
        case openQuote
        case emptyKey
    }

    /// The file, as it was named.
    public let path: String
    /// Where in it.
    public let place: Place
    /// What is wrong there.
    public let problem: Problem

    init(_ problem: Problem, path: String, place: Place = .file) {
        self.path = path
        self.place = place
        self.problem = problem
    }

    /// One sentence for the user: file, place, problem and what would be right.
    public var description: String {
        switch place {
        case .file: "\(path): \(problem)"
        case .line(let line): "\(path):\(line): \(problem)"
        case .record(let record, let offset):
            "\(path): record \(record), byte \(offset): \(problem)"
        case .compressedByte(let offset): "\(path): compressed byte \(offset): \(problem)"
        }
    }
}

extension TraceError.Problem: CustomStringConvertible {
    /// The problem and what would be right, without the place.
    public var description: String {
        switch self {
        case .cannotOpen(let reason): "cannot open: \(reason)"
        case .cannotRead(let reason): "cannot read: \(reason)"
        case .cannotWrite(let reason): "cannot write: \(reason)"
        case .unknownFormat:
            "the name does not tell the format: end it in \(TraceFormat.endings) "
                + "(each may be followed by .zst), or give --input"
        case .unknownFormatName(let name):
            "no format is called '\(name)': use \(TraceFormat.names)"
        case .badColumns(let text, let reason):
            "columns '\(text)': \(reason); write for example time,key,size, "
                + "with - for a column to skip"
        case .keysCannotBeWritten: "plain keys are read only: use .oracleGeneral or .csv"
        case .tooManyRequests(let max): "more than \(max) requests do not fit in memory"
        default: recordDescription
        }
    }

    /// The problems of single records.
    private var recordDescription: String {
        switch self {
        case .notCompressed(let reason): "not valid zstd data: \(reason)"
        case .truncatedCompression: "the zstd data ends within a frame: the file is truncated"
        case .truncatedRecord(let bytes):
            "the file ends after \(bytes) of the record's 24 bytes: it is truncated"
        case .lineTooLong(let max): "the line is longer than \(max) bytes"
        case .missingField(let column, let number, let found):
            "the \(column) should be field \(number), but there are only \(found) fields"
        case .notANumber(let column, let text, let max):
            "the \(column) '\(text)' is not a whole number from 0 to \(max)"
        case .openQuote: "a quoted field has no closing quote on its line"
        case .emptyKey: "the key is empty"
        default: "unknown problem"
        }
    }
}
