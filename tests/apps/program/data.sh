#!/usr/bin/env bash
# Wrong data.
source "$(dirname "$0")/../program.sh"

expect 1 "there is no file or folder '/no/such'" inspect /no/such
expect 2 "the samples are sample:digits and sample:photos" inspect sample:nothing
mkdir -p empty/a empty/b
expect 1 "hold no images that are read" train empty --out never
expect 1 "no classes to learn" train sample:photos --out never
