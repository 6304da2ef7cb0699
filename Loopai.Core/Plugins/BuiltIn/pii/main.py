import re

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})")
PHONE = re.compile(r"(?<![\w.])(?:\+|00)[1-9]\d{0,2}[ ./-]?(?:\(0?\d{1,4}\)[ ./-]?)?(?:\d[ ./-]?){5,12}\d(?!\w)")
LOCAL_PHONE = re.compile(r"(?<![\w.])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?!\w)")
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
CARD = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")
US_SSN = re.compile(r"(?<!\w)(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\w)")
UK_NINO = re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)")
DE_TAX = re.compile(r"(?<!\w)[1-9]\d ?\d{3} ?\d{3} ?\d{3}(?!\w)")
IPV4 = re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])")
IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}(?![\w:])")
NAMES = {"email": "a mail address", "phone": "a phone number", "iban": "an IBAN", "card": "a card number", "national-id": "a national id", "ip": "an IP address"}
LONGEST = 200_000


def validate(execution, config):
    wanted = config.get("kinds") or list(NAMES)
    allowed = {domain.lower().lstrip("@") for domain in config.get("allowedDomains") or []}
    found = {}
    texts = list(strings(execution.get("output"), "output"))
    if sum(len(text) for _, text in texts) > LONGEST:
        return {"verdict": "unknown", "reason": "The output is too long to be looked through.", "score": None}
    for place, text in texts:
        for kind in kinds_in(text, allowed):
            if kind in wanted:
                found.setdefault(place, set()).add(kind)
    if not found:
        return {"verdict": "pass", "reason": None, "score": 1.0}
    said = "; ".join(place + " has " + ", ".join(NAMES[kind] for kind in NAMES if kind in kinds) for place, kinds in found.items())
    return {"verdict": "fail", "reason": (said + ".")[:500], "score": 0.0}


def kinds_in(text, allowed):
    if any(match[1].lower() not in allowed for match in EMAIL.finditer(text)):
        yield "email"
    ibans = [match for match in IBAN.finditer(text) if is_iban(match[0])]
    if ibans:
        yield "iban"
    cards = [match for match in CARD.finditer(text) if is_card(match[0])]
    if cards:
        yield "card"
    if US_SSN.search(text) or UK_NINO.search(text) or any(is_german_tax_id(match[0]) for match in DE_TAX.finditer(text)):
        yield "national-id"
    taken = [match.span() for match in ibans + cards]
    if any(not any(a <= match.start() < b for a, b in taken) for match in [*PHONE.finditer(text), *LOCAL_PHONE.finditer(text)]):
        yield "phone"
    if IPV4.search(text) or IPV6.search(text):
        yield "ip"


def is_iban(text):
    """ISO 13616: the first four characters go to the end, letters become numbers, and the whole is 1 modulo 97."""
    text = text.replace(" ", "")
    return 15 <= len(text) <= 34 and int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def is_card(text):
    """ISO/IEC 7812: Luhn's sum."""
    digits = [int(c) for c in text if c.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_german_tax_id(text):
    """ISO 7064, MOD 11,10; of the first ten digits one or two occur more than once."""
    digits = [int(c) for c in text if c.isdigit()]
    if len(digits) != 11 or len(set(digits[:10])) not in (8, 9):
        return False
    product = 10
    for digit in digits[:10]:
        total = (digit + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == digits[10]


def strings(value, place):
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, (int, float)):
        yield place, repr(value)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from strings(part, place + "." + name[:40])
    elif isinstance(value, list):
        for part in value:
            yield from strings(part, place + "[]")
