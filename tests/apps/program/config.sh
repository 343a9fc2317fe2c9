#!/usr/bin/env bash
# run.yaml is all that a second run needs: whatever options made it, it repeats to the same weights.
source "$(dirname "$0")/../program.sh"

python=$(command -v python3 || true)
net='conv3x3(4,s2)-relu-pool-fc'

# Options at random, by a stream that a run can repeat.
RANDOM=${CONFIG_SEED:-7}
pick() { local words=("$@"); echo "${words[RANDOM % ${#words[@]}]}"; }
for round in 1 2 3; do
  optimizer=$(pick adamw adam sgd nesterov rmsprop lamb muon)
  options=(--net "$net" --epochs 1 --per-class 20 --batch "$(pick 16 33 64)" --seed "$RANDOM" --optimizer "$optimizer"
    --weight-decay "0.0$((RANDOM % 90 + 1))" --lr "0.00$((RANDOM % 90 + 1))" --warm-up "0.$((RANDOM % 10))"
    --schedule "$(pick cosine constant onecycle steps)" --loss "$(pick cross-entropy focal binary)" --clip "$(pick 0 1)"
    --average "$(pick 0 0.9)" --accumulate "$(pick 1 2)" --init "$(pick he xavier orthogonal dirac)"
    --class-weights "$(pick none balanced)" --recipe "$(pick auto standard none)" --valid "$(pick 0.2 0.4)"
    --shards "$(pick 1 2 3)" --lr-head "$(pick 1 3)")
  case $optimizer in adam*|lamb) options+=(--beta1 "0.$((RANDOM % 90 + 1))") ;; *) options+=(--momentum "0.$((RANDOM % 90 + 1))") ;; esac
  [ $((RANDOM % 2)) = 0 ] || options+=(--whiten)
  [ $((RANDOM % 2)) = 0 ] || options+=(--zero-gamma)
  quietly train sample:digits "${options[@]}" --out "first$round"
  mkdir -p elsewhere
  (cd elsewhere && quietly train --config "../first$round/run.yaml" --out "second$round" --threads 1 --workers 0)
  cmp -s "first$round/model.safetensors" "elsewhere/second$round/model.safetensors" || fail "not repeated: ${options[*]}"
  diff <(grep -v '^\(threads\|workers\|recipe\):' "first$round/run.yaml") \
    <(grep -v '^\(threads\|workers\|recipe\):' "elsewhere/second$round/run.yaml") || fail "another run.yaml: ${options[*]}"
done

# What is said beside the file wins, and it says so.
expect 0 'first1/run.yaml, but with epochs 2 instead of 1' train --config first1/run.yaml --epochs 2 --out longer
grep -q '^epochs: 2$' longer/run.yaml || fail "what won isn't written down"

# Bad files: the file, the line, and what would be right.
bad() {
  sed "$1" first1/run.yaml >bad.yaml
  expect 2 "$2" train --config bad.yaml --out bad
  [ ! -e bad ] || fail "$1 made a folder"
}
bad 's/^batch:/bach:/' "has no field 'bach'; did you mean 'batch'?"
bad 's/^batch: .*/&\n&/' "doppel train has 'batch' twice"
bad 's/^batch: .*/batch: many/' "batch needs a whole number, not 'many'"
bad 's/^seed: .*/seed: -1/' "seed needs a whole number, not '-1'"
bad 's/^format: 1/format: 99/' 'has format 99, which a later doppel made; this one reads up to 1'
bad 's/^command: train/command: gan/' 'these are settings of doppel gan, not of doppel train'
bad 's/^optimizer: .*/optimizer: adamm/' "optimizer is 'adamm', but must be one of adamw"
bad 's/^lr: .*/lr: -1/' 'lr is -1, but must be at least 0'
bad 's/^lr: .*/lr: .inf/' 'lr is inf'
bad 's/^batch: .*/batch: 010/' "batch needs a whole number without zeros before it, not '010'"
bad 's/^net: .*/net: [conv]/' 'net needs a text, in quotes where it begins with a bracket'
bad 's/^out: .*//; s/^seed: .*/&\nresume: true/' "'resume' is an option, not a setting: say --resume"
bad 's/^facts:.*/facts: 3/; /^  /d' 'facts are a map'
bad '$s/$/\n---\nlr: 3/' 'a second document begins here'
cp first1/recipe.yaml recipe.yaml
mkdir -p alone && cp first1/run.yaml alone/
expect 2 "no recipe 'alone/recipe.yaml'" train --config alone/run.yaml --out bad
rm recipe.yaml
expect 1 'nowhere.yaml' train --config nowhere.yaml --out bad
expect 2 'DATA is missing' train --out bad
expect 2 '--momentum is said, but the optimizer is adamw, which has none' train sample:digits --momentum 0.5 --out bad
expect 2 '--focus is said, but the loss is cross-entropy' train sample:digits --focus 1 --out bad

