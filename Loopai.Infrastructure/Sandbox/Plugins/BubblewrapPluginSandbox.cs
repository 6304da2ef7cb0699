using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Executions;
using Loopai.Core.Plugins.Runtime;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox.Plugins;

/// <summary>Runs plugins in pools of warm bubblewrap workers of their own, so that neither they nor the programs of tasks put each other out.</summary>
/// <param name="options">The limits of the pools; a package brings its own limits of time and memory.</param>
/// <param name="programs">Knows whether the interpreters can be sandboxed here.</param>
public sealed class BubblewrapPluginSandbox : IPluginSandbox, IAsyncDisposable, IDisposable
{
    private static readonly SandboxAnswer Ready = new(ExecutionStatus.Success, default, null, null);
    private const string RanOut = "ran out of memory (limit ";
    private static readonly JsonDocumentOptions OnceEach = new() { AllowDuplicateProperties = false };

    private readonly SandboxMetrics _metrics = new(WorkerKind.Plugin);
    private readonly ConcurrentDictionary<ProgramLanguage, bool> _available = [];
    private readonly SandboxOptions _options;
    private readonly IProgramSandbox _programs;
    private readonly WorkerFactory _factory;
    private readonly WorkerPools _pools;
    private readonly Timer _trimming;

    public BubblewrapPluginSandbox(SandboxOptions options, IProgramSandbox programs)
    {
        (_options, _programs) = (options, programs);
        _factory = new WorkerFactory(options, _metrics, WorkerKind.Plugin);
        _pools = new WorkerPools(options);
        _trimming = new Timer(_ => _pools.Trim(), null, options.IdleTime / 4, options.IdleTime / 4);
    }

    /// <inheritdoc />
    public string? Unavailable => ReasonAgainst(ProgramLanguage.Python) is { } reason && ReasonAgainst(ProgramLanguage.JavaScript) is not null ? reason : null;

    /// <inheritdoc />
    public int MaxWorkers => _options.MaxWorkers;

    /// <inheritdoc />
    public bool IsWarm(PluginCode code) => _pools.IsWarm(PluginBundle.Of(code).Id);

    /// <inheritdoc />
    public Task<PluginAnswer> WarmAsync(PluginCode code, CancellationToken ct) => RunAsync(code, null, ct);

    /// <inheritdoc />
    public Task<PluginAnswer> CallAsync(PluginCode code, PluginCall call, CancellationToken ct)
    {
        var run = RunAsync(code, call, ct);
        return ct.CanBeCanceled ? run.WaitAsync(ct) : run;
    }

    /// <summary>Kills all workers and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _trimming.DisposeAsync();
        _pools.Close();
        await _factory.DisposeAsync();
        _metrics.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync" />
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private string? ReasonAgainst(ProgramLanguage language)
    {
        if (_available.ContainsKey(language))
        {
            return null;
        }

        var found = _programs.Availability(language);
        _ = found.IsAvailable && _available.TryAdd(language, true);
        return found.Reason;
    }

    /// <param name="code">The package.</param>
    /// <param name="call">The call; null to start a worker only.</param>
    /// <param name="ct">Ends the wait for a worker.</param>
    private async Task<PluginAnswer> RunAsync(PluginCode code, PluginCall? call, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var program = PluginBundle.Of(code);
        var reason = _available.ContainsKey(program.Language) ? null : await Task.Run(() => ReasonAgainst(program.Language), ct);
        var (answer, printed) = reason is null
            ? await RunInPoolAsync(program, code.Limits, call, ct)
            : (SandboxAnswer.Unavailable(reason), "");
        if (call is null)
        {
            return TranslateStart(answer, printed, Stopwatch.GetElapsedTime(started));
        }

        _metrics.Answered(program.Language, answer.Status, started);
        return Translate(answer, printed, call.Hook, Stopwatch.GetElapsedTime(started));
    }

    private async Task<(SandboxAnswer Answer, string Printed)> RunInPoolAsync(ProgramSource program, PluginLimits limits, PluginCall? call, CancellationToken ct)
    {
        var (isKept, room) = call is null ? _pools.Keep(program) : (false, await _pools.TakeAsync(program, ct));
        if (isKept)
        {
            return (Ready, "");
        }

        if (room is not { } grant)
        {
            return (SandboxAnswer.Unavailable("the sandbox is too busy; try again in a moment"), "");
        }

        var worker = grant.Worker;
        try
        {
            if (worker is null)
            {
                (worker, var loaded) = await _factory.StartAsync(program, _options with { MemoryMegabytes = Math.Min(limits.MemoryMb, _options.MemoryMegabytes) });
                if (worker is null)
                {
                    return (loaded, "");
                }

                ct.ThrowIfCancellationRequested();
            }

            if (call is null)
            {
                return (Ready, "");
            }

            using var replies = new PluginReplies(call.Network, limits.Time);
            var payload = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["hook"] = call.Hook, ["arguments"] = call.Arguments.DeepClone() });
            return (await worker.CallAsync(payload, limits.Time, call.Hook, replies.ReplyAsync), worker.Printed);
        }
        catch (Exception failure) when (failure is SandboxUnavailableException or Win32Exception or IOException)
        {
            return (SandboxAnswer.Unavailable("the sandbox could not start a worker: " + failure.Message), "");
        }
        finally
        {
            _pools.Return(grant.Pool, worker);
        }
    }

    private static PluginAnswer TranslateStart(SandboxAnswer answer, string printed, TimeSpan elapsed) => answer.Status == ExecutionStatus.Success
        ? new PluginAnswer(PluginCallStatus.Answered, null, null, elapsed, printed)
        : Translate(answer, printed, "load", elapsed);

    private static PluginAnswer Translate(SandboxAnswer answer, string printed, string hook, TimeSpan elapsed)
    {
        if (answer.Status == ExecutionStatus.Success)
        {
            return Read(answer.Output.Span) is { } said && said.ContainsKey("value")
                ? new PluginAnswer(PluginCallStatus.Answered, said["value"]?.DeepClone(), null, elapsed, PrintedOf(said))
                : new PluginAnswer(PluginCallStatus.Failed, null, $"{hook} gave an answer that the sandbox did not write", elapsed, printed);
        }

        var (error, text) = ErrorOf(answer.Error ?? "", printed);
        var status = answer switch
        {
            { NeverRan: true } => PluginCallStatus.Unavailable,
            { Status: ExecutionStatus.Timeout } => PluginCallStatus.TimedOut,
            _ when error.Contains(RanOut, StringComparison.Ordinal) => PluginCallStatus.OutOfMemory,
            _ => PluginCallStatus.Failed,
        };
        return new PluginAnswer(status, null, error, elapsed, text);
    }

    /// <summary>What the worker reports is JSON; what is said about a worker that ended is a sentence.</summary>
    private static (string Error, string Printed) ErrorOf(string error, string printed) =>
        error.StartsWith('{') && Read(Encoding.UTF8.GetBytes(error)) is { } said && TextOf(said["error"]) is { } text
            ? (text, PrintedOf(said))
            : (error, printed);

    /// <summary>Null when it is no object, or one that names a member twice, which the plugin wrote past its worker.</summary>
    private static JsonObject? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            // Members are read when they are counted; a name may hold half of a character.
            return JsonNode.Parse(json, null, OnceEach) is JsonObject { Count: >= 0 } said ? said : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static string PrintedOf(JsonObject said) => TextOf(said["printed"]) ?? "";

    private static string? TextOf(JsonNode? node)
    {
        try
        {
            return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a character, which JSON can escape and no text can hold.
            return null;
        }
    }
}
