using System.Text;
using System.Text.Json;
using Loopai.Core.Executions;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>What a worker's frame is, as the workers' scripts number it.</summary>
internal enum WorkerFrameKind : byte
{
    Answered,
    Failed,

    /// <summary>It failed, and the worker may answer no more.</summary>
    Spent,

    /// <summary>The code asks something of its host, and waits.</summary>
    Asked,
}

/// <summary>One frame from a worker.</summary>
/// <param name="Kind">What it is; the sandbox may have written any number.</param>
/// <param name="Confidence">How sure the program is; NaN where it does not say.</param>
/// <param name="Payload">JSON, or the words of a failure.</param>
internal readonly record struct WorkerFrame(WorkerFrameKind Kind, double Confidence, byte[] Payload)
{
    /// <param name="doing">The words for what returned it.</param>
    public SandboxAnswer ToAnswer(string doing)
    {
        if (Kind != WorkerFrameKind.Answered)
        {
            return new SandboxAnswer(ExecutionStatus.Error, default, null, Encoding.UTF8.GetString(Payload));
        }

        // An answer without payload says that the source has loaded.
        return Payload.Length == 0 || IsJson(Payload)
            ? new SandboxAnswer(ExecutionStatus.Success, Payload, Confidence is >= 0 and <= 1 ? Confidence : null, null)
            : new SandboxAnswer(ExecutionStatus.Error, default, null, $"{doing} returned a value nested deeper than 64 levels, or one that is not JSON");
    }

    /// <summary>The interpreter wrote the JSON, but inside the sandbox, where the program may have had a hand in it.</summary>
    private static bool IsJson(byte[] payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            reader.Read();
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
