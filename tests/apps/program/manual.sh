#!/usr/bin/env bash
# Man pages and completions, made from the same lists as help.
source "$(dirname "$0")/../program.sh"

quietly manual made
mapfile -t commands < <("$doppel" --help | sed -n '/^usage/,/^DATA/s/^  \([a-z]\+\( [a-z]\+\)\?\)  .*/\1/p')
for command in "${commands[@]}"; do
  read -ra words <<<"$command"
  page=made/man1/doppel-${command// /-}.1
  for option in $("$doppel" "${words[@]}" --help | sed -nE 's/^  --([a-z0-9-]+).*/\1/p'); do
    grep -qF -- "\\fB\\-\\-${option//-/\\-}\\fR" "$page" || fail "$page has no --$option"
  done
done
[ -s made/man1/doppel.1 ] || fail "there is no doppel.1"

# silent COMMAND…: warns of nothing; what it prints is in `shown`.
silent() { "$@" >shown 2>warnings && [ ! -s warnings ] || fail "$*: $(cat warnings)"; }
for page in made/man1/*.1; do
  if command -v groff >/dev/null; then silent groff -man -Tutf8 -ww "$page"; fi
  if command -v man >/dev/null; then silent env MANWIDTH=90 LC_ALL=C.UTF-8 man --warnings -l "$page"; fi
  # Bold letters are struck twice, or have escapes around them.
  if [ -s shown ]; then sed 's/.\x08//g' shown | grep -q "EXIT STATUS" || fail "$page isn't shown"; fi
done

# completes LINE WORDS…: in bash, at the line's end; words are split as bash does where = and : end one.
completes() {
  local got
  got=$(bash --norc -c '
    . made/completions/bash/doppel
    read -ra COMP_WORDS <<<"$(sed "s/\([=:]\)/ \1 /g" <<<"$1")"
    [[ $1 == *" " || $1 == *= ]] && COMP_WORDS+=("")
    [[ $1 == *= ]] && unset "COMP_WORDS[-1]"
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _doppel
    echo "${COMPREPLY[*]}"' _ "$1")
  [ "$got" = "$2" ] || fail "'$1' completes to '$got', not '$2'"
}
mkdir -p runs/first
touch image.png
completes "doppel tr" "transforms train"
completes "doppel bench " "load train predict gan kernels"
completes "doppel help bench pre" "predict"
completes "doppel train sample:digits --sch" "--schedule"
completes "doppel train sample:digits --schedule " "cosine constant steps onecycle"
completes "doppel train sample:digits --schedule=co" "cosine constant"
completes "doppel train sample:digits --optimizer=" "adamw adam sgd nesterov rmsprop lamb muon lion"
completes "doppel train --net resnet5" "resnet50 resnet50_cifar resnet56_cifar"
completes "doppel train --recipe stan" "standard"
completes "doppel train --out r" "runs"
completes "doppel train --epochs " ""
completes "doppel train sam" "sample:digits sample:photos"
completes "doppel train sample:d" "digits"
completes "doppel predict runs/first i" "image.png"
completes "doppel bench gan --preset w" "wgan-gp"
completes "doppel transforms RandomRes" "RandomResizedCrop"
completes "doppel --ver" "--version"

# The same in zsh, which completes only for somebody who types.
if command -v zsh >/dev/null; then
  zsh -n made/completions/zsh/_doppel || fail "zsh can't read its completion"
  cat >typing.zsh <<'ZSH'
zmodload zsh/zpty
zpty typist zsh -f -i
typed() { zpty -w typist "$1"; }
typed "PS1='' PS2=''; unsetopt beep list_beep; fpath=($PWD/made/completions/zsh \$fpath); autoload -Uz compinit; compinit -u -D"
typed "complete-and-show() { zle complete-word; print -r -- \"<\$BUFFER>\"; BUFFER= }; zle -N complete-and-show; bindkey '^I' complete-and-show"
typed "print rea''dy"
zpty -r typist said '*ready*'
for line in "doppel trai" "doppel bench pred" "doppel train --sched" "doppel train --schedule=onec" "doppel train --net lenet5" "doppel train --recipe stan" "doppel train sample:d" "doppel export runs/first imag"; do
  zpty -w -n typist "$line"$'\t'
  zpty -r typist said '*<doppel*>*'
  print -r -- "${${said##*<}%%>*}"
done
zpty -d typist
ZSH
  cat >wanted <<'TYPED'
doppel train
doppel bench predict
doppel train --schedule=
doppel train --schedule=onecycle
doppel train --net lenet5
doppel train --recipe standard
doppel train sample:digits
doppel export runs/first image.png
TYPED
  timeout 60 zsh -f typing.zsh >typed || fail "typing into zsh"
  diff <(sed 's/ *$//' typed) wanted || fail "zsh completes otherwise"
fi
