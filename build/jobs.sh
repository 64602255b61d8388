# Sourced by build/demo and build/real: each ends a list of jobs, as many at once as there are cores, by calling `job`.
each() {
  local line running=0
  while read -r line; do
    [ "$running" -lt "$(nproc)" ] || { wait -n; running=$((running - 1)); }
    # shellcheck disable=SC2086
    job $line & running=$((running + 1))
  done
  while [ "$running" -gt 0 ]; do wait -n; running=$((running - 1)); done
}
