using System.Text.Json;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Demo;

/// <summary>One task of the demo: what it is, what programs learn from, which programs there are, and what is asked of them.</summary>
/// <param name="Specification">The task.</param>
/// <param name="Examples">Labelled examples, to learn from and to judge by.</param>
/// <param name="Versions">Its versions, the first first.</param>
/// <param name="Calls">Its traffic, in the order of time; those without a time are made last, now.</param>
internal sealed record DemoTask(
    TaskSpecification Specification, IReadOnlyList<ExampleInput> Examples, IReadOnlyList<DemoVersion> Versions, IReadOnlyList<DemoCall> Calls)
{
    public string Name => Specification.Name!;

    /// <summary>What is asked once the experiment is decided, while its winner goes into service.</summary>
    public IReadOnlyList<DemoCall> Later { get; init; } = [];

    /// <summary>The traffic that this version answers; null for what an experiment takes.</summary>
    public IReadOnlyList<DemoCall> CallsOf(int? version) => [.. Calls.Where(c => c.Version == version)];

    public static ExampleInput Example(JsonElement input, string output, bool forTraining) =>
        new() { Input = input, Output = JsonSerializer.SerializeToElement(output), ForTraining = forTraining };
}

/// <summary>A version: learned with a strategy, or written.</summary>
/// <param name="Strategy">How the synthesizer makes it; null where it is written.</param>
/// <param name="Code">What was written.</param>
/// <param name="Notes">What people say about it.</param>
internal sealed record DemoVersion(string? Strategy, CreateProgram? Code, string Notes);

/// <summary>One call of a task.</summary>
/// <param name="Input">What is asked.</param>
/// <param name="Unit">On whose behalf.</param>
/// <param name="Version">The version that answers; null for the experiment's choice.</param>
/// <param name="At">When; null for now.</param>
internal sealed record DemoCall(JsonElement Input, string Unit, int? Version, DateTimeOffset? At);
