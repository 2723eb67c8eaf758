#!/bin/sh
# Makes credentials for one machine or a test site, by openssl. In a cluster cert-manager does it: see README.md.
#   make.sh DIRECTORY PARTITION PERSON…
# gives DIRECTORY/authority, and DIRECTORY/{coordinator,sidecar,PERSON…} with ca.crt, tls.crt and tls.key. Run
# again it renews all but the authority; programs that use them need no restart.
set -eu
[ $# -ge 2 ] || { echo "usage: $0 DIRECTORY PARTITION PERSON..." >&2; exit 2; }
directory=$1 partition=$2
shift 2
umask 077
authority=$directory/authority
mkdir -p "$authority"
if [ ! -f "$authority/tls.key" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=baton $partition" \
    -addext keyUsage=critical,keyCertSign -keyout "$authority/tls.key" -out "$authority/tls.crt"
fi

# issue FOLDER ROLE COMMON-NAME USES
issue() {
  new=$directory/$1.new
  mkdir -p "$new" "$directory/$1"
  printf 'subjectAltName=DNS:%s.%s.baton\nextendedKeyUsage=%s\n' "$2" "$partition" "$4" > "$new/extensions"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$3" \
    -keyout "$new/tls.key" -out "$new/request"
  openssl x509 -req -in "$new/request" -CA "$authority/tls.crt" -CAkey "$authority/tls.key" -CAcreateserial \
    -days 90 -extfile "$new/extensions" -out "$new/tls.crt"
  cp "$authority/tls.crt" "$new/ca.crt"
  # A set that is half renewed is not taken; it is whole in a moment.
  mv "$new/ca.crt" "$new/tls.key" "$new/tls.crt" "$directory/$1/"
  rm -r "$new"
}

issue coordinator coordinator coordinator serverAuth,clientAuth
issue sidecar sidecar sidecar serverAuth
for person in "$@"; do
  issue "$person" operator "$person" clientAuth
done
