import math
import re

# Factor and offset to the first unit of each kind.
UNITS = {
    "mass": {"kg": 1, "g": 1e-3, "mg": 1e-6, "t": 1e3, "lb": 0.45359237, "oz": 0.028349523125},
    "length": {"m": 1, "km": 1e3, "cm": 1e-2, "mm": 1e-3, "mi": 1609.344, "yd": 0.9144, "ft": 0.3048, "in": 0.0254},
    "time": {"s": 1, "ms": 1e-3, "min": 60, "h": 3600, "d": 86400},
    "volume": {"l": 1, "ml": 1e-3, "m3": 1e3, "gal": 3.785411784},
    "data": {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30},
    "share": {"1": 1, "%": 0.01},
}
TEMPERATURES = {"C": (1, 0), "K": (1, -273.15), "F": (5 / 9, -160 / 9)}
NUMBER = re.compile(r"\s*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)\s*°?\s*([A-Za-z%]+\d?)?\s*")


def validate(execution, config):
    rules = config.get("rules") or []
    if not rules:
        return {"verdict": "unknown", "reason": "No rules are configured.", "score": None}
    wrong = [fault for fault in (check(execution, rule) for rule in rules) if fault]
    if wrong:
        return {"verdict": "fail", "reason": " ".join(wrong)[:500], "score": 1 - len(wrong) / len(rules)}
    return {"verdict": "pass", "reason": None, "score": 1.0}


def check(execution, rule):
    field, value = rule["field"], execution
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None:
        return None if rule.get("optional") else field + " is not there."
    number, fault = read(value, rule.get("unit"))
    if fault:
        return f"{field} {fault}"
    unit = " " + rule["unit"] if rule.get("unit") else ""
    if rule.get("integer") and number != int(number):
        return f"{field} is {number:g}{unit}, which is no whole number."
    if "minimum" in rule and number < rule["minimum"]:
        return f"{field} is {number:g}{unit}, less than {rule['minimum']:g}{unit}."
    if "maximum" in rule and number > rule["maximum"]:
        return f"{field} is {number:g}{unit}, more than {rule['maximum']:g}{unit}."
    return None


def read(value, unit):
    if isinstance(value, bool):
        return None, "is no number."
    if isinstance(value, (int, float)):
        return value, None
    found = NUMBER.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None, "is no number."
    number, written = float(found[1]), found[2]
    if not math.isfinite(number):
        return None, "is no number."
    if not written or written == unit:
        return number, None
    if not unit:
        return None, f"has the unit {written}, and the rule has none."
    converted = convert(number, written, unit)
    return (converted, None) if converted is not None else (None, f"is in {written}, which is not to be had in {unit}.")


def convert(number, written, unit):
    for units in UNITS.values():
        if written in units and unit in units:
            return round(number * units[written] / units[unit], 12)
    if written in TEMPERATURES and unit in TEMPERATURES:
        factor, offset = TEMPERATURES[written]
        wanted, shift = TEMPERATURES[unit]
        return round((number * factor + offset - shift) / wanted, 9)
    return None
