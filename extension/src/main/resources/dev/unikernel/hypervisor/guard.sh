# Guard of a JVM that runs virtual machines: removes what is left of them when that JVM has died.
#
# Lines on standard input, from the JVM:
#   + ID process PID START    a process, with its start time (field 22 of /proc/PID/stat)
#   + ID tap NAME             a tap device that is perhaps not made yet
#   + ID tap NAME NUMBER      a tap device that was made, with its number among the network interfaces
#   + ID folder PATH          a folder, with all that is in it
#   - ID                      is gone: no longer our business
# At the end of the input, which comes however the JVM ends, what is still listed is removed.

trap '' INT TERM HUP QUIT
set -f
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin

last=0
while IFS= read -r line; do
    sign=${line%% *}
    line=${line#* }
    id=${line%% *}
    case $sign in
        +)
            eval "entry_$id=\${line#* }"
            last=$id
            ;;
        -) unset "entry_$id" ;;
    esac
done

# Calls $2 with the words of each entry of kind $1.
each() {
    i=1
    while [ "$i" -le "$last" ]; do
        eval "words=\${entry_$i-}"
        case $words in
            "$1 "*) "$2" "${words#* }" ;;
        esac
        i=$((i + 1))
    done
}

# Is the process $1 still the one that was started at $2, and not dead already?
runs() {
    stat=
    read -r stat <"/proc/$1/stat" || return 1
    start=$2
    # The name in parentheses may hold blanks and parentheses.
    set -- ${stat##*) }
    [ "${20}" = "$start" ] && [ "$1" != Z ] && [ "$1" != X ]
}

kill_process() {
    runs ${1% *} ${1#* } && kill -KILL ${1% *}
}

# A process that still writes into its folder would make the removal of that folder fail.
await_process() {
    while [ "$patience" -gt 0 ] && runs ${1% *} ${1#* }; do
        patience=$((patience - 1))
        sleep 0.02 || sleep 1
    done
}

# The 'ip' that deletes a tap outlives the JVM, too, and by now the name may be that of another JVM's tap.
delete_made_tap() {
    case $(ip -oneline link show dev "${1% *}") in
        "${1#* }:"*) ip link delete dev "${1% *}" ;;
    esac
}

# The 'ip' that makes the tap outlives the JVM that started it, so that the tap may be about to appear.
delete_tap() {
    case $1 in
        *' '*)
            delete_made_tap "$1"
            return
            ;;
    esac
    until ip link delete dev "$1" || [ "$tap_patience" -le 0 ]; do
        tap_patience=$((tap_patience - 1))
        sleep 0.05 || sleep 1
    done
}

delete_folder() {
    rm -rf -- "$1"
}

patience=250
tap_patience=10
each process kill_process
each process await_process
each tap delete_tap
each folder delete_folder
