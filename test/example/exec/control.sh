# What drives a thing by commands, whole: a switch, which here is a file. Baton runs `sh control.sh NAME`.
set -eu
switch=${SWITCH:?}

case $1 in
  start)
    echo "run $BATON_RUN_NUMBER: switched on"
    echo running > "$switch"
    ;;
  stop)
    [ -e "$switch" ] || { echo "there is no switch" >&2; exit 1; }
    echo idle > "$switch"
    ;;
  recover)
    # Whatever happened: off.
    echo idle > "$switch"
    ;;
  state)
    # A switch that nobody has touched is off.
    cat "$switch" 2> /dev/null || echo idle
    ;;
  *)
    echo "no $1 here" >&2
    exit 2
    ;;
esac
