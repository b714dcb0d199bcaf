/// What COMMAND tells about the commands; `CommandManual` says how it is written.
extension ManualText {
    /// Commands on bits, and transactions.
    static let bits: StaticString = """
        bitcount: count the bits of a value that are set
          acl bitmap
          doc bitmap 2.6.0 O(N)
          key RO access 1 0 1
          arg key key @0
          arg index block optional
            start integer
            end integer
            index_unit oneof +7.0.0 optional
              byte pure-token =BYTE
              bit pure-token =BIT
        bitfield: read and change integers of any width within a value
          acl bitmap
          doc bitmap 3.2.0 O(1)
          key RW access update variable_flags 1 0 1
          note This command allows both access and modification of the key
          arg key key @0
          arg operation oneof optional multiple
            encoding_offset block =GET
              encoding string
              offset integer
            write block
              wrap_sat_fail oneof =OVERFLOW optional
                wrap pure-token =WRAP
                sat pure-token =SAT
                fail pure-token =FAIL
              write_operation oneof
                encoding_offset_value block =SET
                  encoding string
                  offset integer
                  value integer
                encoding_offset_increment block =INCRBY
                  encoding string
                  offset integer
                  increment integer
        bitfield_ro: read integers of any width within a value
          acl bitmap
          doc bitmap 6.0.0 O(1)
          key RO access 1 0 1
          arg key key @0
          arg encoding_offset block =GET optional multiple multiple_token
            encoding string
            offset integer
        bitop: combine values bit by bit
          acl bitmap
          doc bitmap 2.6.0 O(N)
          key OW update 2 0 1
          key RO access 3 -1 1
          arg operation string
          arg destkey key @0
          arg key key @1 multiple
        bitpos: the first bit of a value that is set, or clear
          acl bitmap
          doc bitmap 2.8.7 O(N)
          key RO access 1 0 1
          arg key key @0
          arg bit integer
          arg index block optional
            start integer
            end_index block optional
              end integer
              index_unit oneof +7.0.0 optional
                byte pure-token =BYTE
                bit pure-token =BIT
        getbit: read a bit of a value
          acl bitmap
          doc bitmap 2.2.0 O(1)
          key RO access 1 0 1
          arg key key @0
          arg offset integer
        setbit: change a bit of a value
          acl bitmap
          doc bitmap 2.2.0 O(1)
          key RW access update 1 0 1
          arg key key @0
          arg offset integer
          arg value integer
        discard: forget what was queued since MULTI
          acl transaction
          doc transactions 2.0.0 O(N)
        exec: run what was queued since MULTI, all at once
          acl transaction
          doc transactions 1.2.0 depends on the subcommand
        multi: queue the commands that follow, until EXEC
          acl transaction
          doc transactions 1.2.0 O(1)
        unwatch: forget which keys were watched
          acl transaction
          doc transactions 2.2.0 O(1)
        watch: let EXEC fail if one of the keys changes before
          acl transaction
          doc transactions 2.2.0 O(1)
          key RO 1 -1 1
          arg key key @0 multiple
        """
}
