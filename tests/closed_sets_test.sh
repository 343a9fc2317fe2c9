#!/usr/bin/env bash
# Closed sets are closed: a new alternative of Op, Layer, Loss, Optimizer, Schedule or Order that lacks a rule doesn't compile.
# usage: closed_sets_test.sh SOURCE COMPILER INCLUDE…
set -euo pipefail
source=$1 compiler=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$source"/{augment,dataset,nn} "$work"
mkdir -p "$work/tests"
cp -r "$source"/tests/nn "$work/tests"
cd "$work"
flags=(-std=c++20 -fsyntax-only -Werror=switch -fmax-errors=0 -fdiagnostics-color=never -ftemplate-backtrace-limit=1)
for include in "$@"; do flags+=(-isystem "$include"); done
for module in augment dataset nn; do flags+=("-I$module/include"); done
failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# adds HEADER SED SOURCE…: the sources compile as they are; once SED has put a new alternative into HEADER, none does.
# All of them are one translation unit: what they include is read once.
adds() {
  local header=$1 edit=$2 file
  shift 2
  printf '#include "%s"\n' "$@" >all.cpp
  cp "$header" before.h
  sed -zi "$edit" "$header"
  if cmp -s before.h "$header"; then fail "nothing was added to $header"; fi
  if "$compiler" "${flags[@]}" "-I${1%%/*}/src" -Itests -I. all.cpp >errors.txt 2>&1; then
    fail "all of them compile, whatever is added to $header"
  fi
  # One alone may fail in what it includes.
  for file in "$@"; do
    if [ $# -gt 1 ] && ! grep -qE "^(\./)?$file:[0-9]+:[0-9]+: +(error|required from)" errors.txt; then
      fail "$file compiles, whatever is added to $header"
    fi
  done
  if ! grep -qE 'Novel|novel' errors.txt || grep -qE 'error: .*(redefinition|ambiguous)' errors.txt; then
    fail "another reason with $header: $(grep -m1 -E 'error: .*(redefinition|ambiguous)|error:' errors.txt)"
  fi
  cp before.h "$header"
}

layer='static constexpr std::string_view name = "novel"; friend bool operator==(const Novel\&, const Novel\&) = default;'
adds nn/include/doppel/nn/model/layer.h \
  "s/using Layer =\s*std::variant</struct Novel { $layer };\n&Novel, /" \
  nn/src/model/graph.cpp nn/src/model/model.cpp nn/src/model/initialise.cpp nn/src/model/notation.cpp nn/src/engine/bf16_values.cpp \
  nn/src/engine/plan.cpp nn/src/formats/onnx/onnx.cpp tests/nn/reference.cpp

# An activation is known to all rules but those that compute it.
adds nn/include/doppel/nn/model/layer.h \
  "s/using Layer =\s*std::variant</struct Novel { $layer };\n&Novel, /; s/concept Activation = AnyOf<L, /&Novel, /" \
  nn/src/engine/elementwise.cpp nn/src/formats/onnx/onnx.cpp tests/nn/reference.cpp

kind='static constexpr std::string_view kName = "novel", kHelp = ""; void fields(FieldVisitor\&) {}'
adds nn/include/doppel/nn/model/loss.h "s/using Loss =\s*std::variant</struct Novel { $kind };\n&Novel, /" nn/src/engine/executor.cpp
adds nn/include/doppel/nn/train/optimizer.h \
  "s/using OptimizerOptions =\s*std::variant</struct Novel { $kind };\n&Novel, /" nn/src/train/optimizer.cpp
adds nn/include/doppel/nn/train/schedule.h \
  "s/using ScheduleOptions =\s*std::variant</struct Novel { $kind };\n&Novel, /" nn/src/train/schedule.cpp

op='static constexpr std::string_view name = "novel"; static constexpr OpKind kind = OpKind::Pixel;'
op="$op friend bool operator==(const Novel\\&, const Novel\\&) = default; void fields(FieldVisitor\\&) {}"
for place in Pixel Whole; do
  adds augment/include/doppel/augment/plan/op.h \
    "s/using AnyOp =/namespace op { struct Novel { ${op/OpKind::Pixel/OpKind::$place} }; }\n&/; s/std::variant<op::Crop,/std::variant<op::Novel, op::Crop,/" \
    augment/src/render/pixel_stage.cpp
done

# An enum: the switches over it are whole.
adds dataset/include/doppel/dataset/loader/loader.h \
  's/enum class Order { Shuffled, Sequential, Weighted, Balanced }/enum class Order { Shuffled, Sequential, Weighted, Balanced, Novel }/' \
  dataset/src/loader/epoch_function.cpp
adds dataset/include/doppel/dataset/write/write_dataset.h 's/\n  Pack  /\n  Novel,\n  Pack  /' dataset/src/write/format.cpp

[ "$failures" -eq 0 ]
