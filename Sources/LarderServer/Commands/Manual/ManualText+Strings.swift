/// What COMMAND tells about the commands; `CommandManual` says how it is written.
extension ManualText {
    /// Commands on one value or several.
    static let strings: StaticString = """
        append: add to the end of a value
          acl string
          doc string 2.0.0 O(1)
          key RW insert 1 0 1
          arg key key @0
          arg value string
        decr: take one from a number
          acl string
          doc string 1.0.0 O(1)
          key RW access update 1 0 1
          arg key key @0
        decrby: take from a number
          acl string
          doc string 1.0.0 O(1)
          key RW access update 1 0 1
          arg key key @0
          arg decrement integer
        get: read a value
          acl string
          doc string 1.0.0 O(1)
          key RO access 1 0 1
          arg key key @0
        getdel: read a value and remove its key
          acl string
          doc string 6.2.0 O(1)
          key RW access delete 1 0 1
          arg key key @0
        getex: read a value and change when it expires
          acl string
          doc string 6.2.0 O(1)
          key RW access update 1 0 1
          note RW and UPDATE because it changes the TTL
          arg key key @0
          arg expiration oneof optional
            seconds integer =EX
            milliseconds integer =PX
            unix-time-seconds unix-time =EXAT
            unix-time-milliseconds unix-time =PXAT
            persist pure-token =PERSIST
        getrange: read a part of a value
          acl string
          doc string 2.4.0 O(N)
          key RO access 1 0 1
          arg key key @0
          arg start integer
          arg end integer
        getset: store a value and answer the old one
          acl string
          doc string 1.0.0 O(1)
          instead 6.2.0 `SET` with the `!GET` argument
          key RW access update 1 0 1
          arg key key @0
          arg value string
        incr: add one to a number
          acl string
          doc string 1.0.0 O(1)
          key RW access update 1 0 1
          arg key key @0
        incrby: add to a number
          acl string
          doc string 1.0.0 O(1)
          key RW access update 1 0 1
          arg key key @0
          arg increment integer
        incrbyfloat: add a number with a fraction to a number
          acl string
          doc string 2.6.0 O(1)
          key RW access update 1 0 1
          arg key key @0
          arg increment double
        lcs: what two values have in common, in order
          acl string
          doc string 7.0.0 O(N*M)
          key RO access 1 1 1
          arg key1 key @0
          arg key2 key @0
          arg len pure-token =LEN optional
          arg idx pure-token =IDX optional
          arg len integer =MINMATCHLEN optional
          arg withmatchlen pure-token =WITHMATCHLEN optional
        mget: read values
          acl string
          tips request_policy:multi_shard
          doc string 1.0.0 O(N)
          key RO access 1 -1 1
          arg key key @0 multiple
        mset: store values, all at once
          acl string
          tips request_policy:multi_shard response_policy:all_succeeded
          doc string 1.0.1 O(N)
          key OW update 1 -1 2
          arg key_value block multiple
            key key @0
            value string
        msetnx: store values if none of the keys exists
          acl string
          tips request_policy:multi_shard response_policy:agg_min
          doc string 1.0.1 O(N)
          key OW insert 1 -1 2
          arg key_value block multiple
            key key @0
            value string
        psetex: store a value for so many milliseconds
          acl string
          doc string 2.6.0 O(1)
          key OW update 1 0 1
          arg key key @0
          arg milliseconds integer
          arg value string
        set: store a value
          acl string
          doc string 1.0.0 O(1)
          key RW access update variable_flags 1 0 1
          note RW and ACCESS due to the optional `GET` argument
          arg key key @0
          arg value string
          arg condition oneof +2.6.12 optional
            nx pure-token =NX
            xx pure-token =XX
          arg get pure-token =GET +6.2.0 optional
          arg expiration oneof optional
            seconds integer =EX +2.6.12
            milliseconds integer =PX +2.6.12
            unix-time-seconds unix-time =EXAT +6.2.0
            unix-time-milliseconds unix-time =PXAT +6.2.0
            keepttl pure-token =KEEPTTL +6.0.0
        setex: store a value for so many seconds
          acl string
          doc string 2.0.0 O(1)
          key OW update 1 0 1
          arg key key @0
          arg seconds integer
          arg value string
        setnx: store a value if the key is free
          acl string
          doc string 1.0.0 O(1)
          key OW insert 1 0 1
          arg key key @0
          arg value string
        setrange: overwrite a part of a value
          acl string
          doc string 2.2.0 O(1)
          key RW update 1 0 1
          arg key key @0
          arg offset integer
          arg value string
        strlen: bytes of a value
          acl string
          doc string 2.2.0 O(1)
          key RO 1 0 1
          arg key key @0
        substr: read a part of a value
          acl string
          doc string 1.0.0 O(N)
          instead 2.0.0 `GETRANGE`
          key RO access 1 0 1
          arg key key @0
          arg start integer
          arg end integer
        """
}
