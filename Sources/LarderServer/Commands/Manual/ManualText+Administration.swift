/// What COMMAND tells about the commands; `CommandManual` says how it is written.
extension ManualText {
    /// Users and measurements.
    static let administration: StaticString = """
        acl: who may do what
          doc server 6.0.0 depends on the subcommand
        acl|cat -2 noscript loading stale: the categories of commands, or the commands in one
          doc server 6.0.0 O(1)
          arg categoryname string optional
        acl|deluser -3 admin noscript loading stale: refused, as users are in the configuration
          doc server 6.0.0 O(1)
          arg username string multiple
        acl|dryrun -4 admin noscript loading stale: whether a user may run a command
          doc server 7.0.0 O(1)
          arg username string
          arg command string
          arg arg string optional multiple
        acl|genpass -2 noscript loading stale: a password made of random bits
          doc server 6.0.0 O(1)
          arg bits integer optional
        acl|getuser 3 admin noscript loading stale: the rights of a user
          doc server 6.0.0 O(N)
          arg username string
        acl|help 2 loading stale: what the subcommands do
          doc server 6.0.0 O(1)
        acl|list 2 admin noscript loading stale: the rights of all users
          doc server 6.0.0 O(N)
        acl|load 2 admin noscript loading stale: refused, as users are in the configuration
          doc server 6.0.0 O(N)
        acl|log -2 admin noscript loading stale: what was denied of late
          doc server 6.0.0 O(N)
          arg operation oneof optional
            count integer
            reset pure-token =RESET
        acl|save 2 admin noscript loading stale: refused, as users are in the configuration
          doc server 6.0.0 O(N)
        acl|setuser -3 admin noscript loading stale: refused, as users are in the configuration
          doc server 6.0.0 O(N)
          arg username string
          arg rule string optional multiple
        acl|users 2 admin noscript loading stale: the names of all users
          doc server 6.0.0 O(N)
        acl|whoami 2 noscript loading stale: the user of this connection
          doc server 6.0.0 O(1)
        larder: what no redis has
          doc server 1.0.0 depends on the subcommand
        larder|ban -4 write: let what matches die, or grow stale
          acl keyspace dangerous
          doc server 1.0.0 O(shards)
          arg scope oneof
            key pure-token =KEY
            tag pure-token =TAG
            prefix pure-token =PREFIX
            namespace pure-token =NAMESPACE
          arg name string
          arg soft pure-token =SOFT optional
        larder|drop 5 write fast: give a lease back
          acl string
          doc server 1.0.0 O(log N)
          key RO 2 0 1
          arg key key @0
          arg token string =LEASE
        larder|explain 3 readonly: what is known of a key, and what GET would do
          acl keyspace
          doc server 1.0.0 O(1)
          key RO 2 0 1
          arg key key @0
        larder|get -4 readonly: ask the origin of a key past memory, or for the lease of a key
          acl string
          doc server 1.0.0 what the origin takes
          key RO access 2 0 1
          arg key key @0
          arg how oneof
            bypass pure-token =BYPASS
            lease block
              lease pure-token =LEASE
              milliseconds integer optional
              wait integer =WAIT optional
              token string =TOKEN optional
        larder|help 2 loading stale: what the subcommands do
          doc server 1.0.0 O(1)
        larder|set -4 write denyoom: store a value with tags, priority and cost, by a lease or not
          acl string
          doc server 1.0.0 O(1)
          key OW update 2 0 1
          arg key key @0
          arg value string
          arg token string =LEASE optional
          arg expiration oneof optional
            seconds integer =EX
            milliseconds integer =PX
          arg tag string =TAGS optional multiple
          arg priority oneof =PRIORITY optional
            low pure-token =LOW
            normal pure-token =NORMAL
            high pure-token =HIGH
          arg cost integer =COST optional
        latency: which events took long
          doc server 2.8.13 depends on the subcommand
        latency|doctor 2 admin noscript loading stale: what the events that took long tell
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          doc server 2.8.13 O(1)
        latency|graph 3 admin noscript loading stale: draw how long an event took of late
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          doc server 2.8.13 O(1)
          arg event string
        latency|help 2 loading stale: what the subcommands do
          doc server 2.8.13 O(1)
        latency|histogram -2 admin noscript loading stale: how long commands take
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          doc server 7.0.0 O(N)
          arg command string optional multiple
        latency|history 3 admin noscript loading stale: how long an event took of late
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          doc server 2.8.13 O(1)
          arg event string
        latency|latest 2 admin noscript loading stale: all events, and how long they took last
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          doc server 2.8.13 O(1)
        latency|reset -2 admin noscript loading stale: forget events
          tips request_policy:all_nodes response_policy:all_succeeded
          doc server 2.8.13 O(1)
          arg event string optional multiple
        memory: how memory is used
          doc server 4.0.0 depends on the subcommand
        memory|doctor 2: what the use of memory tells
          tips nondeterministic_output request_policy:all_shards response_policy:special
          doc server 4.0.0 O(1)
        memory|help 2 loading stale: what the subcommands do
          doc server 4.0.0 O(1)
        memory|malloc-stats 2: the state of the allocator
          tips nondeterministic_output request_policy:all_shards response_policy:special
          doc server 4.0.0 depends on the subcommand
        memory|purge 2: give memory that is not used back to the system
          tips request_policy:all_shards response_policy:all_succeeded
          doc server 4.0.0 depends on the subcommand
        memory|stats 2: how memory is used, in numbers
          tips nondeterministic_output request_policy:all_shards response_policy:special
          doc server 4.0.0 O(1)
        memory|usage -3 readonly: bytes that an entry takes
          doc server 4.0.0 O(N)
          key RO 2 0 1
          arg key key @0
          arg count integer =SAMPLES optional
        module: modules, of which there are none
          doc server 4.0.0 depends on the subcommand
        module|help 2 loading stale: what the subcommands do
          doc server 5.0.0 O(1)
        module|list 2 admin noscript: the modules, of which there are none
          tips nondeterministic_output_order
          doc server 4.0.0 O(N)
        module|load -3 admin noscript no_async_loading: refused, as in redis by default
          doc server 4.0.0 O(1)
          arg path string
          arg arg string optional multiple
        module|loadex -3 admin noscript no_async_loading: refused, as in redis by default
          doc server 7.0.0 O(1)
          arg path string
          arg configs block =CONFIG optional multiple multiple_token
            name string
            value string
          arg args block =ARGS optional multiple
            arg string
        module|unload 3 admin noscript no_async_loading: refused, as in redis by default
          doc server 4.0.0 O(1)
          arg name string
        slowlog: the commands that took long
          doc server 2.2.12 depends on the subcommand
        slowlog|get -2 admin loading stale: the slow commands of late
          tips request_policy:all_nodes nondeterministic_output
          doc server 2.2.12 O(N)
          arg count integer optional
        slowlog|help 2 loading stale: what the subcommands do
          doc server 6.2.0 O(1)
        slowlog|len 2 admin loading stale: how many slow commands are kept
          tips request_policy:all_nodes response_policy:agg_sum nondeterministic_output
          doc server 2.2.12 O(1)
        slowlog|reset 2 admin loading stale: forget the slow commands
          tips request_policy:all_nodes response_policy:all_succeeded
          doc server 2.2.12 O(N)
        """
}
