using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Loopai.Core.Programs;
using Loopai.Portal.Demo;

namespace Loopai.Bench.Synthesis;

/// <summary>Trains on 70 % of the mails and measures on the other 30 %, three times, on the same splits as sklearn_baseline.py.</summary>
internal static class MailBench
{
    private const double TestShare = 0.3;
    private static readonly int[] SplitSeeds = [1, 2, 3];
    private static readonly JsonElement InputSchema = JsonSerializer.SerializeToElement(new { type = "object" });
    private static readonly JsonElement OutputSchema = JsonSerializer.SerializeToElement(new { @enum = new[] { "spam", "ham" } });

    public static void Export(string modules, string folder)
    {
        var mails = MailCorpus.Read(modules).ToArray();
        File.WriteAllLines(Path.Combine(folder, "mails.jsonl"), mails.Select(mail => JsonSerializer.Serialize(new { mail.Subject, mail.From, mail.Body, mail.Label }, JsonSerializerOptions.Web)));
        File.WriteAllText(Path.Combine(folder, "splits.json"), JsonSerializer.Serialize(SplitSeeds.Select(seed => TestRows(mails, seed))));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mails.Length} mails, {mails.Count(mail => mail.Label == "spam")} of them spam"));
    }

    public static void Run(string folder, string[] strategies)
    {
        var examples = File.ReadLines(Path.Combine(folder, "mails.jsonl")).Select(Example).ToArray();
        var splits = JsonSerializer.Deserialize<int[][]>(File.ReadAllText(Path.Combine(folder, "splits.json"))) ?? [];
        foreach (var strategy in strategies.Length == 0 ? ["auto"] : strategies)
        {
            var results = splits.Select(test => Measure(examples, test, Enum.Parse<SynthesisStrategy>(strategy, ignoreCase: true))).ToArray();
            Print($"Loopai {strategy} ({string.Join('/', results.Select(result => result.Chosen).Distinct(StringComparer.Ordinal))})", results);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory of the process: {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB"));
    }

    private static int[] TestRows(LabelledMail[] mails, int seed)
    {
        var random = new Random(seed);
        return [.. mails.Index().GroupBy(mail => mail.Item.Label, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).SelectMany(group =>
        {
            var rows = group.Select(mail => mail.Index).ToArray();
            random.Shuffle(rows);
            return rows[..(int)Math.Round(rows.Length * TestShare)];
        }).Order()];
    }

    private static Result Measure(LabelledExample[] examples, int[] test, SynthesisStrategy strategy)
    {
        var held = test.ToHashSet();
        var clock = Stopwatch.StartNew();
        var synthesized = Synthesizer.Synthesize(
            new SynthesisRequest
            {
                Examples = [.. examples.Where((_, row) => !held.Contains(row))],
                InputSchema = InputSchema,
                OutputSchema = OutputSchema,
                Strategy = strategy,
            },
            null,
            CancellationToken.None);
        var seconds = clock.Elapsed.TotalSeconds;
        foreach (var candidate in synthesized.Report.Candidates)
        {
            Console.Error.WriteLine($"  {candidate.Name}: {candidate.Score}{(candidate.Chosen ? " *" : "")}");
        }

        var program = ModelProgram.Load(synthesized.Artifact);
        var right = test.Count(row => program.Execute(examples[row].Input).Output.Span.SequenceEqual(
            JsonSerializer.SerializeToUtf8Bytes(examples[row].Output)));
        clock.Restart();
        foreach (var row in test)
        {
            program.Execute(examples[row].Input);
        }

        var measured = synthesized.Report.Classification!;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  own hold-out {measured.Accuracy:P2}, ECE {measured.Calibration.ExpectedError:0.000}, features {synthesized.Report.Complexity.Features}, rules {synthesized.Report.Complexity.Rules}"));
        return new Result((double)right / test.Length, seconds, clock.Elapsed.TotalMicroseconds / test.Length, synthesized.Artifact.Length, synthesized.Strategy);
    }

    private static LabelledExample Example(string line)
    {
        var mail = JsonSerializer.Deserialize<LabelledMail>(line, JsonSerializerOptions.Web)!;
        return new LabelledExample(
            JsonSerializer.SerializeToElement(new { mail.Subject, mail.From, mail.Body }, JsonSerializerOptions.Web),
            JsonSerializer.SerializeToElement(mail.Label));
    }

    private static void Print(string name, Result[] results) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {results.Average(result => result.Accuracy):P2} ({string.Join(", ", results.Select(result => string.Create(CultureInfo.InvariantCulture, $"{100 * result.Accuracy:0.00}")))}) | {results.Average(result => result.Seconds):0.0} s | {results.Average(result => result.Microseconds):0.0} µs | {results.Average(result => result.Bytes) / 1024:0} KB |"));

    private sealed record Result(double Accuracy, double Seconds, double Microseconds, int Bytes, string Chosen);
}
