namespace Loopai.Portal.Tests.Postgres;

/// <summary>A folder that goes with its test. Only its owner can enter it, as with a checkout under /root.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("loopai-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
