#!/usr/bin/env python3
"""The yardstick: TF-IDF over words and pairs of words (sublinear) and logistic regression, on the same mails and splits.

usage: sklearn_baseline.py FOLDER     (Debian: apt-get install python3-sklearn)
"""
import json
import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def main(folder):
    with open(f"{folder}/mails.jsonl", encoding="utf-8") as file:
        mails = [json.loads(line) for line in file]
    with open(f"{folder}/splits.json", encoding="utf-8") as file:
        splits = json.load(file)
    texts = ["\n".join((mail["subject"], mail["from"], mail["body"])) for mail in mails]
    labels = [mail["label"] for mail in mails]
    for c in (1, 10, 100):
        accuracies, seconds, microseconds = [], 0.0, 0.0
        for test in splits:
            held = set(test)
            train = [row for row in range(len(mails)) if row not in held]
            model = make_pipeline(
                TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=c, max_iter=1000))
            start = time.perf_counter()
            model.fit([texts[row] for row in train], [labels[row] for row in train])
            seconds += time.perf_counter() - start
            start = time.perf_counter()
            answers = model.predict([texts[row] for row in test])
            microseconds += (time.perf_counter() - start) / len(test) * 1e6
            accuracies.append(sum(answer == labels[row] for answer, row in zip(answers, test)) / len(test))
        each = ", ".join(f"{100 * accuracy:.2f}" for accuracy in accuracies)
        mean = 100 * sum(accuracies) / len(accuracies)
        print(f"| scikit-learn, C = {c} | {mean:.2f} % ({each}) | {seconds / len(splits):.1f} s "
              f"| {microseconds / len(splits):.1f} µs (all at once) | |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
