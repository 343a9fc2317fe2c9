#!/usr/bin/env bash
# Help that explains itself, numbers that are what they can be, and words that are nearly right.
source "$(dirname "$0")/../program.sh"

expect 0 "usage: doppel COMMAND" --help
expect 2 "did you mean --recipe?" preview sample:photos --recepi light --out x.png

"$doppel" --help >help
mapfile -t commands < <(sed -n '/^usage/,/^DATA/s/^  \([a-z]\+\( [a-z]\+\)\?\)  .*/\1/p' help)
[ "${#commands[@]}" -ge 19 ] || fail "only ${#commands[@]} commands are listed"

# refused TEXT COMMAND…: exit code 2 and one line that has the text.
refused() { expect 2 "$@" && { [ "$(wc -l <out)" -eq 1 ] || fail "more than a line from ${*:2}"; }; }

for command in "${commands[@]}"; do
  read -ra words <<<"$command"
  expect 0 "usage: doppel $command" "${words[@]}" --help
  cp out page
  [ "$(wc -l <page)" -le 108 ] || fail "$command --help is longer than a screen: $(wc -l <page) lines"
  [ "$(wc -L <page)" -le 100 ] || fail "$command --help is $(wc -L <page) columns wide"
  ! grep -qw arg page || fail "$command --help says 'arg'"
  ! grep -E '^  --[a-z-]+( [^ ]+)?$' page || fail "an option of $command isn't described"
  for option in $(sed -nE 's/^  --([a-z-]+) (N|PIXELS|MB|MS) .*/\1/p' page); do
    least=$([ "$option" = workers ] && echo -2 || echo -1)
    for text in "$least" 1.5 5x 99999999999999999999; do
      refused "--$option must be a whole number" "${words[@]}" "--$option" "$text"
    done
  done
  for option in $(sed -nE 's/^  --([a-z-]+) (NUMBER|RATE|SHARE|SECONDS) .*/\1/p' page); do
    for text in -1 nan inf 0.5x; do refused "--$option must be a number" "${words[@]}" "--$option" "$text"; done
  done
done
refused "--epochs must be a whole number, 1 or more, not '-1'" train sample:digits --epochs -1
refused "--epochs must be a whole number from 1 to 2147483647, not '3000000000'" train sample:digits --epochs 3000000000
refused "--epochs must be a whole number, 1 or more, not ''" train sample:digits --epochs ""
refused "--epochs needs a value: --epochs N" train sample:digits --epochs=
refused "--epochs needs a value: --epochs N" train sample:digits --epochs
refused "--seed must be a whole number, 0 or more, of 64 bits, not '-1'" train sample:digits --seed -1
refused "--side must be a whole number from 16 to 2048, not '15'" preview sample:photos --side 15
refused "--label-smoothing must be a number, 0 or more and below 1, not '1'" train sample:digits --label-smoothing 1
refused "--share must be a number above 0 and below 1, not '0'" study sample:digits --share 0
refused "--confidence must be a number from 0 to 1, not '2'" generate run --confidence 2
refused "--valid must be a share above 0 and below 1, or a data set, not '-0.2'" train sample:digits --valid -0.2 --out x
refused "--keep must be encoded:MB or decoded:MB, not 'encoded:-5'" bench load sample:digits --keep encoded:-5
refused "--shape must be channels x height x width" bench train --shape 1x28x99999999999
expect 0 "images/s" bench load sample:digits --epochs 1 --workers -1 --seed 18446744073709551615

# Versions, asked for in each way.
for way in --version version; do
  expect 0 "doppel 0." "$way"
  for library in oneDNN OpenCV oneTBB Highway bfloat16 compiler; do
    grep -q "^$library .*[0-9a-z]" out || fail "$way doesn't say $library"
  done
done

# Help, asked for in each way.
expect 2 "usage: doppel COMMAND"
expect 0 "usage: doppel COMMAND" help
expect 0 "usage: doppel train [DATA]" help train
expect 0 "usage: doppel bench load DATA" help bench load
expect 0 "doppel bench COMMAND" bench --help
expect 0 "usage: doppel train [DATA]" train --nonsense --help
expect 0 "HorizontalFlip" --json all.json transforms
[ -s all.json ] || fail "options before the command"
refused "'--nonsense' is no command" --nonsense

# Nearly right.
refused "there is no command 'trian'; did you mean 'train'?" trian
refused "did you mean 'train'?" help trian
refused "did you mean 'bench'?" benhc load
refused "did you mean 'bench load'?" bench laod
refused "bench what? There are bench load" bench
refused "there is no option --precison; did you mean --precision?" train sample:digits --precison=f32
refused "there is no option --recipi; did you mean --recipe?" preview sample:photos --recipi light
refused "not 'cosin'; did you mean 'cosine'?" train sample:digits --schedule cosin
refused "did you mean 'adamw'?" train sample:digits --optimizer adamv
refused "did you mean 'small28'?" train sample:digits --net smal28 --out x
refused "did you mean 'lenet5'?" bench train --net lenet55
refused "did you mean 'standard'?" train sample:digits --recipe standrd --out x
refused "did you mean 'Rotate'?" transforms Rotat
refused "did you mean 'hinge'?" gan sample:digits --preset hinges --out x
refused "did you mean 'wgan-gp'?" study sample:digits --preset wgangp --out x
refused "did you mean 'flip'?" eval run sample:digits --tta flips
refused "did you mean 'tiles'?" pack sample:digits x --images tile

# Missing, and too many.
refused "DATA is missing; usage: doppel train [DATA]" train
refused "IMAGE is missing" predict run
refused "--out is missing; usage: doppel gallery --out FOLDER" gallery
refused "there are too many words" verify one two
