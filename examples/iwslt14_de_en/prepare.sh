#!/usr/bin/env bash
# The paper's German-English talks (IWSLT 2014), tokenised, for fairseq-neurons-paper experiment=iwslt14-de-en.
#
#   examples/iwslt14_de_en/prepare.sh OUT [ARCHIVE]
#
# ARCHIVE is de-en.tgz of the evaluation campaign; without it, it is fetched. Splits are those of fairseq's
# prepare-iwslt14.sh: every 23rd training sentence validates, dev2010, dev2012 and tst2010 to tst2012 test.
set -euo pipefail

out=${1:?usage: prepare.sh OUT [ARCHIVE]}
archive=${2:-$out/de-en.tgz}
url=http://dl.fbaipublicfiles.com/fairseq/data/iwslt14/de-en.tgz
held_out=(dev2010 dev2012 tst2010 tst2011 tst2012)

here=$(dirname "$0")
python=${PYTHON:-python3}
"$python" -c 'import sacremoses' 2> /dev/null || {
  echo "prepare.sh: $python has no sacremoses: pip install sacremoses, or PYTHON=.venv/bin/python" >&2; exit 1; }
mkdir -p "$out"
if [ ! -f "$archive" ]; then
  curl --fail --location --output "$archive.partial" "$url"
  mv "$archive.partial" "$archive"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar --extract --gzip --file "$archive" --directory "$work"
for language in de en; do
  # Headers of the training text are lines of XML; titles and descriptions are no talk.
  sed -E '/^ *<(url|talkid|keywords|speaker|reviewer|translator|title|description|doc|\/doc)/d' \
    "$work/de-en/train.tags.de-en.$language" > "$work/train.$language"
  for name in "${held_out[@]}"; do
    file=$(find "$work/de-en" -name "IWSLT14.TED*.$name.de-en.$language.xml" | head -n 1)
    sed -n -E 's/^ *<seg[^>]*> *(.*[^ ]) *<\/seg> *$/\1/p' "$file" | sed 's/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
  done > "$work/test.$language"
  for split in train test; do
    "$python" "$here/../tokenise.py" "$language" < "$work/$split.$language" > "$work/$split.tok.$language"
  done
done
# Pairs of 1 to 175 words, at most 1.5 times as long as each other, as in fairseq's script.
paste -d '\t' "$work/train.tok.de" "$work/train.tok.en" | awk -F '\t' '
  { a = split($1, s, " "); b = split($2, t, " ") }
  a && b && a <= 175 && b <= 175 && a <= 1.5 * b && b <= 1.5 * a' > "$work/clean"
awk -F '\t' -v out="$out" '
  { name = out "/" (NR % 23 ? "train" : "valid"); print $1 > (name ".de"); print $2 > (name ".en") }' "$work/clean"
for language in de en; do cp "$work/test.tok.$language" "$out/test.$language"; done
wc -l "$out"/{train,valid,test}.{de,en}
