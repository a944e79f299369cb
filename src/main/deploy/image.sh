#!/bin/sh
# What the image holds, made in DIRECTORY by the Dockerfile: image.sh JAR DIRECTORY
#   java, a Java without its tools: 74 MB in place of 263
#   the bridge taken apart, with an archive of its classes for a faster start. Java takes the archive only with this Java and these jars,
#   at this path.
set -eu
jar=$1
directory=$2
java="$directory/java/bin/java"

mkdir -p "$directory"
# All of Java SE, and what a jar in lib/ may look for besides: Kerberos and LDAP, further charsets, socket options, JMX from elsewhere.
"$JAVA_HOME/bin/jlink" --output "$directory/java" --compress=2 --no-header-files --no-man-pages --add-modules java.se,jdk.charsets,\
jdk.crypto.cryptoki,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.security.auth,\
jdk.security.jgss,jdk.unsupported,jdk.zipfs
"$java" -Xshare:dump > /dev/null

"$java" -jar "$jar" unpack "$directory"
# One SMS through the sandbox: the classes that it needs are those that a start needs. Nothing leaves the machine.
mkdir "$directory/empty"
"$java" -XX:+UseSerialGC -Xlog:cds=error -XX:ArchiveClassesAtExit="$directory/classes.jsa" -Dbridge.home="$directory/empty" \
  -jar "$directory/infobip-sms-bridge.jar" send-test --to 447700900123
rm -r "$directory/empty"
cp "$(dirname "$0")/health.sh" "$directory"
