# A process that obeys signals, whole. What it prints is the proof of what it did.
trap 'echo "the lamp is on"' USR1
trap 'echo "the lamp is off"' USR2
trap 'exit 0' TERM
echo "the lamp is off"
# A shell hears a signal when the command that it waits for has ended, and `wait` ends with the signal.
while :; do
  sleep 1000 &
  wait $!
  kill $! 2>/dev/null
done
