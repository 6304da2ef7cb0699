namespace Loopai.Infrastructure.Sandbox;

/// <param name="Script">The script that its workers start with, without its ending.</param>
/// <param name="Noun">What runs in it, for messages and metrics.</param>
internal sealed record WorkerKind(string Script, string Noun)
{
    public static WorkerKind Program { get; } = new("worker", "program");

    public static WorkerKind Plugin { get; } = new("plugin", "plugin");
}
