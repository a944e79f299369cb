#!/usr/bin/env bash
# Asks the bridge on this machine for its health: health.sh live, or health.sh ready. Ends with 0 when it is well, and else prints what
# was answered. For images without curl. With a management.token, the token is in MANAGEMENT_TOKEN, or in the file that
# MANAGEMENT_TOKEN_FILE names; another port than 8081 is in MANAGEMENT_PORT. Speaks no TLS.
set -euo pipefail
token=${MANAGEMENT_TOKEN:-}
[ -z "${MANAGEMENT_TOKEN_FILE:-}" ] || token=$(cat "$MANAGEMENT_TOKEN_FILE")
exec 3<> "/dev/tcp/127.0.0.1/${MANAGEMENT_PORT:-8081}"
printf 'GET /observe/health/%s HTTP/1.0\r\nHost: localhost\r\n%s\r\n' "${1:?live or ready}" "${token:+Authorization: Bearer $token$'\r\n'}" >&3
answer=$(cat <&3)
case $answer in
  "HTTP/1."?" 200"*) ;;
  *) printf '%s\n' "$answer" >&2; exit 1 ;;
esac
