using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>The warm workers of one program version.</summary>
internal sealed class ProgramPool(ProgramSource program)
{
    public ProgramSource Program { get; } = program;

    /// <summary>The last one in is the warmest, the first one the longest idle.</summary>
    public List<Worker> Idle { get; } = [];

    /// <summary>Workers idle, busy and starting.</summary>
    public int Workers { get; set; }

    /// <summary>Whether one of them has loaded the program.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>Callers that wait for one of them.</summary>
    public int Waiting { get; set; }

    /// <summary>Set when the id came back with another source: its workers answer no more.</summary>
    public bool IsSuperseded { get; set; }
}

/// <param name="Pool">Where to return the worker, or the room for one.</param>
/// <param name="Worker">A warm worker; null means there is room, and the caller starts one.</param>
internal readonly record struct WorkerGrant(ProgramPool Pool, Worker? Worker);
