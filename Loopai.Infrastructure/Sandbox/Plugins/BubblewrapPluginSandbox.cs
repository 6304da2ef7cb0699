using System.Collections.Concurrent;
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
    private const string RanOut = "ran out of memory (limit ";
    private static readonly JsonDocumentOptions OnceEach = new() { AllowDuplicateProperties = false };

    private readonly ConcurrentDictionary<ProgramLanguage, bool> _available = [];
    private readonly SandboxOptions _options;
    private readonly IProgramSandbox _programs;
    private readonly WarmWorkers _workers;

    public BubblewrapPluginSandbox(SandboxOptions options, IProgramSandbox programs)
    {
        (_options, _programs) = (options, programs);
        _workers = new WarmWorkers(options, WorkerKind.Plugin);
    }

    /// <inheritdoc />
    public string? Unavailable => ReasonAgainst(ProgramLanguage.Python) is { } reason && ReasonAgainst(ProgramLanguage.JavaScript) is not null ? reason : null;

    /// <inheritdoc />
    public int MaxWorkers => _options.MaxWorkers;

    /// <inheritdoc />
    public bool IsWarm(PluginCode code) => _workers.IsWarm(PluginBundle.Of(code).Id);

    /// <inheritdoc />
    public async Task<PluginAnswer> WarmAsync(PluginCode code, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var program = PluginBundle.Of(code);
        var answer = await ReasonAgainstAsync(program.Language, ct) is { } reason
            ? SandboxAnswer.Unavailable(reason)
            : await _workers.KeepAsync(program, LimitsOf(code), ct);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return answer.Status == ExecutionStatus.Success
            ? new PluginAnswer(PluginCallStatus.Answered, null, null, elapsed, "")
            : TranslateFailure(answer, "", elapsed);
    }

    /// <inheritdoc />
    public Task<PluginAnswer> CallAsync(PluginCode code, PluginCall call, CancellationToken ct)
    {
        var run = RunAsync(code, call, ct);
        return ct.CanBeCanceled ? run.WaitAsync(ct) : run;
    }

    /// <summary>Kills all workers and waits until they are gone.</summary>
    public ValueTask DisposeAsync() => _workers.DisposeAsync();

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

    /// <summary>The same, off the caller's thread: what is found out by running a program takes a while.</summary>
    private async ValueTask<string?> ReasonAgainstAsync(ProgramLanguage language, CancellationToken ct) =>
        _available.ContainsKey(language) ? null : await Task.Run(() => ReasonAgainst(language), ct);

    private async Task<PluginAnswer> RunAsync(PluginCode code, PluginCall call, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var program = PluginBundle.Of(code);
        var (answer, printed) = await ReasonAgainstAsync(program.Language, ct) is { } reason
            ? (SandboxAnswer.Unavailable(reason), "")
            : await AskAsync(program, code, call, ct);
        _workers.Metrics.Answered(program.Language, answer.Status, started);
        return Translate(answer, printed, call.Hook, Stopwatch.GetElapsedTime(started));
    }

    private async Task<(SandboxAnswer Answer, string Printed)> AskAsync(ProgramSource program, PluginCode code, PluginCall call, CancellationToken ct)
    {
        var printed = "";
        var answer = await _workers.AskAsync(program, LimitsOf(code), async worker =>
        {
            using var replies = new PluginReplies(call.Network, code.Limits.Time);
            var payload = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["hook"] = call.Hook, ["arguments"] = call.Arguments.DeepClone() });
            var said = await worker.CallAsync(payload, code.Limits.Time, call.Hook, replies.ReplyAsync);
            printed = worker.Printed;
            return said;
        }, ct);
        return (answer, printed);
    }

    private SandboxOptions LimitsOf(PluginCode code) => _options with { MemoryMegabytes = Math.Min(code.Limits.MemoryMb, _options.MemoryMegabytes) };

    private static PluginAnswer Translate(SandboxAnswer answer, string printed, string hook, TimeSpan elapsed)
    {
        if (answer.Status != ExecutionStatus.Success)
        {
            return TranslateFailure(answer, printed, elapsed);
        }

        return Read(answer.Output.Span) is { } said && said.ContainsKey("value")
            ? new PluginAnswer(PluginCallStatus.Answered, said["value"]?.DeepClone(), null, elapsed, PrintedOf(said))
            : new PluginAnswer(PluginCallStatus.Failed, null, $"{hook} gave an answer that the sandbox did not write", elapsed, printed);
    }

    private static PluginAnswer TranslateFailure(SandboxAnswer answer, string printed, TimeSpan elapsed)
    {
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
