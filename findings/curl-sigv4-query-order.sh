#!/usr/bin/env bash
# libcurl 7.88.1 of Debian 12 signs requests to S3 (--aws-sigv4, CURLOPT_AWS_SIGV4) with the query as it stands in the URL. AWS' version 4 asks for
# parameters sorted by name, and for "name=" where one has no value. So of two URLs that mean the same, one is signed rightly and the other is
# refused by whoever checks: GET /b?list-type=2&delimiter=%2F fails where GET /b?delimiter=%2F&list-type=2 is let in, and so do the
# `?uploads` with which an upload in parts begins, where `?uploads=` is let in. The headers are sorted, and a path that is encoded already is signed as it is.
# Who lets libcurl sign for stores must write queries in the canonical form himself.
#
# The check is worked out here from AWS' description of the signature, in Python, without curl's help.
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the packages can't be had. Needs apt, dpkg, python3 and x86-64.
set -euo pipefail
[ "$(uname -m)" = x86_64 ] && command -v apt-get >/dev/null && command -v python3 >/dev/null || { echo "needs apt and python3 on x86-64"; exit 77; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
version=7.88.1-10+deb12u15
apt-get download -qq "curl=$version" "libcurl4=$version" libnghttp2-14 librtmp1 libssh2-1 libpsl5 libgssapi-krb5-2 libldap-2.5-0 libbrotli1 libidn2-0 libkrb5-3 \
  libk5crypto3 libkrb5support0 libsasl2-2 libunistring2 libkeyutils1 >/dev/null 2>&1 || { echo "curl $version can't be had"; exit 77; }
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
curl=$work/root/usr/bin/curl
"$curl" --version >/dev/null 2>&1 || { echo "curl $version doesn't run here"; exit 77; }
cat >server.py <<'PY'
import hashlib, hmac, http.server, sys

class Checker(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        told = dict(part.strip().split("=", 1) for part in self.headers["Authorization"].split(" ", 1)[1].split(","))
        path, _, query = self.path.partition("?")
        pairs = sorted((part.partition("=")[0], part.partition("=")[2]) for part in query.split("&") if part)
        signed = told["SignedHeaders"].split(";")
        headers = "".join(f"{name}:{self.headers[name].strip()}\n" for name in signed)
        canonical = "\n".join([self.command, path, "&".join(f"{k}={v}" for k, v in pairs), headers, told["SignedHeaders"],
                               self.headers["x-amz-content-sha256"]])
        scope = told["Credential"].split("/")[1:]
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()])
        key = b"AWS4secret"
        for part in scope:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        good = hmac.new(key, text.encode(), hashlib.sha256).hexdigest() == told["Signature"]
        self.send_response(200 if good else 403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Checker)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
python3 server.py >port &
server=$!
for _ in $(seq 100); do [ ! -s port ] || break; sleep 0.1; done
asked() {  # PATH: the status
  "$curl" -s -o /dev/null -w '%{http_code}' --aws-sigv4 aws:amz:us-east-1:s3 --user key:secret -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "http://127.0.0.1:$(cat port)$1"
}
seen=
for path in '/b/a%20b?x=1' '/b?delimiter=%2F&list-type=2' '/b?list-type=2&delimiter=%2F' '/b/k?uploads=' '/b/k?uploads'; do
  status=$(asked "$path")
  echo "$status $path"
  seen+=" $status"
done
[ "$seen" = " 200 200 403 200 403" ] || { echo "another behaviour than was seen with curl $version"; exit 1; }
