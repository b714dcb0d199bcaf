import LarderCore

/// What an answer means.
extension HTTPService {
    func outcome(of result: HTTPResult, isConditional: Bool) -> LoadOutcome {
        switch result {
        case .failed(let failure): return .failed(sourceFailure(failure))
        case .answered(let answer):
            switch answer.status {
            case 200, 203, 204: return .loaded(loaded(answer))
            case 304 where isConditional: return .notModified(lifetime(of: answer))
            case 404, 410: return .absent
            case 400...: return .failed(failure(answer, .refused))
            // 206, 304 or 1xx without having been asked for.
            default: return .failed(failure(answer, .corrupt))
            }
        }
    }

    /// What is not surely undone counts as perhaps done.
    func writeOutcome(of result: HTTPResult, _ method: HTTPRequest.Method) -> WriteOutcome {
        switch result {
        case .failed(let failure):
            let failed = sourceFailure(failure)
            return failure.wasSent ? .unknown(failed) : .refused(failed)
        case .answered(let answer):
            switch answer.status {
            case 200..<300: return .applied
            case 404 where method == .delete, 410 where method == .delete: return .applied
            case 300..<500: return .refused(failure(answer, .refused))
            default: return .unknown(failure(answer, .refused))
            }
        }
    }

    private func sourceFailure(_ failure: HTTPFailure) -> SourceFailure {
        SourceFailure(
            source: name, cause: failure.cause, detail: failure.detail,
            isKeys: failure.cause == .refused)
    }

    private func failure(_ answer: HTTPAnswer, _ cause: SourceFailure.Cause) -> SourceFailure {
        // These say that it lets nobody in, or has too much to do.
        let isOpenToNobody = [401, 407, 408, 425, 429].contains(answer.status)
        let isKeys = 400..<500 ~= answer.status && !isOpenToNobody
        return SourceFailure(
            source: name, cause: cause, detail: "HTTP \(answer.status)", isKeys: isKeys)
    }

    private func lifetime(of answer: HTTPAnswer) -> LoadedLifetime {
        respectsCacheControl ? CacheControl.lifetime(of: answer.head) : LoadedLifetime()
    }

    private func loaded(_ answer: HTTPAnswer) -> Loaded {
        var loaded = Loaded(answer.body)
        loaded.lifetime = lifetime(of: answer)
        loaded.validator = Validator(
            tag: answer.head.value(of: "etag") ?? [],
            modified: answer.head.value(of: "last-modified") ?? [])
        if let header = tagHeader, let text = answer.head.value(of: header) {
            loaded.setTags(text)
        }
        return loaded
    }
}
