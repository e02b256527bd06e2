# shellcheck shell=bash
# Measures the private memory of a session.
#
# Source this file after test/setup.sh.

# private_kb PID: the private memory of a process, in kB.
private_kb()
{
	local key value
	while read -r key value _; do
		[ "$key" != RssAnon: ] || echo "$value"
	done <"/proc/$1/status"
}

# watch_memory COMMAND...: run a client that first prints the process id of its
# session and sleeps for a moment. Prints the other output of the client, and
# then by how many kB the peak memory of the session exceeds that at its
# beginning.
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
