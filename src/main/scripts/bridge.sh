#!/bin/sh
# Starts the bridge from infobip-sms-bridge.jar beside this script. The first start makes an archive of its classes in the data directory,
# in start-...; with it later starts take a fraction of the time. The data directory is ./data, or what DATA_DIRECTORY says. Memory is
# bounded for full load; without any left the process ends, and loses nothing. JAVA_OPTS comes behind, and wins. Arguments, such as
# send-test, go to the bridge.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
jar="$here/infobip-sms-bridge.jar"
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
home=$PWD
if [ ! -e application.properties ] && [ ! -d routes ] && { [ -e "$here/application.properties" ] || [ -d "$here/routes" ]; }; then
  home=$here
fi

# As data.directory, which the bridge itself takes from this variable, too.
data=${DATA_DIRECTORY:-data}
case $data in /*) ;; *) data="$home/$data" ;; esac

# Another jar, or another Java, is another archive.
mark=$(ls -lL "$(command -v "$java")" "$jar" 2> /dev/null | cksum | cut -d' ' -f1)
start="$data/start-$mark"
if [ ! -e "$start/classes.jsa" ]; then
  rm -rf "$data"/start-*
  mkdir -p "$start/empty"
  "$java" -jar "$jar" unpack "$start/app"
  # One SMS through the sandbox, in a directory of its own: what it needs of classes is what a start needs. Nothing leaves the machine.
  (unset DATA_DIRECTORY && cd "$start/empty" && "$java" -XX:ArchiveClassesAtExit=../classes.jsa -Dbridge.home="$start/empty" -jar "$start/app/infobip-sms-bridge.jar" \
    send-test --to 447700900123 > "$start/log" 2>&1) || { cat "$start/log" >&2; exit 1; }
fi
# shellcheck disable=SC2086
exec "$java" -XX:SharedArchiveFile="$start/classes.jsa" -Xshare:auto -Xms64m -Xmx384m -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -Dbridge.home="$home" ${JAVA_OPTS:-} \
  -jar "$start/app/infobip-sms-bridge.jar" "$@"