# A flag is taken back; another optimizer brings its own rate, where none was said.
quietly train sample:digits --net "$net" --per-class 5 --epochs 1 --whiten --out flag
expect 0 'but with whiten false instead of true' train --config flag/run.yaml --whiten=false --out flag2
expect 2 '--whiten must be true or false' train --config flag/run.yaml --whiten=no --out bad
sed 's/^optimizer: .*/optimizer: sgd/' flag/run.yaml >bad.yaml
expect 2 "the optimizer sgd has no field 'beta1'; that is of adamw, adam, lamb, muon, lion" train --config bad.yaml --out bad
quietly train --config flag/run.yaml --optimizer lion --out lion
if [ "$(grep learning_rate flag/run.yaml)" = "$(grep learning_rate lion/run.yaml)" ]; then fail "lion has AdamW's rate"; fi

# A resume with other settings names the first that differs; what can't matter, and more epochs, may differ.
quietly train sample:digits --net "$net" --per-class 20 --epochs 1 --out run
same=(sample:digits --net "$net" --per-class 20 --out run --resume)

expect 0 '' train "${same[@]}" --epochs 2 --threads 1 --workers 0
grep -q 'stages: \[after 1 epochs with 2 instead of 1\]' run/run.yaml || fail "run.yaml doesn't say that the run became longer"
expect 2 'there is no checkpoint nowhere/checkpoint.safetensors' train sample:digits --net "$net" --out nowhere --resume
expect 2 'was made with epochs = 2, not 1' train "${same[@]}" --epochs 1
expect 2 'was made with weight_decay = 0.05, not 0.125' train "${same[@]}" --epochs 2 --weight-decay 0.125
expect 2 'was made with optimizer = adamw, not lamb' train "${same[@]}" --epochs 2 --optimizer lamb
expect 2 'of the recipe' train "${same[@]}" --epochs 2 --recipe standard
expect 2 'was made with batch = 128, not 64' train "${same[@]}" --epochs 2 --batch 64
expect 2 'was made with freeze = false, not true' train "${same[@]}" --epochs 2 --freeze
expect 2 'was made with init = he, not xavier' train "${same[@]}" --epochs 2 --init xavier
expect 2 'was made with per_class = 20, not 10' train sample:digits --net "$net" --per-class 10 --epochs 2 --out run --resume
grep -q '^init: he$' run/run.yaml || fail "a refused resume changed run.yaml"

