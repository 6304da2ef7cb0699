using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;
using Loopai.Infrastructure.Sandbox;
using Loopai.Infrastructure.Sandbox.Plugins;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>One sandbox for the plugins of a class of tests.</summary>
public sealed class PluginSandboxFixture : IAsyncLifetime
{
    private readonly BubblewrapSandbox _programs = new(new SandboxOptions());

    public PluginSandboxFixture() => Sandbox = new BubblewrapPluginSandbox(new SandboxOptions { MaxWorkers = 4, WorkersPerProgram = 1, MaxOutputBytes = 64 * 1024 }, _programs);

    public BubblewrapPluginSandbox Sandbox { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        await _programs.DisposeAsync();
    }

    /// <summary>A package of one file, or of several.</summary>
    public static PluginCode Code(PluginLanguage language, string source, params (string Path, string Text)[] others)
    {
        var entry = "main" + language.Extension();
        var files = others.Append((entry, source)).ToDictionary(f => f.Item1, f => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(f.Item2)), StringComparer.Ordinal);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', files.Select(f => f.Key + Encoding.UTF8.GetString(f.Value.Span))))));
        return new PluginCode(hash, language, entry, files, new Dictionary<string, PluginCode>(), new PluginLimits(TimeSpan.FromSeconds(5), 64));
    }

    public static PluginCode Within(PluginCode code, int milliseconds) => code with { Limits = code.Limits with { Time = TimeSpan.FromMilliseconds(milliseconds) } };

    /// <summary>Asks for a verdict.</summary>
    public Task<PluginAnswer> ValidateAsync(PluginCode code, string arguments = """{"execution": {}, "config": {}}""", IPluginNetwork? network = null) =>
        Sandbox.CallAsync(code, new PluginCall("validate", JsonNode.Parse(arguments)!.AsObject(), network ?? new Canned()), CancellationToken.None);

    /// <summary>A network that answers the same to everybody, and remembers who was asked.</summary>
    public sealed class Canned : IPluginNetwork
    {
        public List<PluginRequest> Asked { get; } = [];

        public Task<PluginResponse> SendAsync(PluginRequest request, CancellationToken ct)
        {
            Asked.Add(request);
            return Task.FromResult(new PluginResponse(200, new Dictionary<string, string> { ["content-type"] = "text/plain" }, "pong"));
        }
    }
}
