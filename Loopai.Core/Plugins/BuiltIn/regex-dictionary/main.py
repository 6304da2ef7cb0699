import re

compiled = {}


def validate(execution, config):
    field = config.get("field", "output")
    value = find(execution, field)
    if value is None:
        return {"verdict": "unknown", "reason": field + " is not there.", "score": None}
    text = value if isinstance(value, str) else str(value)
    ignore = config.get("ignoreCase", True)
    same = str.casefold if ignore else str
    try:
        if config.get("pattern") and not expression(config["pattern"], ignore).fullmatch(text):
            return fail(field + " does not match the pattern.")
        if config.get("forbidden") and expression(config["forbidden"], ignore).search(text):
            return fail(field + " matches the forbidden pattern.")
    except re.error as error:
        return {"verdict": "unknown", "reason": "A pattern cannot be read: " + str(error), "score": None}
    if config.get("allowed") and same(text) not in {same(word) for word in config["allowed"]}:
        return fail(field + " is none of the allowed values.")
    words = {same(word) for word in re.findall(r"\w+", text)}
    for word in config.get("denied") or []:
        if same(word) in words or (" " in word and same(word) in same(text)):
            return fail(field + " has a denied word: " + word + ".")
    return {"verdict": "pass", "reason": None, "score": 1.0}


def fail(reason):
    return {"verdict": "fail", "reason": reason[:500], "score": 0.0}


def expression(pattern, ignore):
    if (pattern, ignore) not in compiled:
        compiled[pattern, ignore] = re.compile(pattern, re.IGNORECASE if ignore else 0)
    return compiled[pattern, ignore]


def find(execution, path):
    value = execution
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
