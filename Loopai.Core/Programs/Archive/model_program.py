#!/usr/bin/env python3
"""Runs the program in program.json; needs nothing but Python 3.8 or later.

    echo '{"subject": "..."}' | python3 program.py

One JSON value a line (or one value over many lines) on standard input, one {"output": ..., "confidence": ...} a line on standard
output. Also importable: Program("program.json").answer(value). It gives the answers that Loopai gives: every step is the same, in
the same order.
"""
import array
import base64
import bisect
import json
import math
import os
import re
import sys

MASK = (1 << 64) - 1
PRIME = 1099511628211
OFFSET = 14695981039346656037
SEPARATOR, LETTER, DIGIT, IDEOGRAPH, SYMBOL = range(5)
WORD, PAIR, LETTERS, SYMBOLS, SHAPE, CAPITALS, SCRIPT, LONG_WORD, CATEGORY, MISSING, NUMBER, NUMBER_RANGE = range(1, 13)
LONGEST_WORD, LONGEST_RUN, NUMBER_CLIP, CATEGORY_LIMIT, MOST_COUNT = 40, 3, 3.0, 200, 65535
ASCII_SYMBOLS = "!?$%#*@&+=<>~^|/\\"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

# Where a class of characters starts; it reaches to the next entry.
RANGES = [
    (0x80, SEPARATOR), (0xA1, SYMBOL), (0xAD, SEPARATOR), (0xAE, SYMBOL), (0xC0, LETTER), (0xD7, SYMBOL), (0xD8, LETTER),
    (0xF7, SYMBOL), (0xF8, LETTER), (0x2000, SEPARATOR), (0x2070, SYMBOL), (0x2C00, LETTER), (0x2E80, IDEOGRAPH),
    (0x3000, SEPARATOR), (0x3040, IDEOGRAPH), (0xA4D0, LETTER), (0xD800, SEPARATOR), (0xE000, SYMBOL), (0xF900, IDEOGRAPH),
    (0xFB00, LETTER), (0xFE00, SEPARATOR), (0xFE70, LETTER), (0xFEFF, SEPARATOR), (0xFF10, DIGIT), (0xFF1A, SEPARATOR),
    (0xFF21, LETTER), (0xFF3B, SEPARATOR), (0xFF41, LETTER), (0xFF5B, SEPARATOR), (0xFF66, IDEOGRAPH), (0xFFA0, LETTER),
    (0xFFE0, SYMBOL), (0xFFF0, SEPARATOR), (0x10000, LETTER), (0x1F000, IDEOGRAPH), (0x1FB00, SYMBOL), (0x20000, IDEOGRAPH),
    (0x40000, SEPARATOR),
]
RANGE_STARTS = [start for start, _ in RANGES]

# Upper case from first to last, every step-th code point, is shift below its lower case.
UPPER_CASE = [
    (0xC0, 0xD6, 1, 32), (0xD8, 0xDE, 1, 32), (0x100, 0x12E, 2, 1), (0x132, 0x136, 2, 1), (0x139, 0x147, 2, 1),
    (0x14A, 0x176, 2, 1), (0x178, 0x178, 1, -121), (0x179, 0x17D, 2, 1), (0x386, 0x386, 1, 38), (0x388, 0x38A, 1, 37),
    (0x38C, 0x38C, 1, 64), (0x38E, 0x38F, 1, 63), (0x391, 0x3A1, 1, 32), (0x3A3, 0x3AB, 1, 32), (0x400, 0x40F, 1, 80),
    (0x410, 0x42F, 1, 32), (0x460, 0x480, 2, 1), (0x48A, 0x4BE, 2, 1), (0x4D0, 0x52E, 2, 1), (0x531, 0x556, 1, 48),
    (0x1E00, 0x1E94, 2, 1), (0x1EA0, 0x1EFE, 2, 1),
]


def classify(code):
    """Lower-case code point, class, and whether it was upper case."""
    if code < 128:
        if 65 <= code <= 90:
            return code + 32, LETTER, True
        if 97 <= code <= 122:
            return code, LETTER, False
        if 48 <= code <= 57:
            return code, DIGIT, False
        return code, SYMBOL if chr(code) in ASCII_SYMBOLS else SEPARATOR, False
    kind = RANGES[bisect.bisect_right(RANGE_STARTS, code) - 1][1]
    if 0xFF10 <= code < 0xFF5B and kind != SEPARATOR:
        return classify(code - 0xFEE0)
    if code < 0x1F00:
        for first, last, step, shift in UPPER_CASE:
            if first <= code <= last and (code - first) % step == 0:
                return code + shift, kind, True
    return code, kind, False


