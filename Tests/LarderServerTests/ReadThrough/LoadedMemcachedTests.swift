import LarderAssembly
import LarderCore
import LarderTesting
import Testing

/// memcached's commands on keys that come from an origin.
@Suite(.onOwnThread) struct LoadedMemcachedTests {
    /// Each on a server of its own, so that nothing is there before.
    @Test(arguments: [
        ("get product:2|", "VALUE product:2 0 3|two|END|"),
        ("get x product:2 product:3|", "VALUE product:2 0 3|two|END|"),
        ("get product:2 product:9|", "SERVER_ERROR origin catalog unreachable|"),
        ("gets product:9|", "SERVER_ERROR origin catalog unreachable|"),
        ("gat 0 product:2|", "VALUE product:2 0 3|two|END|"),
        ("mg product:2 v|", "VA 3|two|"), ("mg product:3 v|", "EN|"),
        ("mg product:9 v|", "SERVER_ERROR origin catalog unreachable|"),
        ("mg cHJvZHVjdDoy v b|", "VA 3|two|"), ("mg product:3 v N9|", "VA 0 W||"),
        ("add product:2 0 0 1|x|", "NOT_STORED|"), ("add product:3 0 0 1|x|", "STORED|"),
        ("replace product:2 0 0 1|x|", "STORED|"), ("append product:2 0 0 1|x|", "STORED|"),
        ("cas product:2 0 0 1 7|x|", "EXISTS|"), ("incr product:1 1|", "42|"),
        ("decr product:1 1|", "40|"), ("ma product:1 v|", "VA 2|42|"),
        ("ms product:2 1 ME|x|", "NS|"), ("set product:2 0 0 1|x|", "STORED|"),
        ("touch product:2 0|", "NOT_FOUND|"), ("delete product:2|", "NOT_FOUND|"),
    ])
    func `what needs a value has it loaded`(request: String, reply: String) throws {
        let origin = HeldOrigin()
        origin.set("product:1", "41")
        origin.set("product:2", "two")
        origin.fail("product:9", .unreachable)
        let client = try ServerFixture(loadingFrom: origin).memcachedClient()
        #expect(try client.say(request) == reply)
    }

    /// Fails when a command that has waited is counted for each time that it was run.
    @Test(arguments: [ServerConfiguration.InputOutput.libevent, .auto])
    func `a pipeline is one question, and its replies are in order`(
        backend: ServerConfiguration.InputOutput
    ) throws {
        let origin = HeldOrigin()
        for number in 1...3 { origin.set("product:\(number)", "\(number)") }
        origin.hold()
        let fixture = try ServerFixture(loadingFrom: origin, batchMax: 128, backend)
        let client = try fixture.memcachedClient()
        let line = "\r\n"
        try client.send(
            "get product:1" + line + "get product:2 product:3" + line + "set x 0 0 1" + line + "1"
                + line + "get x" + line + "get product:4" + line)
        try fixture.settle { _ in origin.questions.count == 1 }
        origin.release()
        let replies =
            "VALUE product:1 0 1|1|END|VALUE product:2 0 1|2|VALUE product:3 0 1|3|END|STORED|"
            + "VALUE x 0 1|1|END|END|"
        let bytes = replies.replacing("|", with: line)
        #expect(try client.text(bytes.utf8.count) == bytes)
        #expect(origin.questions == [(1...3).map { "product:\($0)" }, ["product:4"]])
        let statistics = try client.say("stats|")
        #expect(statistics.contains("STAT cmd_get 5|") && statistics.contains("STAT get_hits 4|"))
    }

    @Test func `a large value in a command that has to wait is not lost`() throws {
        let client = try ServerFixture(loadingFrom: HeldOrigin()).memcachedClient()
        let large = String(repeating: "v", count: 200_000)
        #expect(try client.say("add product:3 0 0 200000|\(large)|") == "STORED|")
        #expect(try client.say("mg product:3 s|") == "HD s200000|")
    }
}
