import Glibc

/// The number of files that the process may have open.
enum DescriptorLimit {
    /// Descriptors that are needed for other things than clients. As redis has it.
    static let reserved = 32

    /// Raises the soft limit so that `connections` clients fit, and says how many do.
    static func makeRoom(for connections: Int) -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return connections
        }
        let wanted = rlim_t(connections + reserved)
        if limit.rlim_cur >= wanted { return connections }
        // More than the hard limit is allowed to a privileged process only.
        for target in [wanted, min(wanted, limit.rlim_max)] where target > limit.rlim_cur {
            var raised = rlimit(rlim_cur: target, rlim_max: max(limit.rlim_max, target))
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 {
                return Int(target) - reserved
            }
        }
        return max(1, Int(limit.rlim_cur) - reserved)
    }
}
