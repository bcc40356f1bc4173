#!/usr/bin/env bash
# The paper's English-French text of the United Nations, tokenised, for fairseq-neurons-paper experiment=un-en-fr.
#
#   examples/un_en_fr/prepare.sh OUT FOLDER [PAIRS]
#
# FOLDER holds UNv1.0.en-fr.en and UNv1.0.en-fr.fr of the United Nations Parallel Corpus (Ziemski et al. 2016), which
# its terms do not let anyone else hand out. PAIRS of them train (2,000,000 as in the paper); of the next ones 4,000
# validate and 4,000 test.
set -euo pipefail

out=${1:?usage: prepare.sh OUT FOLDER [PAIRS]}
folder=${2:?usage: prepare.sh OUT FOLDER [PAIRS]}
pairs=${3:-2000000}
held_out=4000

here=$(dirname "$0")
python=${PYTHON:-python3}
"$python" -c 'import sacremoses' 2> /dev/null || {
  echo "prepare.sh: $python has no sacremoses: pip install sacremoses, or PYTHON=.venv/bin/python" >&2; exit 1; }
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Pairs of 1 to 50 words; more are read than are kept.
paste -d '\t' "$folder/UNv1.0.en-fr.en" "$folder/UNv1.0.en-fr.fr" | awk -F '\t' -v most=$((pairs + 2 * held_out)) '
  { a = split($1, s, " "); b = split($2, t, " ") }
  a && b && a <= 50 && b <= 50 && NF == 2 { print; if (++kept == most) exit }' > "$work/pairs" || true
[ "$(wc -l < "$work/pairs")" -eq $((pairs + 2 * held_out)) ] || {
  echo "prepare.sh: $folder has fewer than $((pairs + 2 * held_out)) pairs of 1 to 50 words." >&2; exit 1; }
for side in 1:en 2:fr; do
  language=${side#*:}
  cut -f "${side%:*}" "$work/pairs" |
    "$python" "$here/../tokenise.py" "$language" > "$work/$language"
  head -n "$pairs" "$work/$language" > "$out/train.$language"
  sed -n "$((pairs + 1)),$((pairs + held_out))p" "$work/$language" > "$out/valid.$language"
  tail -n $held_out "$work/$language" > "$out/test.$language"
done
wc -l "$out"/{train,valid,test}.{en,fr}