class Classified(dict):
    def __missing__(self, character):
        self[character] = value = classify(ord(character))
        return value


CLASSIFIED = Classified()


def script(code):
    if code < 0x370:
        return 0
    if code < 0x2E80:
        return code >> 7
    for end, number in ((0x3040, 1), (0x3100, 2), (0xA4D0, 1), (0xF900, 3), (0x1F000, 4), (0x20000, 5)):
        if code < end:
            return number
    return 1


def step(value, code):
    return ((value ^ code) * PRIME) & MASK


def key(value):
    return (((value ^ (value >> 32)) * 0x9E3779B97F4A7C15) & MASK) >> 32


def seed(path, kind):
    value = OFFSET
    for character in path:
        value = step(value, ord(character))
    return step(step(value, 0), kind)


def classified(text, limit):
    return [CLASSIFIED[character] for character in LONE_SURROGATE.sub("\ufffd", text)[:limit]]


class Seeds:
    def __init__(self, name):
        self.word, self.pair, self.letters = seed(name, WORD), seed(name, PAIR), seed(name, LETTERS)
        self.symbol, self.shape, self.script = seed(name, SYMBOLS), seed(name, SHAPE), seed(name, SCRIPT)
        self.capitals, self.long_word = key(seed(name, CAPITALS)), key(seed(name, LONG_WORD))


def scan(text, seeds, shortest, longest, add):
    """Cuts a text into words, pairs of words, letter sequences and runs of symbols."""
    previous = None
    at, size = 0, len(text)
    while at < size:
        start = at
        code, kind, _ = text[at]
        if kind == SEPARATOR:
            at += 1
            continue
        if kind == SYMBOL:
            while at < size and text[at] == text[start]:
                at += 1
            add(key(step(step(seeds.symbol, code), min(at - start, LONGEST_RUN))))
            continue
        if kind == IDEOGRAPH:
            at += 1
            word = step(seeds.word, code)
            add(key(step(seeds.script, script(code))))
        else:
            word, shape, digits, capitals = seeds.word, seeds.shape, 0, 0
            while at < size and text[at][1] in (LETTER, DIGIT):
                plain, of, upper = text[at]
                word = step(word, plain)
                shape = step(shape, 48 if of == DIGIT else plain)
                digits += of == DIGIT
                capitals += upper
                at += 1
            if at - start > LONGEST_WORD:
                add(seeds.long_word)
                previous = None
                continue
            if digits:
                add(key(shape))
            if at - start > 1 and capitals == at - start:
                add(seeds.capitals)
            if script(code):
                add(key(step(seeds.script, script(code))))
            if longest:
                marked = [32] + [text[i][0] for i in range(start, at)] + [32]
                for first in range(len(marked) - 1):
                    value = seeds.letters
                    for length, letter in enumerate(marked[first:first + longest], 1):
                        value = step(value, letter)
                        if length >= shortest:
                            add(key(value))
        add(key(word))
        if previous is not None:
            joined = seeds.pair ^ previous
            add(key(((joined * PRIME) & MASK) ^ (word >> 7) ^ ((word << 21) & MASK)))
        previous = word


def integers(code, text):
    values = array.array(code, base64.b64decode(text))
    if sys.byteorder == "big":
        values.byteswap()
    return values


def locate(value, path):
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


