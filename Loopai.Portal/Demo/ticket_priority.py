"""How urgent a support ticket is, by the support team's own rules."""

OUTAGE = ("down", "outage", "cannot sign in", "can't sign in", "data loss", "lost data", "security", "breach")
BROKEN = ("error", "fails", "failed", "crash", "broken", "timeout", "wrong", "stuck", "slow")
WISH = ("feature request", "would be nice", "suggestion", "idea", "typo", "thank")

PLAN_POINTS = {"enterprise": 2, "team": 1, "free": 0}


def points(ticket):
    subject = ticket["subject"].lower()
    total = PLAN_POINTS[ticket["plan"]]
    if any(word in subject for word in OUTAGE):
        total += 4
    elif any(word in subject for word in BROKEN):
        total += 2
    if any(word in subject for word in WISH):
        total -= 3
    users = ticket["affectedUsers"]
    total += 2 if users >= 50 else 1 if users >= 5 else 0
    return total


def execute(ticket):
    total = points(ticket)
    if total >= 6:
        return "urgent"
    if total >= 4:
        return "high"
    if total >= 1:
        return "normal"
    return "low"


def confidence(ticket, priority):
    # The further from a border between two priorities, the surer.
    distance = min(abs(points(ticket) - border) for border in (0.5, 3.5, 5.5))
    return min(0.99, 0.6 + 0.15 * distance)
