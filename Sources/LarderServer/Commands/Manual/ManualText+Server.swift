/// What COMMAND tells about the commands; `CommandManual` says how it is written.
extension ManualText {
    /// The server.
    static let server: StaticString = """
        bgrewriteaof: refused, as no append-only file is written
          doc server 1.0.0 O(1)
        bgsave: refused, as no snapshots are written
          doc server 1.0.0 O(1)
          arg schedule pure-token =SCHEDULE +3.2.2 optional
        command: describe the commands
          acl connection
          tips nondeterministic_output_order
          doc server 2.8.13 O(N)
        command|count 2 loading stale: how many commands there are
          acl connection
          doc server 2.8.13 O(1)
        command|docs -2 loading stale: what commands are for, and their arguments
          acl connection
          tips nondeterministic_output_order
          doc server 7.0.0 O(N)
          arg command-name string optional multiple
        command|getkeys -4 loading stale: the keys in a request
          acl connection
          doc server 2.8.13 O(N)
        command|getkeysandflags -4 loading stale: the keys in a request, and what is done to them
          acl connection
          doc server 7.0.0 O(N)
        command|help 2 loading stale: what the subcommands do
          acl connection
          doc server 5.0.0 O(1)
        command|info -2 loading stale: describe some commands, or all
          acl connection
          tips nondeterministic_output_order
          doc server 2.8.13 O(N)
          arg command-name string optional multiple
        command|list -2 loading stale: the names of commands and subcommands
          acl connection
          tips nondeterministic_output_order
          doc server 7.0.0 O(N)
          arg filterby oneof =FILTERBY optional
            module-name string =MODULE
            category string =ACLCAT
            pattern pattern =PATTERN
        config: read and change settings
          doc server 2.0.0 depends on the subcommand
        config|get -3 admin noscript loading stale: read settings
          doc server 2.0.0 O(N)
          arg parameter block multiple
            parameter string
        config|help 2 loading stale: what the subcommands do
          doc server 5.0.0 O(1)
        config|resetstat 2 admin noscript loading stale: count from zero again
          doc server 2.0.0 O(1)
        config|rewrite 2 admin noscript loading stale: write what was changed to a file
          doc server 2.8.0 O(1)
        config|set -4 admin noscript loading stale: change settings
          tips request_policy:all_nodes response_policy:all_succeeded
          doc server 2.0.0 O(N)
          arg parameter_value block multiple
            parameter string
            value string
        dbsize: count the keys of the database
          acl keyspace
          tips request_policy:all_shards response_policy:agg_sum
          doc server 1.0.0 O(1)
        debug: refused, as in redis by default
          doc server 1.0.0 depends on the subcommand
          syscmd
        flushall: remove all keys of all databases
          acl keyspace dangerous
          tips request_policy:all_shards response_policy:all_succeeded
          doc server 1.0.0 O(N)
          arg async oneof optional
            async pure-token =ASYNC +4.0.0
            sync pure-token =SYNC +6.2.0
        flushdb: remove all keys of the database
          acl keyspace dangerous
          tips request_policy:all_shards response_policy:all_succeeded
          doc server 1.0.0 O(N)
          same flushall async
        info: what the server is, has and did
          acl dangerous
          tips nondeterministic_output request_policy:all_shards response_policy:special
          doc server 1.0.0 O(1)
          arg section string optional multiple
        lastsave: when the server was started, as no snapshots are written
          acl admin dangerous
          tips nondeterministic_output
          doc server 1.0.0 O(1)
        lolwut: a picture, and the version
          doc server 5.0.0
          arg version integer =VERSION optional
        monitor: receive all requests of all clients
          doc server 1.0.0
        replicaof: refused, except for NO ONE
          doc server 5.0.0 O(1)
          arg args oneof
            host-port block
              host string
              port integer
            no-one block
              no pure-token =NO
              one pure-token =ONE
        role: what the server is in a replication: a master
          acl admin dangerous
          doc server 2.8.12 O(1)
        save: refused, as no snapshots are written
          doc server 1.0.0 O(N)
        shutdown: end the server, as SIGTERM does; nothing is saved
          doc server 1.0.0 O(1)
          arg nosave_save oneof optional
            nosave pure-token =NOSAVE
            save pure-token =SAVE
          arg now pure-token =NOW +7.0.0 optional
          arg force pure-token =FORCE +7.0.0 optional
          arg abort pure-token =ABORT +7.0.0 optional
        slaveof: refused, except for NO ONE
          doc server 1.0.0 O(1)
          instead 5.0.0 `REPLICAOF`
          arg args oneof
            host-port block
              host string
              port integer
            no-one block
              no pure-token =NO
              one pure-token =ONE
        swapdb: exchange two databases
          acl keyspace dangerous
          doc server 4.0.0 O(N)
          arg index1 integer
          arg index2 integer
        time: the time of the server
          tips nondeterministic_output
          doc server 2.6.0 O(1)
        """
}
