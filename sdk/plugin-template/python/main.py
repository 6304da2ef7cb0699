def validate(execution, config):
    field = config.get("field", "label")
    longest = config.get("longest", 20)
    output = execution.get("output")
    value = output.get(field) if isinstance(output, dict) else output
    if not isinstance(value, str):
        return {"verdict": "unknown", "reason": f"{field} is no text"}
    if len(value) > longest:
        return {"verdict": "fail", "reason": f"{field} has {len(value)} characters; at most {longest} are allowed"}
    return {"verdict": "pass"}
