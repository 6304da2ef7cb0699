using System.ComponentModel.DataAnnotations;

namespace Loopai.Core.Configuration;

/// <summary>What Python and JavaScript programs may take.</summary>
public sealed class SandboxSettings : IValidatableObject
{
    /// <summary>False turns Python and JavaScript programs off; there is no way to run them outside the sandbox.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Memory of one worker.</summary>
    [Range(64, 65_536)]
    public int MemoryMb { get; init; } = 256;

    /// <summary>Warm workers of one program.</summary>
    [Range(1, 256)]
    public int WorkersPerProgram { get; init; } = 2;

    /// <summary>Workers of all programs together.</summary>
    [Range(1, 4096)]
    public int MaxWorkers { get; init; } = 16;

    /// <summary>Workers of all plugins together, beside those of programs.</summary>
    [Range(1, 4096)]
    public int MaxPluginWorkers { get; init; } = 8;

    /// <summary>The largest output of a program.</summary>
    [Range(1024, 1 << 28)]
    public int MaxOutputBytes { get; init; } = 1 << 20;

    /// <summary>After how long without work a worker ends.</summary>
    [Range(1, 1440)]
    public int IdleMinutes { get; init; } = 10;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (WorkersPerProgram > MaxWorkers)
        {
            yield return new($"give at most Sandbox:MaxWorkers, which is {MaxWorkers}", [nameof(WorkersPerProgram)]);
        }
    }
}
