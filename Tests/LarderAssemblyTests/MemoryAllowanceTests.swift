import Testing

@testable import LarderAssembly

@Suite struct MemoryAllowanceTests {
    static let meminfo = "MemTotal:        8000000 kB\nMemFree:          100000 kB\n"
    static let machine = 8_192_000_000

    private func allowance(_ groups: String, _ files: [String: String] = [:]) -> MemoryAllowance {
        let all = files.merging(["/proc/meminfo": Self.meminfo, "/proc/self/cgroup": groups]) { $1 }
        return MemoryAllowance.derived { all[$0] }
    }

    @Test func `without groups it is the memory of the machine`() {
        #expect(allowance("").byteCount == Self.machine)
        #expect(allowance("0::/\n").byteCount == Self.machine)
        #expect(allowance("").source == "/proc/meminfo")
    }

    @Test func `version 2 in a container, where the own group is the root`() {
        let found = allowance("0::/\n", ["/sys/fs/cgroup/memory.max": "536870912\n"])
        #expect(found.byteCount == 536_870_912)
        #expect(found.source == "/sys/fs/cgroup/memory.max")
    }

    @Test func `the smallest limit on the way to the root holds`() {
        let groups = "0::/system.slice/larder.service\n"
        let found = allowance(
            groups,
            [
                "/sys/fs/cgroup/system.slice/larder.service/memory.max": "max\n",
                "/sys/fs/cgroup/system.slice/larder.service/memory.high": "2000000000\n",
                "/sys/fs/cgroup/system.slice/memory.max": "1000000000\n",
                "/sys/fs/cgroup/memory.max": "3000000000\n",
            ])
        #expect(found.byteCount == 1_000_000_000)
        #expect(found.source == "/sys/fs/cgroup/system.slice/memory.max")
    }

    @Test func `version 1, own group or its parents`() {
        let groups = "9:name=systemd:/\n4:cpu,memory:/docker/abc:def\n0::/docker/abc:def\n"
        let base = "/sys/fs/cgroup/memory"
        let none = "9223372036854771712\n"
        let own = "\(base)/docker/abc:def/memory.limit_in_bytes"
        #expect(allowance(groups, [own: "268435456\n"]).byteCount == 268_435_456)
        let root = "\(base)/memory.limit_in_bytes"
        #expect(allowance(groups, [own: none, root: "1073741824\n"]).byteCount == 1 << 30)
        #expect(allowance(groups, [own: none, root: none]).byteCount == Self.machine)
    }

    @Test func `version 1 with version 2 beside it`() {
        let groups = "4:memory:/a\n0::/b\n"
        let files = [
            "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "4000000000",
            "/sys/fs/cgroup/unified/b/memory.max": "3000000000",
        ]
        #expect(allowance(groups, files).byteCount == 3_000_000_000)
    }

    @Test func `a limit above the machine's memory is none`() {
        let found = allowance("0::/\n", ["/sys/fs/cgroup/memory.max": "99999999999999\n"])
        #expect(found.byteCount == Self.machine)
    }

    @Test(arguments: ["max", "", "0", "-1", "abc", "99999999999999999999", "9223372036854771712"])
    func `what is no limit is ignored`(text: String) {
        #expect(allowance("0::/\n", ["/sys/fs/cgroup/memory.max": text]).byteCount == Self.machine)
    }

    @Test(arguments: ["", "MemTotal: x kB", "MemTotal: 5", "MemTotal: 99999999999999999 kB", "M"])
    func `without a readable meminfo it is modest`(meminfo: String) {
        let found = MemoryAllowance.derived { $0 == "/proc/meminfo" ? meminfo : nil }
        #expect(found.byteCount == 1 << 30)
    }

    @Test func `odd group lines cost nothing`() {
        let deep = "0::" + String(repeating: "/a", count: 5000)
        for groups in ["x", "::::", "0:", "0::/../../b", deep, "\n\n"] {
            let found = allowance(groups, ["/sys/fs/cgroup/memory.max": "1000000"])
            #expect([1_000_000, Self.machine].contains(found.byteCount))
        }
        let outside = allowance("0::/../b\n", ["/sys/fs/cgroup/memory.max": "1000000"])
        #expect(outside.byteCount == 1_000_000)
    }

    @Test func `this machine allows something`() {
        #expect(MemoryAllowance.current().byteCount > 1 << 20)
    }
}
