using System.Diagnostics;
using System.Text.Json;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Schemas;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Programs;

/// <summary>Runs a new program on some of the task's examples, one after the other, and says how it did.</summary>
internal sealed class ProgramTrial(IProgramSandbox sandbox, TaskDefinition task)
{
    public const int MaxExamples = 200;

    private const int ShownFailures = 10;
    private const int ExcerptLength = 200;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(30);

    private readonly JsonSchema _output = JsonSchema.Compile(task.OutputSchema);
    private readonly List<TrialFailure> _failures = [];
    private readonly List<double> _times = [];
    private int _right;
    private int _wrong;
    private int _failed;

    public static async Task<IReadOnlyList<Example>> PickAsync(LoopaiDbContext db, Guid taskId, CancellationToken ct) =>

        // The order of a SHA-256 is as good as chance, and the same every time: two versions are tried on the same examples.
        await db.Examples.AsNoTracking().Where(e => e.TaskId == taskId).OrderBy(e => e.InputHash).Take(MaxExamples).ToListAsync(ct);

    public async Task<TrialReport> RunAsync(ProgramSource program, IReadOnlyList<Example> examples, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        string? stopped = null;
        foreach (var example in examples)
        {
            if (Stopwatch.GetElapsedTime(start) > Budget)
            {
                stopped = $"The trial was ended after {Budget.TotalSeconds:0} s, with {_right + _wrong + _failed} of {examples.Count} examples tried.";
                break;
            }

            await TryAsync(program, example, ct);
        }

        _times.Sort();
        return new TrialReport(_right + _wrong + _failed, _right, _wrong, _failed, Quantile(0.5), Quantile(0.95), _failures, stopped);
    }

    private async Task TryAsync(ProgramSource program, Example example, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        var answer = await sandbox.ExecuteAsync(program, System.Text.Encoding.UTF8.GetBytes(example.Input), Timeout, ct);
        var elapsed = Stopwatch.GetElapsedTime(start);
        if (answer.Status != ExecutionStatus.Success)
        {
            _failed++;
            Note(example, null, answer.Error ?? $"The program ended with {answer.Status}.");
            return;
        }

        _times.Add(elapsed.TotalMilliseconds);
        var output = JsonElement.Parse(answer.Output.Span);
        if (_output.Validate(output) is { Count: > 0 } errors)
        {
            _failed++;
            Note(example, output.GetRawText(), $"The output does not fit the output schema: {errors[0].InstancePointer} {errors[0].Message}".Replace(":  ", ": ", StringComparison.Ordinal));
        }
        else if (CanonicalJson.Text(output) == CanonicalJson.Text(JsonElement.Parse(example.Output)))
        {
            _right++;
        }
        else
        {
            _wrong++;
            Note(example, output.GetRawText(), null);
        }
    }

    private void Note(Example example, string? actual, string? error)
    {
        if (_failures.Count < ShownFailures)
        {
            _failures.Add(new TrialFailure(Excerpt(example.Input)!, Excerpt(example.Output)!, Excerpt(actual), Excerpt(error)));
        }
    }

    /// <summary>Nearest rank over the answers that came.</summary>
    private double? Quantile(double q) => _times.Count == 0 ? null : Math.Round(_times[Math.Max(0, (int)Math.Ceiling(q * _times.Count) - 1)], 3);

    private static string? Excerpt(string? text)
    {
        if (text is null || text.Length <= ExcerptLength)
        {
            return text;
        }

        var length = char.IsHighSurrogate(text[ExcerptLength - 1]) ? ExcerptLength - 1 : ExcerptLength;
        return text[..length] + "…";
    }
}

/// <summary>How a program did on examples of its task. Serializes as camelCase JSON.</summary>
/// <param name="Examples">How many were tried.</param>
/// <param name="Right">Answers that were right.</param>
/// <param name="Wrong">Answers that fit the output schema and were not right.</param>
/// <param name="Failed">Errors, time-outs, and answers that do not fit the output schema.</param>
/// <param name="P50Ms">Median time of the answers, in milliseconds; null when there was none.</param>
/// <param name="P95Ms">95th percentile.</param>
/// <param name="Failures">The first that were wrong or failed.</param>
/// <param name="Stopped">Why the trial ended early; null when it did not.</param>
public sealed record TrialReport(
    int Examples, int Right, int Wrong, int Failed, double? P50Ms, double? P95Ms, IReadOnlyList<TrialFailure> Failures, string? Stopped)
{
    /// <summary>Tells this report from a synthesis report.</summary>
    public string Kind => "trial";

    /// <summary>0..1; null when nothing was tried.</summary>
    public double? Accuracy => Examples == 0 ? null : (double)Right / Examples;

    internal ProgramStatus Status => Right > 0 && Failed == 0 && Stopped is null ? ProgramStatus.Validated : ProgramStatus.Draft;
}

/// <param name="Input">The input, shortened.</param>
/// <param name="Expected">What is right, shortened.</param>
/// <param name="Actual">What the program answered, shortened; null when it did not.</param>
/// <param name="Error">What went wrong; null when the answer just was not right.</param>
public sealed record TrialFailure(string Input, string Expected, string? Actual, string? Error);
