#!/usr/bin/env bash
# Ten usual things with redis-cli: ten_things_cli.sh HOST:PORT
set -uo pipefail
host=${1%:*}
port=${1##*:}
passed=0
failed=0

cli() { redis-cli -h "$host" -p "$port" "$@"; }

# thing WHAT EXPECTED COMMAND…: the command prints what is expected.
thing() {
    local what=$1 expected=$2 actual
    shift 2
    actual=$("$@" 2>&1)
    if [[ "$actual" == "$expected" ]]; then
        passed=$((passed + 1))
        echo "  ok      redis-cli, ten things: $what"
    else
        failed=$((failed + 1))
        echo "  FAILED  redis-cli, ten things: $what"
        printf '          expected %q\n          but got  %q\n' "$expected" "$actual"
    fi
}

reads_standard_input() { printf 'line one\nline two' | cli -x SET piped && cli GET piped; }
runs_a_script() { printf 'SET script 1\nINCRBY script 41\nGET script\n' | cli; }
fills_by_pipe() {
    for index in $(seq 1000); do printf 'SET pipe:%d %d\r\n' "$index" "$index"; done |
        cli --pipe | tail -n 1
    cli GET pipe:1000
}
scans() { cli --scan --pattern 'pipe:*' | sort -u | wc -l; }
expires() { cli SET mortal x EX 100 && cli TTL mortal && cli PERSIST mortal && cli TTL mortal; }
other_database() { cli -n 1 SET there 1 && cli EXISTS there && cli -n 1 DEL there; }
speaks_resp3() { cli -3 SET three 3 && cli -3 --no-raw GET nothing && cli -3 GET three; }

cli FLUSHALL >/dev/null
thing "says hello" PONG cli PING
thing "stores and reads from a script" $'OK\n42\n42' runs_a_script
thing "stores what it reads" $'OK\nline one\nline two' reads_standard_input
thing "stores and reads many" $'OK\n1\n\n2' eval 'cli MSET a 1 b 2 && cli MGET a nothing b'
thing "fills by --pipe" $'errors: 0, replies: 1000\n1000' fills_by_pipe
thing "scans" 1000 scans
thing "expires and persists" $'OK\n100\n1\n-1' expires
thing "uses another database" $'OK\n0\n1' other_database
thing "speaks RESP3" $'OK\n(nil)\n3' speaks_resp3
thing "tells errors" $'ERR value is not an integer or out of range' \
    eval 'cli SET word abc >/dev/null; cli INCR word'
echo "redis-cli, ten things: $passed passed, $failed failed"
[[ $failed -eq 0 ]]
