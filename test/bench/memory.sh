# shellcheck shell=bash
# The memory that a session takes for itself.
#
# Source this file after test/setup.sh.

# Private memory, in kB, of a process.
private_kb()
{
	local key value
	while read -r key value _; do
		[ "$key" != RssAnon: ] || echo "$value"
	done <"/proc/$1/status"
}

# watch_memory COMMAND...: a client that first prints the process id of its
# session, and then lets that sleep for a moment. Prints what else the client
# does, and last how many kB the session took more at its peak than before.
watch_memory()
{
	local pid client before now peak
	# shellcheck disable=SC2154 # work is of test/setup.sh
	mkfifo "$work/session"
	"$@" >"$work/session" &
	client=$!
	{
		read -r pid
		before=$(private_kb "$pid")
		peak=$before
		while kill -0 "$client" 2>/dev/null && [ -e "/proc/$pid" ]; do
			now=$(private_kb "$pid" 2>/dev/null) || break
			[ "${now:-0}" -le "$peak" ] || peak=$now
			sleep 0.02
		done
		cat
	} <"$work/session"
	rm "$work/session"
	echo $((peak - before))
	wait "$client"
}
