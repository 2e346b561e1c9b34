#!/bin/sh
# Runs npm scripts at the same time: at-once.sh build lint ... Each one's output follows when it has ended, in the order
# given, so that none is mixed with another's. Fails when one of them fails, after all have ended.
set -u
outputs=$(mktemp -d)
trap 'rm -rf "$outputs"' EXIT
trap 'kill $running 2>/dev/null; exit 130' INT TERM
running=
for script in "$@"; do
  npm run --silent "$script" >"$outputs/$script" 2>&1 &
  running="$running $!"
done
failed=0
for one in $running; do
  wait "$one" || failed=1
  cat "$outputs/$1"
  shift
done
exit "$failed"
