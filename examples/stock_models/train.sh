#!/usr/bin/env bash
# Train models of fairseq's own architectures with fairseq's own tasks, without --user-dir, on three thirds of a corpus.
#
#   examples/stock_models/train.sh BIN MODELS JOB [JOB …]
#
# BIN has the data folders 1, 2 and 3 (two languages) and lm1, lm2 and lm3 (one), as in the README. A JOB is a family and
# a third, such as lstm:1: lstm, transformer, prenorm, lstm_lm or transformer_lm. A training that was stopped resumes.
set -euo pipefail

bin=${1:?usage: train.sh BIN MODELS JOB [JOB …]}
models=${2:?usage: train.sh BIN MODELS JOB [JOB …]}
shift 2

common=(--optimizer adam --clip-norm 1 --max-tokens 600 --no-epoch-checkpoints --num-workers 0 --dropout 0.2
  --lr-scheduler inverse_sqrt)
lstm=(--lr 5e-3 --warmup-updates 400 --warmup-init-lr 1e-4 --max-epoch 8)
transformer=(--lr 2e-3 --warmup-updates 1000 --warmup-init-lr 1e-6 --share-decoder-input-output-embed --decoder-layers 3
  --decoder-embed-dim 128 --decoder-ffn-embed-dim 512 --decoder-attention-heads 4)
encoder=(--encoder-layers 3 --encoder-embed-dim 128 --encoder-ffn-embed-dim 512 --encoder-attention-heads 4
  --adam-betas '(0.9,0.98)' --label-smoothing 0.1 --criterion label_smoothed_cross_entropy --max-epoch 15)

for job in "$@"; do
  family=${job%:*} third=${job#*:}
  case $family in
    lstm) arch=(--task translation --arch lstm "${lstm[@]}" --encoder-bidirectional --encoder-layers 2
      --encoder-embed-dim 128 --encoder-hidden-size 128 --decoder-layers 2 --decoder-embed-dim 128
      --decoder-hidden-size 256 --decoder-out-embed-dim 128) data=$third ;;
    transformer) arch=(--task translation --arch transformer "${transformer[@]}" "${encoder[@]}") data=$third ;;
    prenorm) arch=(--task translation --arch transformer "${transformer[@]}" "${encoder[@]}"
      --encoder-normalize-before --decoder-normalize-before) data=$third ;;
    lstm_lm) arch=(--task language_modeling --arch lstm_lm --sample-break-mode eos "${lstm[@]}" --decoder-layers 2
      --decoder-embed-dim 128 --decoder-hidden-size 128 --decoder-out-embed-dim 128) data=lm$third ;;
    transformer_lm) arch=(--task language_modeling --arch transformer_lm --sample-break-mode eos "${transformer[@]}"
      --max-epoch 10) data=lm$third ;;
    *) echo "train.sh: there is no family $family" >&2; exit 1 ;;
  esac
  fairseq-train "$bin/$data" --save-dir "$models/$family$third" --seed "$third" "${common[@]}" "${arch[@]}"
done
