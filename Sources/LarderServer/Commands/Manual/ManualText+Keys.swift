/// What COMMAND tells about the commands; `CommandManual` says how it is written.
extension ManualText {
    /// Commands on keys of any kind, and on when they expire.
    static let keys: StaticString = """
        copy: store an entry under another key too
          acl keyspace
          doc generic 6.2.0 O(N)
          key RO access 1 0 1
          key OW update 2 0 1
          arg source key @0
          arg destination key @1
          arg destination-db integer =DB optional
          arg replace pure-token =REPLACE optional
        del: remove keys
          acl keyspace
          tips request_policy:multi_shard response_policy:agg_sum
          doc generic 1.0.0 O(N)
          key RM delete 1 -1 1
          arg key key @0 multiple
        exists: count which keys exist
          acl keyspace
          tips request_policy:multi_shard response_policy:agg_sum
          doc generic 1.0.0 O(N)
          key RO 1 -1 1
          arg key key @0 multiple
        expire: let a key expire in so many seconds
          acl keyspace
          doc generic 1.0.0 O(1)
          key RW update 1 0 1
          arg key key @0
          arg seconds integer
          arg condition oneof +7.0.0 optional
            nx pure-token =NX
            xx pure-token =XX
            gt pure-token =GT
            lt pure-token =LT
        expireat: let a key expire at a time in seconds
          acl keyspace
          doc generic 1.2.0 O(1)
          key RW update 1 0 1
          arg key key @0
          arg unix-time-seconds unix-time
          same expire condition
        expiretime: when a key expires, in seconds
          acl keyspace
          doc generic 7.0.0 O(1)
          key RO access 1 0 1
          arg key key @0
        keys: all keys that match a pattern
          acl keyspace dangerous
          tips request_policy:all_shards nondeterministic_output_order
          doc generic 1.0.0 O(N)
          arg pattern pattern
        move: give an entry to another database
          acl keyspace
          doc generic 1.0.0 O(1)
          key RW access update 1 0 1
          arg key key @0
          arg db integer
        object: how a value is kept
          doc generic 2.2.3 depends on the subcommand
        object|encoding 3 readonly: how redis would keep a value
          acl keyspace
          tips nondeterministic_output
          doc generic 2.2.3 O(1)
          key RO 2 0 1
          arg key key @0
        object|freq 3 readonly: how often an entry was used, on a logarithmic scale
          acl keyspace
          tips nondeterministic_output
          doc generic 4.0.0 O(1)
          key RO 2 0 1
          arg key key @0
        object|help 2 loading stale: what the subcommands do
          acl keyspace
          doc generic 6.2.0 O(1)
        object|idletime 3 readonly: seconds since an entry was used last
          acl keyspace
          tips nondeterministic_output
          doc generic 2.2.3 O(1)
          key RO 2 0 1
          arg key key @0
        object|refcount 3 readonly: how many references a value has
          acl keyspace
          tips nondeterministic_output
          doc generic 2.2.3 O(1)
          key RO 2 0 1
          arg key key @0
        persist: let a key never expire
          acl keyspace
          doc generic 2.2.0 O(1)
          key RW update 1 0 1
          arg key key @0
        pexpire: let a key expire in so many milliseconds
          acl keyspace
          doc generic 2.6.0 O(1)
          key RW update 1 0 1
          arg key key @0
          arg milliseconds integer
          same expire condition
        pexpireat: let a key expire at a time in milliseconds
          acl keyspace
          doc generic 2.6.0 O(1)
          key RW update 1 0 1
          arg key key @0
          arg unix-time-milliseconds unix-time
          same expire condition
        pexpiretime: when a key expires, in milliseconds
          acl keyspace
          doc generic 7.0.0 O(1)
          key RO access 1 0 1
          arg key key @0
        pttl: how long a key lives, in milliseconds
          acl keyspace
          tips nondeterministic_output
          doc generic 2.6.0 O(1)
          key RO access 1 0 1
          arg key key @0
        randomkey: some key of the database
          acl keyspace
          tips request_policy:all_shards nondeterministic_output
          doc generic 1.0.0 O(1)
        rename: give an entry another key
          acl keyspace
          doc generic 1.0.0 O(1)
          key RW access delete 1 0 1
          key OW update 2 0 1
          arg key key @0
          arg newkey key @1
        renamenx: give an entry another key if that is free
          acl keyspace
          doc generic 1.0.0 O(1)
          key RW access delete 1 0 1
          key OW insert 2 0 1
          arg key key @0
          arg newkey key @1
        scan: the keys of the database, some at a time
          acl keyspace
          tips nondeterministic_output request_policy:special
          doc generic 2.8.0 O(1)
          arg cursor integer
          arg pattern pattern =MATCH optional
          arg count integer =COUNT optional
          arg type string =TYPE +6.0.0 optional
        touch: count which keys exist, as an access
          acl keyspace
          tips request_policy:multi_shard response_policy:agg_sum
          doc generic 3.2.1 O(N)
          key RO 1 -1 1
          arg key key @0 multiple
        ttl: how long a key lives, in seconds
          acl keyspace
          tips nondeterministic_output
          doc generic 1.0.0 O(1)
          key RO access 1 0 1
          arg key key @0
        type: the kind of a value
          acl keyspace
          doc generic 1.0.0 O(1)
          key RO 1 0 1
          arg key key @0
        unlink: remove keys
          acl keyspace
          tips request_policy:multi_shard response_policy:agg_sum
          doc generic 4.0.0 O(1)
          key RM delete 1 -1 1
          arg key key @0 multiple
        wait: wait for replicas, of which there are none
          acl connection
          tips request_policy:all_shards response_policy:agg_min
          doc generic 3.0.0 O(1)
          arg numreplicas integer
          arg timeout integer
        """
}
