/// What COMMAND tells about the commands; `CommandManual` says how it is written.
extension ManualText {
    /// Messages, and scripts.
    static let publishing: StaticString = """
        psubscribe: receive what is published to channels that match patterns
          doc pubsub 2.0.0 O(N)
          arg pattern block multiple
            pattern pattern
        publish: send a message to a channel
          doc pubsub 2.0.0 O(N+M)
          arg channel string
          arg message string
        pubsub: who subscribes to what
          doc pubsub 2.8.0 depends on the subcommand
        pubsub|channels -2 pubsub loading stale: channels that have subscribers
          doc pubsub 2.8.0 O(N)
          arg pattern pattern optional
        pubsub|help 2 loading stale: what the subcommands do
          doc pubsub 6.2.0 O(1)
        pubsub|numpat 2 pubsub loading stale: how many patterns are subscribed to
          doc pubsub 2.8.0 O(1)
        pubsub|numsub -2 pubsub loading stale: how many subscribe to channels
          doc pubsub 2.8.0 O(N)
          arg channel string optional multiple
        pubsub|shardchannels -2 pubsub loading stale: shard channels that have subscribers
          doc pubsub 7.0.0 O(N)
          arg pattern pattern optional
        pubsub|shardnumsub -2 pubsub loading stale: how many subscribe to shard channels
          doc pubsub 7.0.0 O(N)
          arg shardchannel string optional multiple
        punsubscribe: end PSUBSCRIBE
          doc pubsub 2.0.0 O(N+M)
          arg pattern pattern optional multiple
        spublish: send a message to a shard channel
          doc pubsub 7.0.0 O(N)
          key not_key 1 0 1
          arg shardchannel string
          arg message string
        ssubscribe: receive what is published to shard channels
          doc pubsub 7.0.0 O(N)
          key not_key 1 -1 1
          arg shardchannel string multiple
        subscribe: receive what is published to channels
          doc pubsub 2.0.0 O(N)
          arg channel string multiple
        sunsubscribe: end SSUBSCRIBE
          doc pubsub 7.0.0 O(N)
          key not_key 1 -1 1
          arg shardchannel string optional multiple
        unsubscribe: end SUBSCRIBE
          doc pubsub 2.0.0 O(N)
          arg channel string optional multiple
        function: libraries of functions, of which there are none
          doc scripting 7.0.0 depends on the subcommand
        function|flush -2 write noscript: accepted, as there are no functions
          acl scripting
          tips request_policy:all_shards response_policy:all_succeeded
          doc scripting 7.0.0 O(N)
          arg async oneof optional
            async pure-token =ASYNC
            sync pure-token =SYNC
        function|help 2 loading stale: what the subcommands do
          acl scripting
          doc scripting 7.0.0 O(1)
        script: scripts, of which there are none
          doc scripting 2.6.0 depends on the subcommand
        script|flush -2 noscript: accepted, as there are no scripts
          acl scripting
          tips request_policy:all_nodes response_policy:all_succeeded
          doc scripting 2.6.0 O(N)
          arg async oneof +6.2.0 optional
            async pure-token =ASYNC
            sync pure-token =SYNC
        script|help 2 loading stale: what the subcommands do
          acl scripting
          doc scripting 5.0.0 O(1)
        """
}