class Program:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.model = model = json.load(file)
        self.limit = model["textLimit"]
        self.fields = model["fields"]
        for field in self.fields:
            field["name"] = ".".join(field["path"]) or "input"
        self.blocks = [(block, Seeds(block["name"])) for block in model["blocks"]]
        self.places = {value: place for place, value in enumerate(integers("I", model["keys"]))}
        self.linear = model.get("linear")
        if self.linear:
            self.idf = integers("H", self.linear["idf"])
            self.weights = integers("h", self.linear["weights"])

    def answer(self, value):
        """Returns {"output": ..., "confidence": ...}."""
        outputs = len(self.linear["bias"]) if self.linear else 0
        sums, seen, numbers, lengths, elements = [0.0] * outputs, set(), {}, {}, []
        rule_features = self.model["ruleFeatures"]

        def add_weights(place, amount):
            for k in range(outputs):
                sums[k] += amount * self.weights[place * outputs + k]

        def single(feature, amount):
            place = self.places.get(feature)
            if place is not None:
                if place < rule_features:
                    seen.add(place)
                add_weights(place, amount)

        for index, field in enumerate(self.fields):
            element = locate(value, field["path"])
            elements.append(element)
            self._read_field(index, field, element, single, numbers)

        for block, seeds in self.blocks:
            counts = {}

            def count(feature):
                place = self.places.get(feature)
                if place is not None:
                    counts[place] = min(counts.get(place, 0) + 1, MOST_COUNT)

            for index in block["fields"]:
                lengths[index] = self._read_text(elements[index], block, seeds, count)
            seen.update(place for place in counts if place < rule_features)
            if self.linear:
                values = [(place, (1 + math.log(times) if times > 1 else 1.0) * self.idf[place]) for place, times in counts.items()]
                squares = 0.0
                for _, amount in values:
                    squares += amount * amount
                if squares:
                    norm = 1 / math.sqrt(squares)
                    for place, amount in values:
                        add_weights(place, amount * norm)

        return self._decide(sums, seen, numbers, lengths)

    def _read_field(self, index, field, element, single, numbers):
        name = field["name"]
        missing = key(seed(name, MISSING))
        if field["kind"] == "number":
            number = None
            if isinstance(element, (int, float)) and not isinstance(element, bool):
                try:
                    number = float(element)
                except OverflowError:
                    number = math.inf
            if number is None or not math.isfinite(number):
                single(missing, 1)
                return
            numbers[index] = number
            size = min(max((number - field["center"]) / field["spread"], -NUMBER_CLIP), NUMBER_CLIP)
            single(key(seed(name, NUMBER)), size)
            bin = 0
            while bin < len(field["edges"]) and number >= field["edges"][bin]:
                bin += 1
            single(key(step(seed(name, NUMBER_RANGE), bin)), 1)
        elif field["kind"] == "category":
            self._read_category(name, element, missing, single)
        elif not (isinstance(element, str) or (isinstance(element, list) and element)):
            single(missing, 1)

    def _read_category(self, name, element, missing, single):
        if isinstance(element, list):
            for item in element:
                self._read_category(name, item, missing, single)
            return
        if isinstance(element, bool):
            element = "true" if element else "false"
        if not isinstance(element, str):
            single(missing, 1)
            return
        value = seed(name, CATEGORY)
        for code, _, _ in classified(element, CATEGORY_LIMIT):
            value = step(value, code)
        single(key(value), 1)

    def _read_text(self, element, block, seeds, count):
        total = 0
        for item in [element] if isinstance(element, str) else element if isinstance(element, list) else []:
            if isinstance(item, str) and total < self.limit:
                text = classified(item, self.limit - total)
                scan(text, seeds, block["shortest"], block["longest"], count)
                total += len(text)
        return total

    def _decide(self, sums, seen, numbers, lengths):
        model = self.model
        for rule in model["rules"]:
            if all(self._holds(condition, seen, numbers, lengths) for condition in rule["when"]):
                return {"output": model["classes"][rule["class"]], "confidence": rule["confidence"]}
        if not self.linear:
            fallback = model["fallback"]
            return {"output": model["classes"][fallback["class"]], "confidence": fallback["confidence"]}
        scores = [total * scale + bias for total, scale, bias in zip(sums, self.linear["scales"], self.linear["bias"])]
        if model.get("number"):
            return self._number(model["number"], scores)
        slope = self.linear["slope"]
        if len(scores) == 1:
            return {"output": model["classes"][1 if scores[0] > 0 else 0], "confidence": 1 / (1 + math.exp(-abs(scores[0]) * slope))}
        best = max(range(len(scores)), key=lambda k: (scores[k], -k))
        total = 0.0
        for score in scores:
            total += math.exp((score - scores[best]) * slope)
        return {"output": model["classes"][best], "confidence": 1 / total}

    @staticmethod
    def _holds(condition, seen, numbers, lengths):
        test, field = condition["test"], condition["field"]
        if test == "has":
            return condition["place"] in seen
        if test == "longerThan":
            return lengths.get(field, 0) >= condition["limit"]
        if field not in numbers:
            return False
        return numbers[field] >= condition["limit"] if test == "atLeast" else numbers[field] < condition["limit"]

    @staticmethod
    def _number(part, scores):
        unit = 10.0 ** part["decimals"]
        value = math.floor(min(max(scores[0], part["minimum"]), part["maximum"]) * unit + 0.5) / unit
        value = int(value) if part["decimals"] == 0 else value
        confidence = min(max(1 - scores[1] / part["typicalError"], 0.01), 0.99)
        name = part.get("property")
        return {"output": value if name is None else {name: value}, "confidence": confidence}


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    program = Program(os.path.join(os.path.dirname(os.path.abspath(__file__)), "program.json"))
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        values = [json.loads(text)]
    except ValueError:
        values = (json.loads(line) for line in text.split("\n") if line.strip())
    for value in values:
        print(json.dumps(program.answer(value), ensure_ascii=True))


if __name__ == "__main__":
    main()
