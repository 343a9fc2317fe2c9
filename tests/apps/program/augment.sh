#!/usr/bin/env bash
# Augmented data sets as files: every format reads back, killed runs go on to the same bytes, threads don't matter.
source "$(dirname "$0")/../program.sh"

# A small data set in COCO's form, which has boxes, keypoints and masks.
mkdir -p coco/annotations coco/train coco/val
cp "$source"/dataset/sample/photos/*.jpg coco/train
cp "$source"/dataset/sample/photos/coffee.jpg coco/val
coco_file() { # part, images…
  local part=$1 id=0
  shift
  {
    printf '{"images": ['
    for image in "$@"; do
      id=$((id + 1))
      [ $id -eq 1 ] || printf ', '
      printf '{"id": %d, "file_name": "%s"}' $id "$(basename "$image")"
    done
    printf '], "annotations": ['
    id=0
    for image in "$@"; do
      id=$((id + 1))
      [ $id -eq 1 ] || printf ', '
      printf '{"id": %d, "image_id": %d, "category_id": 1, "bbox": [20, 30, 80, 70], "segmentation": [[20, 30, 100, 30, 100, 100, 20, 100]], "keypoints": [40, 50, 2]}' $id $id
    done
    printf '], "categories": [{"id": 1, "name": "thing"}]}'
  } >"coco/annotations/instances_$part.json"
}
coco_file train coco/train/*.jpg
coco_file val coco/val/*.jpg
photos=$(find coco/train -name '*.jpg' | wc -l)

for format in coco yolo yolo-seg yolo-obb voc csv jsonl masks webdataset pack; do
  quietly augment coco --recipe light --copies 2 --format "$format" --out "out-$format"
  expect 0 "$((3 * photos))" inspect "out-$format"
done
# What the masks' numbers are: background and thing, in every image.
quietly inspect out-masks --html masks.html
for number in 0 1; do
  grep -qE "^ +$number .* [0-9]+ images, [0-9.]+ % of the pixels" out || { fail "inspect says nothing of the number $number"; cat out; }
done
grep -q "numbers in masks" masks.html || fail "the page says nothing of masks"
quietly augment sample:digits --recipe digits --copies 1 --only-part test --out digits-test --json made.json
grep -q '"images"' made.json

# Not for these.
expect 2 "have no class" augment coco --out never
expect 2 "have none" augment sample:digits --format yolo --out never
expect 2 "--images is keep" augment sample:photos --format csv --images gif --out never
expect 2 "--images is keep" augment sample:photos --format csv --images png:90 --out never
expect 2 "lies in the data set coco" augment coco --format yolo --out coco/augmented
expect 2 "lies in" augment coco --format yolo --out .
mkdir mine && touch mine/file
expect 2 "isn't doppel augment's" augment coco --format yolo --out mine
expect 2 "another copies: '2', now '3'" augment coco --recipe light --copies 3 --format yolo --out out-yolo
[ ! -e never ] || fail "a refused call made its folder"

# The same again is done at once.
expect 0 "samples were there already" augment coco --recipe light --copies 2 --format yolo --out out-yolo

# Threads don't matter; neither does being killed.
same() { diff -r -x augment.yaml "$1" "$2" >out || { fail "$1 and $2 differ"; cat out; }; }
for format in folder webdataset; do
  run=(augment sample:digits --recipe digits --copies 3 --format "$format" --shard 500)
  quietly "${run[@]}" --threads 1 --out "one-$format"
  "$doppel" "${run[@]}" --threads 2 --out "two-$format" >/dev/null 2>&1 &
  pid=$!
  appears "two-$format/.augment/journal.jsonl" "$pid"
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  quietly "${run[@]}" --threads 2 --out "two-$format"
  same "one-$format" "two-$format"
done

# Conversion keeps the files' bytes.
quietly augment sample:photos --copies 0 --format csv --out converted
for photo in "$source"/dataset/sample/photos/*.jpg; do
  cmp "$photo" "converted/images/train/$(basename "$photo")" || fail "$photo changed"
done

# A full disk: said with the path, and what is there is gone on from.
(
  ulimit -f 20
  trap '' XFSZ
  expect 1 "can't write full/" augment sample:photos --recipe light --format csv --out full
  [ "$failures" -eq 0 ]
) || fail "a full disk"
quietly augment sample:photos --recipe light --format csv --out full
quietly augment sample:photos --recipe light --format csv --out roomy
same full roomy

# Broken images are left out and named.
mkdir broken && cp "$source"/dataset/sample/photos/*.jpg broken
head -c 2000 broken/coffee.jpg >broken/cut && mv broken/cut broken/coffee.jpg
expect 0 "left out, unreadable: 1" augment broken --format csv --out mended
grep -q "broken/coffee.jpg" out || fail "the broken image isn't named"
# Partners of a mixture have no more alpha than their image.
expect 0 "images" augment sample:digits --recipe mix --only-part test --format jsonl --out mixed --copies 0
expect 0 "images" augment sample:digits --recipe mix --copies 1 --no-originals --only-part train --format jsonl --out mixtures

# Maps, polygons and lines: a pack keeps them, JSON lines name them, and other formats say that they don't.
mkdir scene
for i in 1 2 3; do
  { printf 'P5\n4 3\n255\n'; printf 'abcdefghijkl'; } >"scene/$i.pgm"
  { printf 'Pf\n4 3\n-1.0\n'; for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do printf 'x%d.?' $i; done; } >"scene/$i.pfm"
  printf '{"path": "%d.pgm", "maps": {"depth": {"file": "%d.pfm", "fill": -1}}, "polygons": [[0.25, 0, 3, 0.125, 3, %d]], "polylines": [[0, 0, 4, 3]]}\n' $i $i $i
done >scene/all.jsonl
quietly pack scene/all.jsonl scene-pack
quietly verify scene-pack
for from in scene/all.jsonl scene-pack; do
  quietly augment "$from" --recipe light --copies 2 --format jsonl --out scene-out
  ! grep -q "left behind" out || { fail "JSON lines leave something of $from behind"; cat out; }
  grep -q '"depth":{"file":"maps/train/' scene-out/train.jsonl || fail "the line of $from names no map"
  grep -q '"polylines":' scene-out/train.jsonl || fail "lines of $from are gone"
  (cd scene-out/maps/train && cat *) >"maps-$(basename "$from")"
  sed 's/"path":"[^"]*",//; s/"file":"[^"]*",//' scene-out/train.jsonl >"lines-$(basename "$from")"
  rm -r scene-out
done
cmp maps-all.jsonl maps-scene-pack || fail "maps of a pack aren't its source's"
cmp lines-all.jsonl lines-scene-pack || fail "polygons of a pack aren't its source's"
expect 0 "left behind: maps" augment scene-pack --copies 0 --format csv --out scene-csv
grep -q "left behind: polygons" out || fail "polygons are left in silence"
quietly augment scene-pack --copies 0 --format webdataset --out scene-tar
! grep -q "left behind" out || { fail "tar shards leave something behind"; cat out; }
quietly augment scene-tar --copies 0 --format jsonl --out scene-again
quietly augment scene-pack --copies 0 --format jsonl --out scene-straight
(cd scene-again/maps/train && cat *) | cmp - <(cd scene-straight/maps/train && cat *) || fail "maps of tar shards aren't their source's"