# A folder's name may end in a slash, and the folder be the current one.
mkdir -p images/a images/b
for class in a b; do cp "$source/dataset/sample/photos/"*.jpg images/$class/ 2>/dev/null || true; done
if ls images/a/*.jpg >/dev/null 2>&1; then
  quietly train images/ --net "$net" --size 16 --epochs 1 --valid 0.5 --batch 2 --out slash
  (cd images && quietly train . --net "$net" --size 16 --epochs 1 --valid 0.5 --batch 2 --out ../dot)
  quietly train --config dot/run.yaml --out dot2
  cmp -s dot/model.safetensors dot2/model.safetensors || fail "a run of the current folder isn't repeated"
fi

# Renamed classes, and other images, are other data.
if [ -d images/a ]; then
  mkdir -p again && cp -r images/a images/b again/
  quietly train again --net "$net" --size 16 --epochs 1 --recipe none --out classes
  mv again/b again/c
  expect 2 'was made with the classes ["a","b"], not ["a","c"]' train again --net "$net" --size 16 --epochs 2 --recipe none --out classes --resume
  mv again/c again/b && rm "$(ls -d again/b/* | head -n 1)"
  expect 2 'was made with the number of images' train again --net "$net" --size 16 --epochs 2 --recipe none --out classes --resume
fi

# A GAN's too.
gan=(--steps 4 --score-steps 0 --batch 8 --precision f32)
quietly gan sample:digits "${gan[@]}" --preset hinge --per-class 10 --lr 0.001 --out gan
quietly gan --config gan/run.yaml --out gan2 --threads 1
cmp -s gan/gan.safetensors gan2/gan.safetensors || fail "the GAN isn't repeated"
expect 2 'was made with lr = 0.001, not 0.0005' gan sample:digits "${gan[@]}" --preset hinge --per-class 10 --out gan --resume
expect 2 'was made with per_class = 10, not 5' gan sample:digits "${gan[@]}" --preset hinge --per-class 5 --lr 0.001 --out gan --resume
expect 0 '' gan sample:digits "${gan[@]:2}" --preset hinge --per-class 10 --lr 0.001 --out gan --resume --steps 6
sed 's/^steps/stepz/' gan/run.yaml >bad.yaml
expect 2 "has no field 'stepz'; did you mean 'steps'?" gan --config bad.yaml --out bad

# A preset that is said beside the file brings its own values, and is said once.
expect 0 '' gan --config gan/run.yaml --preset wgan-gp --steps 2 --out gan3
[ "$(grep -c 'run.yaml, but with' out)" -eq 1 ] || fail "said $(grep -c 'run.yaml, but with' out) times what differs from the file"
grep -q '^critic_steps: 5$' gan3/run.yaml || fail "the preset's values weren't taken"
grep -q '^lr: 0.0002$' gan3/run.yaml || fail "the preset's rate wasn't taken"

expect 0 '' gan --config gan/run.yaml --preset hinge --out gan4
if grep -q 'run.yaml, but with' out; then fail "the file's own preset changed something"; fi
sed 's/^preset: .*/preset: hings/' gan/run.yaml >bad.yaml
expect 2 "preset is 'hings', but must be one of rpgan, hinge, wgan-gp, lsgan, dcgan, minimax, residual, flow; did you mean 'hinge'?" gan --config bad.yaml --out bad

# Schemas hold what is written; python's jsonschema checks that where there is one.
for of in recipe train gan; do
  "$doppel" schema "$of" >"$of.json" || fail "no schema of $of"
done
expect 2 "there is no schema of 'trian'; did you mean 'train'?" schema trian
expect 2 "there is no schema of 'x'; there are recipe, train, gan" schema x
grep -q '"weight_decay"' train.json || fail "weight_decay isn't in the schema"
grep -q '"RandomResizedCrop"' recipe.json || fail "a transform isn't in the schema"
if [ -n "$python" ] && "$python" -c 'import jsonschema, yaml' 2>/dev/null; then
  "$python" - <<'PYTHON' || fail "a written file doesn't hold to its schema"
import glob, json, jsonschema, yaml
for of, files in {"train": glob.glob("first*/run.yaml"), "gan": ["gan/run.yaml"], "recipe": glob.glob("first*/recipe.yaml")}.items():
    for file in files:
        jsonschema.validate(yaml.safe_load(open(file)), json.load(open(of + ".json")))
PYTHON
fi
