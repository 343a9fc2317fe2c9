#!/usr/bin/env bash
# An image that libheif 1.15 encodes with image_orientation = rotate 90 degrees is refused by libheif 1.23: the encoder writes the
# turned size into `ispe`, and after `irot`, where ISO/IEC 23008-12 has the size of the stored pixels, before it. 1.15 reads its own
# files as they were meant; 1.23 compares the size of the decoded pixels with the one that is written and gives an error.
#
# Seen with Debian 12's libheif 1.15.1-1+deb12u1 (x265 3.5, libde265 1.0.11) and Debian 13's libheif 1.23.6-2~deb13u1, a grey image
# of 64x48 turned by 90 degrees:
#   1.15 reads 48x64      1.23: error 2 (heif_error_Invalid_input)
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the packages can't be had. Needs root and debootstrap.
set -euo pipefail
[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || { echo "needs root and debootstrap"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/turn.c" <<'C'
#include <libheif/heif.h>
#include <stdio.h>
#include <string.h>
static int write_turned(const char* name) {
  struct heif_context* context = heif_context_alloc();
  struct heif_image* image;
  struct heif_encoder* encoder;
  int stride;
  if (heif_image_create(64, 48, heif_colorspace_YCbCr, heif_chroma_420, &image).code) return 2;
  for (int k = 0; k < 3; ++k) {
    const enum heif_channel channel = k == 0 ? heif_channel_Y : k == 1 ? heif_channel_Cb : heif_channel_Cr;
    const int width = k ? 32 : 64, height = k ? 24 : 48;
    heif_image_add_plane(image, channel, width, height, 8);
    unsigned char* plane = heif_image_get_plane(image, channel, &stride);
    for (int y = 0; y < height; ++y) memset(plane + y * stride, 128, width);
  }
  if (heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder).code) return 2;
  struct heif_encoding_options* options = heif_encoding_options_alloc();
  options->image_orientation = heif_orientation_rotate_90_cw;
  if (heif_context_encode_image(context, image, encoder, options, NULL).code) return 2;
  return heif_context_write_to_file(context, name).code ? 2 : 0;
}
int main(int count, char** words) {
  if (strcmp(words[1], "write") == 0) return write_turned(words[2]);
  struct heif_context* context = heif_context_alloc();
  struct heif_image_handle* handle;
  struct heif_image* image;
  struct heif_error error = heif_context_read_from_file(context, words[2], NULL);
  if (error.code == 0) error = heif_context_get_primary_image_handle(context, &handle);
  if (error.code == 0) error = heif_decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGB, NULL);
  if (error.code) printf("error %d\n", error.code);
  else printf("%dx%d\n", heif_image_get_width(image, heif_channel_interleaved), heif_image_get_height(image, heif_channel_interleaved));
  return 0;
}
C

# A bare system with these packages, and turn.c built in it.
system() {
  local suite=$1 root=$folder/$1
  shift
  debootstrap --variant=minbase "$suite" "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || { echo "no $suite to be had"; exit 77; }
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  [ "$suite" = trixie ] || security "$root" "$suite"
  chroot "$root" sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev $*" \
    >"$root.log" 2>&1 || { echo "these versions can't be had in $suite: $*"; exit 77; }
  cp "$folder/turn.c" "$root/tmp/"
  chroot "$root" gcc -w /tmp/turn.c -o /tmp/turn -lheif
}
security() { echo "deb http://deb.debian.org/debian-security $2-security main" >>"$1/etc/apt/sources.list"; }

system bookworm libheif-dev
system trixie libheif-dev libheif-plugin-libde265
for suite in bookworm trixie; do chroot "$folder/$suite" dpkg-query -W -f "$suite: \${Package} \${Version}\n" libheif1; done
chroot "$folder/bookworm" /tmp/turn write /tmp/turned.heic
cp "$folder/bookworm/tmp/turned.heic" "$folder/trixie/tmp/"
old=$(chroot "$folder/bookworm" /tmp/turn read /tmp/turned.heic)
new=$(chroot "$folder/trixie" /tmp/turn read /tmp/turned.heic)
echo "1.15 reads: $old"
echo "1.23 reads: $new"
[ "$old" = 48x64 ] && [ "$new" = "error 2" ]
