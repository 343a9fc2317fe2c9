#!/usr/bin/env bash
# With batch_size=None PyTorch's DataLoader passes what a data set gives through default_convert(). Of a subclass of dict, 1.13 made a new
# one from its converted items, so that attributes of the object were left behind; 2.6 makes a copy of the object and updates that, so they
# come along. With workers the result is pickled: an attribute that never mattered there must now be picklable. What can't be pickled is
# reported by the worker's queue, in a thread of its own, and not to who waits for the batch.
#
# Seen with Debian 12's python3-torch 1.13.1+dfsg-4 and Debian 13's 2.6.0+dfsg-7:
#   1.13: type Named, attribute: False
#   2.6:  type Named, attribute: True
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the packages can't be had. Needs root and debootstrap, and 4 GB below TMPDIR.
set -euo pipefail
[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || { echo "needs root and debootstrap"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/convert.py" <<'PY'
from torch.utils.data._utils.collate import default_convert


class Named(dict):
    pass


batch = Named(image=1)
batch.where = "epoch 1, step 2"
out = default_convert(batch)
print(f"type {type(out).__name__}, attribute: {hasattr(out, 'where')}")
PY
# convert SUITE VERSION: what that Debian's torch says
convert() {
  local root=$work/$1
  debootstrap --variant=minbase "$1" "$root" http://deb.debian.org/debian >/dev/null 2>&1 || return 77
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  chroot "$root" env -u TMPDIR sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-torch=$2" \
    >/dev/null 2>&1 || return 77
  cp "$work/convert.py" "$root/tmp"
  chroot "$root" env -u TMPDIR python3 /tmp/convert.py 2>/dev/null | tail -1  # UCX complains of a chroot without /proc
  rm -rf "$root"
}
failed=0
for one in "bookworm 1.13.1+dfsg-4 False" "trixie 2.6.0+dfsg-7 True"; do
  read -r suite version expected <<<"$one"
  said=$(convert "$suite" "$version") || { echo "$suite: python3-torch $version can't be had"; exit 77; }
  echo "$suite, $version: $said"
  [ "$said" = "type Named, attribute: $expected" ] || failed=1
done
exit $failed
