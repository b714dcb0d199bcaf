/// What COMMAND tells about the commands; `CommandManual` says how it is written.
extension ManualText {
    /// Connections, and clusters.
    static let connections: StaticString = """
        auth: give the password
          acl connection
          doc connection 1.0.0 O(N)
          arg username string +6.0.0 optional
          arg password string
        client: name, describe and list connections
          doc connection 2.4.0 depends on the subcommand
        client|caching 3 noscript loading stale: whether the next command is tracked
          acl connection
          doc connection 6.0.0 O(1)
          arg mode oneof
            yes pure-token =YES
            no pure-token =NO
        client|getname 2 noscript loading stale: the name of this connection
          acl connection
          doc connection 2.6.9 O(1)
        client|getredir 2 noscript loading stale: where invalidations of this connection go
          acl connection
          doc connection 6.0.0 O(1)
        client|help 2 loading stale: what the subcommands do
          acl connection
          doc connection 5.0.0 O(1)
        client|id 2 noscript loading stale: the number of this connection
          acl connection
          doc connection 5.0.0 O(1)
        client|info 2 noscript loading stale: describe this connection
          acl connection
          tips nondeterministic_output
          doc connection 6.2.0 O(1)
        client|kill -3 admin noscript loading stale: end connections
          acl connection
          doc connection 2.4.0 O(N)
          arg filter oneof
            ip:port string -2.8.12
            new-format oneof multiple
              client-id integer =ID +2.8.12 optional
              normal_master_slave_pubsub oneof =TYPE +2.8.12 optional
                normal pure-token =NORMAL
                master pure-token =MASTER +3.2.0
                slave pure-token =SLAVE
                replica pure-token =REPLICA +5.0.0
                pubsub pure-token =PUBSUB
              username string =USER optional
              ip:port string =ADDR optional
              ip:port string =LADDR +6.2.0 optional
              yes/no string =SKIPME optional
        client|list -2 admin noscript loading stale: describe connections
          acl connection
          tips nondeterministic_output
          doc connection 2.4.0 O(N)
          arg normal_master_replica_pubsub oneof =TYPE +5.0.0 optional
            normal pure-token =NORMAL
            master pure-token =MASTER
            replica pure-token =REPLICA
            pubsub pure-token =PUBSUB
          arg id block =ID +6.2.0 optional
            client-id integer multiple
        client|no-evict 3 admin noscript loading stale: keep this connection whatever memory it uses
          acl connection
          doc connection 7.0.0 O(1)
          arg enabled oneof
            on pure-token =ON
            off pure-token =OFF
        client|pause -3 admin noscript loading stale: hold back the commands of clients for a time
          acl connection
          doc connection 2.9.50 O(1)
          arg timeout integer
          arg mode oneof +6.2.0 optional
            write pure-token =WRITE
            all pure-token =ALL
        client|reply 3 noscript loading stale: choose whether commands are answered
          acl connection
          doc connection 3.2.0 O(1)
          arg on_off_skip oneof
            on pure-token =ON
            off pure-token =OFF
            skip pure-token =SKIP
        client|setinfo 4 noscript loading stale: say which library this connection comes from
          acl connection
          doc connection 7.2.0 O(1)
          arg attr oneof
            libname string =LIB-NAME
            libver string =LIB-VER
        client|setname 3 noscript loading stale: name this connection
          acl connection
          doc connection 2.6.9 O(1)
          arg connection-name string
        client|tracking -3 noscript loading stale: refused but for OFF, as nothing is tracked
          acl connection
          doc connection 6.0.0 O(1). Some options may introduce additional complexity.
          arg status oneof
            on pure-token =ON
            off pure-token =OFF
          arg client-id integer =REDIRECT optional
          arg prefix string =PREFIX optional multiple multiple_token
          arg bcast pure-token =BCAST optional
          arg optin pure-token =OPTIN optional
          arg optout pure-token =OPTOUT optional
          arg noloop pure-token =NOLOOP optional
        client|trackinginfo 2 noscript loading stale: whether keys of this connection are tracked
          acl connection
          doc connection 6.2.0 O(1)
        client|unblock -3 admin noscript loading stale: end the wait of another connection
          acl connection
          doc connection 5.0.0 O(log N)
          arg client-id integer
          arg timeout_error oneof optional
            timeout pure-token =TIMEOUT
            error pure-token =ERROR
        client|unpause 2 admin noscript loading stale: end CLIENT PAUSE
          acl connection
          doc connection 6.2.0 O(N)
        echo: answer the argument
          acl connection
          doc connection 1.0.0 O(1)
          arg message string
        hello: choose the protocol and introduce oneself
          acl connection
          doc connection 6.0.0 O(1)
          arg arguments block optional
            protover integer
            username_password block =AUTH optional
              username string
              password string
            clientname string =SETNAME optional
        ping: ask whether the server answers
          acl connection
          tips request_policy:all_shards response_policy:all_succeeded
          doc connection 1.0.0 O(1)
          arg message string optional
        quit: end the connection
          acl connection
          doc connection 1.0.0 O(1)
        reset: make the connection like a new one
          acl connection
          doc connection 6.2.0 O(1)
        select: change the database
          acl connection
          doc connection 1.0.0 O(1)
          arg index integer
        asking: what clients of clusters send after a redirection
          acl connection
          doc cluster 3.0.0 O(1)
        cluster: questions about a cluster, which this server is not in
          doc cluster 3.0.0 depends on the subcommand
        cluster|addslots -3 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(N)
          arg slot integer multiple
        cluster|addslotsrange -4 admin stale no_async_loading: refused: there is no cluster
          doc cluster 7.0.0 O(N)
          arg start-slot_end-slot block multiple
            start-slot integer
            end-slot integer
        cluster|bumpepoch 2 admin stale no_async_loading: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 3.0.0 O(1)
        cluster|count-failure-reports 3 admin stale: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 3.0.0 O(N)
          arg node-id string
        cluster|countkeysinslot 3 stale: refused: there is no cluster
          doc cluster 3.0.0 O(1)
          arg slot integer
        cluster|delslots -3 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(N)
          arg slot integer multiple
        cluster|delslotsrange -4 admin stale no_async_loading: refused: there is no cluster
          doc cluster 7.0.0 O(N)
          same cluster|addslotsrange start-slot_end-slot
        cluster|failover -2 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(1)
          arg options oneof optional
            force pure-token =FORCE
            takeover pure-token =TAKEOVER
        cluster|flushslots 2 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(1)
        cluster|forget 3 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(1)
          arg node-id string
        cluster|getkeysinslot 4 stale: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 3.0.0 O(log(N)
          arg slot integer
          arg count integer
        cluster|help 2 loading stale: refused: there is no cluster
          doc cluster 5.0.0 O(1)
        cluster|info 2 stale: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 3.0.0 O(1)
        cluster|keyslot 3 stale: refused: there is no cluster
          doc cluster 3.0.0 O(N)
          arg key string
        cluster|links 2 stale: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 7.0.0 O(N)
        cluster|meet -4 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(1)
          arg ip string
          arg port integer
          arg cluster_bus_port integer +4.0.0 optional
        cluster|myid 2 stale: refused: there is no cluster
          doc cluster 3.0.0 O(1)
        cluster|nodes 2 stale: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 3.0.0 O(N)
        cluster|replicas 3 admin stale: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 5.0.0 O(1)
          arg node-id string
        cluster|replicate 3 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(1)
          arg node-id string
        cluster|reset -2 admin noscript stale: refused: there is no cluster
          doc cluster 3.0.0 O(N)
          arg hard_soft oneof optional
            hard pure-token =HARD
            soft pure-token =SOFT
        cluster|saveconfig 2 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(1)
        cluster|set-config-epoch 3 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(1)
          arg config-epoch integer
        cluster|setslot -4 admin stale no_async_loading: refused: there is no cluster
          doc cluster 3.0.0 O(1)
          arg slot integer
          arg subcommand oneof
            node-id string =IMPORTING
            node-id string =MIGRATING
            node-id string =NODE
            stable pure-token =STABLE
        cluster|shards 2 stale: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 7.0.0 O(N)
        cluster|slaves 3 admin stale: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 3.0.0 O(1)
          instead 5.0.0 `CLUSTER REPLICAS`
          arg node-id string
        cluster|slots 2 stale: refused: there is no cluster
          tips nondeterministic_output
          doc cluster 3.0.0 O(N)
          instead 7.0.0 `CLUSTER SHARDS`
        readonly: allow reads on a replica of a cluster
          acl connection
          doc cluster 3.0.0 O(1)
        readwrite: end READONLY
          acl connection
          doc cluster 3.0.0 O(1)
        """
}
