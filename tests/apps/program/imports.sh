#!/usr/bin/env bash
# What other libraries were told becomes a recipe that parses and is drawn.
source "$(dirname "$0")/../program.sh"

expect 0 "- Rotate: {p: 1, fill: replicate, angle: [-40, 40]}" recipe --from-keras "rotation_range=40, zoom_range=0.2, rescale=1./255"
quietly recipe --from-keras "datagen = ImageDataGenerator(
    rotation_range=20,  # degrees
    width_shift_range=[-8, 0, 8], fill_mode='reflect',
    horizontal_flip=True)" --out keras.yaml --json keras.json
grep -qF 'fill: symmetric' keras.yaml || fail "$(cat keras.yaml)"
grep -qF '"notes"' keras.json || fail "$(cat keras.json)"
expect 0 "tiles" preview sample:photos --recipe keras.yaml --count 2 --out sheet.png
expect 2 "Keras' arguments, column 1: ImageDataGenerator has no argument 'rotation_rnge'; did you mean 'rotation_range'?" recipe --from-keras "rotation_rnge=40"
expect 2 "zoom_range needs a number or [low, high], not 'wide'" recipe --from-keras "zoom_range='wide'"

cat >pipeline.json <<'JSON'
{"__version__": "2.0.8", "transform": {"__class_fullname__": "Compose", "p": 1.0, "transforms": [
  {"__class_fullname__": "RandomResizedCrop", "p": 1.0, "size": [64, 64], "scale": [0.5, 1.0], "ratio": [1.0, 1.0], "interpolation": 1},
  {"__class_fullname__": "OneOf", "p": 0.5, "transforms": [
    {"__class_fullname__": "GaussNoise", "p": 0.3, "std_range": [0.1, 0.2]}, {"__class_fullname__": "MyOwn", "p": 0.7}]},
  {"__class_fullname__": "ToTensorV2", "p": 1.0}], "bbox_params": null}}
JSON
quietly recipe --from-albumentations pipeline.json --out recipe.yaml
grep -qF '# MyOwn has no counterpart and is left out' recipe.yaml || fail "$(cat recipe.yaml)"
expect 0 "tiles" preview sample:photos --recipe recipe.yaml --count 2 --out sheet.png
head -c 300 pipeline.json >cut.json
expect 2 "not valid JSON" recipe --from-albumentations cut.json
expect 0 "preprocessing_function=lambda x: x / 255.: register it" recipe --from-keras "preprocessing_function=lambda x: x / 255., rotation_range=3"
printf '[1, 2]' >list.json
expect 2 "list.json:1: this is no pipeline of Albumentations'" recipe --from-albumentations list.json
expect 1 "No such file or directory" recipe --from-albumentations nothing.json
expect 2 "say one of --from-keras ARGUMENTS and --from-albumentations FILE" recipe
expect 2 "say one of --from-keras" recipe --from-keras "" --from-albumentations list.json
