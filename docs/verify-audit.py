#!/usr/bin/env python3
"""Checks an audit log that was exported as JSON Lines, without Loopai: verify-audit.py log.jsonl [checkpoints.json keys.json organization-id]"""
import base64, hashlib, json, subprocess, sys, tempfile

def signed(checkpoint, keys, organization):
    text = f"loopai-audit-checkpoint-v1\n{organization}\n{checkpoint['sequence']}\n{checkpoint['hash']}\n{checkpoint['at']}\n"
    with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as signature:
        key.write(keys[checkpoint["keyId"]].encode()), key.flush()
        signature.write(base64.b64decode(checkpoint["signature"])), signature.flush()
        verify = ["openssl", "dgst", "-sha256", "-verify", key.name, "-signature", signature.name]
        return subprocess.run(verify, input=text.encode(), capture_output=True).returncode == 0

checkpoints, keys, organization = {}, {}, ""
if len(sys.argv) > 2:
    checkpoints = {c["sequence"]: c for c in json.load(open(sys.argv[2]))["items"]}
    keys = {k["id"]: k["publicKey"] for k in json.load(open(sys.argv[3]))["items"]}
    organization = sys.argv[4]
    for c in checkpoints.values():
        signed(c, keys, organization) or sys.exit(f"checkpoint at {c['sequence']}: the signature is wrong")
previous, last = "00" * 32, 0
for line in open(sys.argv[1], "rb"):
    seal, event = line[9:73].decode(), line.rstrip(b"\n")[83:-1]  # {"hash":"…64…","event":{…}}
    number = json.loads(event)["sequence"]
    if last == 0 and number > 1:  # what came before went with the retention; a checkpoint stands in its place
        number - 1 in checkpoints or sys.exit(f"event {number - 1}: no checkpoint where the log begins")
        previous, last = checkpoints[number - 1]["hash"], number - 1
    number == last + 1 or sys.exit(f"event {last + 1}: missing")
    hashlib.sha256(bytes.fromhex(previous) + event).hexdigest() == seal or sys.exit(f"event {number}: not what was sealed")
    checkpoints.get(number, {}).get("hash", seal) == seal or sys.exit(f"event {number}: a checkpoint has another hash")
    previous, last = seal, number
any(s > last for s in checkpoints) and sys.exit(f"event {last + 1}: missing, a checkpoint speaks for it")
print(f"{last} events hold, {len(checkpoints)} checkpoints")
