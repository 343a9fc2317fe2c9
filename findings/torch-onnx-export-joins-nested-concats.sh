#!/usr/bin/env bash
# torch.onnx.export writes torch.cat([a, torch.cat([b, c], 1)], 1) as one Concat of three values: the inner one is no node of the graph, and
# its value has no name there. A tool that reads the graph as branches that part and meet thus finds branches whose ways part twice and meet
# once, as in torchvision's Inception v3, whose blocks Mixed_7b and Mixed_7c are made of nested joins. Concatenations along different axes stay
# apart, and so does an inner one that is read elsewhere, too. A torch.cat of a list of one value is written as a Concat of one input, as
# before DenseNet's first layers.
#
# Seen with Debian 12's python3-torch 1.13.1+dfsg-4 and python3-onnx 1.12.0-2+b4: below.
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the packages can't be had. Needs root and debootstrap, and 3 GB below TMPDIR.
set -euo pipefail
[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || { echo "needs root and debootstrap"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian >/dev/null 2>&1 || { echo "Debian 12 can't be had"; exit 77; }
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
chroot "$root" env -u TMPDIR sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-torch=1.13.1+dfsg-4 python3-onnx=1.12.0-2+b4" \
  >/dev/null 2>&1 || { echo "python3-torch 1.13.1+dfsg-4 and python3-onnx 1.12.0-2+b4 can't be had"; exit 77; }
cat >"$root/tmp/export.py" <<'PY'
import io

import onnx
import torch


class Joins(torch.nn.Module):
    def __init__(self, forward):
        super().__init__()
        self.paths = torch.nn.ModuleList(torch.nn.Conv2d(3, 2, 1) for _ in range(3))
        self.join = forward

    def forward(self, x):
        return self.join(*(path(x) for path in self.paths))


def both(a, b, c):
    inner = torch.cat([b, c], 1)
    return torch.cat([a, inner], 1).sum() + inner.sum()


for name, join in (("nested", lambda a, b, c: torch.cat([a, torch.cat([b, c], 1)], 1)),
                   ("along two axes", lambda a, b, c: torch.cat([torch.cat([a, a], 2), torch.cat([b, c], 2)], 1)),
                   ("read twice", both),
                   ("of one", lambda a, b, c: torch.cat([a], 1))):
    file = io.BytesIO()
    torch.onnx.export(Joins(join).eval(), torch.zeros(1, 3, 4, 4), file)
    nodes = onnx.load_from_string(file.getvalue()).graph.node
    print(f"{name}: {[len(node.input) for node in nodes if node.op_type == 'Concat']}")
PY
chroot "$root" env -u TMPDIR python3 /tmp/export.py 2>/dev/null | grep ":" | tee "$work/seen"
diff "$work/seen" - <<'SEEN'
nested: [3]
along two axes: [2, 2, 2]
read twice: [2, 2]
of one: [1]
SEEN
