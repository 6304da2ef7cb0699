# The worker that runs one Python program inside the sandbox. It talks over file descriptor 3, which the program never learns of:
# what the program prints goes to descriptors 1 and 2, so it cannot get into the frames.
#   to the worker    uint32 length, uint32 sequence, payload: first the source, then one input after the other
#   from the worker  uint32 length, uint32 sequence, uint8 kind, float64 confidence (NaN: none), payload
import json
import os
import struct
import sys

ANSWER, FAILED, SPENT = 0, 1, 2
CHANNEL = 3
NO_CONFIDENCE = float("nan")
MAX_OUTPUT, MEMORY_MB = int(sys.argv[1]), sys.argv[2]
MAX_MESSAGE = 2000


def serve(read=os.read, write=os.write, loads=json.loads, encode=json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode,
        request=struct.Struct("<II"), answer=struct.Struct("<IIBd")):
    def receive():
        frame = read(CHANNEL, 65536)
        while frame and (len(frame) < 8 or len(frame) < 8 + request.unpack_from(frame)[0]):
            more = read(CHANNEL, 1048576)
            if not more:
                os._exit(0)
            frame += more
        if not frame:
            os._exit(0)
        return request.unpack_from(frame)[1], frame[8:]

    def send(sequence, kind, confidence, payload):
        frame = answer.pack(len(payload), sequence, kind, confidence) + payload
        while frame:
            frame = frame[write(CHANNEL, frame):]

    def fail(sequence, text, kind=FAILED):
        send(sequence, kind, NO_CONFIDENCE, text[:MAX_MESSAGE].encode("utf-8", "replace"))

    def run(sequence, payload):
        value = loads(payload)
        output = execute(value)
        try:
            data = encode(output).encode("utf-8")
        except MemoryError:
            raise
        except Exception as error:
            return fail(sequence, "execute returned a value that JSON cannot express: " + str(error))
        if len(data) > MAX_OUTPUT:
            return fail(sequence, f"execute returned {len(data):,} bytes of JSON; at most {MAX_OUTPUT:,} are allowed")
        sure = NO_CONFIDENCE
        if confidence is not None:
            sure = confidence(value, output)
            if isinstance(sure, bool) or not isinstance(sure, (int, float)) or not 0 <= sure <= 1:
                return fail(sequence, "confidence returned something other than a number from 0 to 1: " + repr(sure)[:100])
        send(sequence, ANSWER, sure, data)

    # Given back when memory runs out, so that there is room to say so.
    cushion = bytearray(1 << 20)
    sequence, source = receive()
    try:
        module = type(sys)("program")
        sys.modules["program"] = module
        exec(compile(source, "program.py", "exec", dont_inherit=True), module.__dict__)
        execute, confidence = module.__dict__.get("execute"), module.__dict__.get("confidence")
        if not callable(execute):
            return fail(sequence, "the program does not define execute(input)")
        if confidence is not None and not callable(confidence):
            return fail(sequence, "confidence is not a function")
    except BaseException as error:
        return fail(sequence, describe(error))
    send(sequence, ANSWER, NO_CONFIDENCE, b"")
    del source

    while True:
        sequence, payload = receive()
        try:
            run(sequence, payload)
        except MemoryError as error:
            cushion = None
            return fail(sequence, describe(error), SPENT)
        except BaseException as error:
            fail(sequence, describe(error))
        try:
            sys.stdout.flush()
        except Exception:
            pass


def describe(error):
    """Type, message and the line of the program: what its author can act on, and nothing of the machine."""
    try:
        message = f"the program ran out of memory (limit {MEMORY_MB} MB)" if isinstance(error, MemoryError) else str(error)
    except Exception:
        message = ""
    line = None
    if isinstance(error, SyntaxError) and error.filename == "program.py":
        line, message = error.lineno, error.msg
    trace = error.__traceback__
    while trace is not None and not isinstance(error, SyntaxError):
        if trace.tb_frame.f_code.co_filename == "program.py":
            line = trace.tb_lineno
        trace = trace.tb_next
    text = type(error).__name__ + (": " + message if message else "")
    return text if line is None else f"{text} (line {line})"


serve()
