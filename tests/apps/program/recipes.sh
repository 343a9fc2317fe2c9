#!/usr/bin/env bash
# Wrong recipes: the file, the line, and the right word.
source "$(dirname "$0")/../program.sh"

printf -- '- HorizontalFlip\n- Rotate:\n    angel: [-10, 10]\n' >misspelt.yaml
expect 2 "misspelt.yaml:3: Rotate has no field 'angel'; did you mean 'angle'?" preview sample:photos --recipe misspelt.yaml --out x.png
printf -- '- Rotate: {angle: [10, -10]}\n' >upside.yaml
expect 2 "upside down; write [-10, 10]" preview sample:photos --recipe upside.yaml --out x.png
printf -- '- RandomCrop: {size: [2000, 2000]}\n' >large.yaml
expect 1 "is larger than the image" preview sample:photos --recipe large.yaml --out x.png
expect 1 "is larger than the image" train sample:digits --recipe large.yaml --on-error fail --out never --epochs 1
expect 2 "neither a readable file nor a preset" preview sample:photos --recipe nothing.yaml --out x.png
expect 1 "No such file or directory" preview sample:photos --out no/such/folder/x.png
