using System.Globalization;
using System.Text.Json;
using Loopai.Core.Programs;

namespace Loopai.Bench.Synthesis;

/// <summary>Learns from two examples a class and measures on the rest, beside the figure of the language model that each set comes with.</summary>
internal static class FewShotBench
{
    private const int PerClass = 2;
    private const int Draws = 20;
    private static readonly (string File, string Name, double LanguageModel)[] Sets =
        [("sentiment-2.json", "sentiment", 0.91), ("spam-2.json", "spam", 0.90), ("language-5.json", "language", 0.80)];

    public static void Run(string folder)
    {
        Console.WriteLine("| set | first two of each class | 20 random draws: mean (least to most) | language model |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (var (file, name, languageModel) in Sets)
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, file)));
            var cases = json.RootElement.GetProperty("test_cases").EnumerateArray()
                .Select(test => new LabelledExample(test.GetProperty("input"), test.GetProperty("expected_output"))).ToArray();
            var first = Accuracy(cases, Pick(cases, null));
            var drawn = Enumerable.Range(1, Draws).Select(seed => Accuracy(cases, Pick(cases, new Random(seed)))).ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {first:P1} | {drawn.Average():P1} ({drawn.Min():P0} to {drawn.Max():P0}) | {languageModel:P0} |"));
        }
    }

    private static HashSet<int> Pick(LabelledExample[] cases, Random? random)
    {
        var rows = Enumerable.Range(0, cases.Length).ToArray();
        random?.Shuffle(rows);
        return [.. rows.GroupBy(row => cases[row].Output.GetString(), StringComparer.Ordinal).SelectMany(group => group.Take(PerClass))];
    }

    private static double Accuracy(LabelledExample[] cases, HashSet<int> training)
    {
        var result = Synthesizer.Synthesize(
            new SynthesisRequest
            {
                Examples = [.. cases.Where((_, row) => training.Contains(row))],
                InputSchema = JsonSerializer.SerializeToElement(new { type = "string" }),
                OutputSchema = JsonSerializer.SerializeToElement(new { type = "string" }),
            },
            null,
            CancellationToken.None);
        var program = ModelProgram.Load(result.Artifact);
        var rest = cases.Where((_, row) => !training.Contains(row)).ToArray();
        return rest.Average(test => program.Execute(test.Input).Output.Span.SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(test.Output)) ? 1.0 : 0);
    }
}
