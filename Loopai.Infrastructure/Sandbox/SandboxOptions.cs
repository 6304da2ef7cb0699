namespace Loopai.Infrastructure.Sandbox;

/// <summary>How much programs may take, and how many run; bound from the configuration section <c>Sandbox</c>.</summary>
public sealed record SandboxOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Sandbox";

    /// <summary>What one worker may allocate.</summary>
    public int MemoryMegabytes { get; init; } = 256;

    /// <summary>How many workers one program version grows to under load.</summary>
    public int WorkersPerProgram { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>How many workers all programs have together; beyond, the longest idle one gives way.</summary>
    public int MaxWorkers { get; init; } = Math.Max(32, 4 * Environment.ProcessorCount);

    /// <summary>How many callers may wait for a worker before further ones are told that the sandbox is too busy.</summary>
    public int MaxWaiting { get; init; } = 1000;

    /// <summary>How long a caller waits for a worker.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest output, as UTF-8 JSON.</summary>
    public int MaxOutputBytes { get; init; } = 1 << 20;

    /// <summary>How much a program may print in one run; more ends the run.</summary>
    public int MaxPrintedBytes { get; init; } = 4 << 20;

    /// <summary>Processor seconds of one worker's whole life. It is replaced between calls well before that, so this stops only what
    /// a program leaves running after its answer.</summary>
    public int CpuSeconds { get; init; } = 120;

    /// <summary>How many threads one worker may have; the interpreters need up to eleven.</summary>
    public int Threads { get; init; } = 32;

    /// <summary>How long the source may take to load, that is, to run its top level.</summary>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A worker that nobody called for this long is stopped.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The bubblewrap program; found on the usual paths when null.</summary>
    public string? BubblewrapPath { get; init; }

    /// <summary>The Python interpreter, under /usr; found on the usual paths when null.</summary>
    public string? PythonPath { get; init; }

    /// <summary>The Node.js interpreter, under /usr; found on the usual paths when null.</summary>
    public string? NodePath { get; init; }
}
