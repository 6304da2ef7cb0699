using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Tests.Programs;

/// <summary>Small made-up tasks whose right answer is known.</summary>
internal static class GivenExamples
{
    private static readonly string[] Topics = ["invoice", "refund", "payment", "password", "login", "crash", "delivery", "parcel", "courier"];
    private static readonly string[] Queues = ["billing", "account", "shipping"];
    private static readonly string[] Filler = ["please", "the", "my", "is", "again", "Überprüfung", "straße", "today", "Привет", "你好", "😀", "1,200", "C3PO", "don't", "!!", "WHY"];

    public static JsonElement Json(object? value) => JsonSerializer.SerializeToElement(value);

    public static LabelledExample Example(object? input, object? output) => new(Json(input), Json(output));

    /// <summary>The first three topics are billing, the next account, the last shipping.</summary>
    public static LabelledExample[] Tickets(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var topic = random.Next(Topics.Length);
            var text = $"{Sentence(random)} {Topics[topic]} {Sentence(random)}";
            var input = new { subject = text, priority = random.Next(1, 6), vip = random.Next(2) == 0, tags = new[] { random.Next(3) == 0 ? "web" : "app" }, nested = new { note = Sentence(random) } };
            return Example(input, Queues[topic / 3]);
        })];
    }

    public static string Sentence(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Filler[random.Next(Filler.Length)]));

    /// <summary>price = 3 · size + 10 when new, plus noise below 1.</summary>
    public static LabelledExample[] Prices(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var (size, isNew) = (random.Next(10, 200), random.Next(2) == 0);
            return Example(new { size, isNew }, Math.Round((3 * size) + (isNew ? 10 : 0) + random.NextDouble(), 2));
        })];
    }

    /// <summary>Gives a task examples of so little sense, in so many classes, that learning from them takes minutes.</summary>
    public static async Task AddSlowAsync(this ExampleService examples, Caller caller, Guid taskId)
    {
        var random = new Random(5);
        var rows = Enumerable.Range(0, 6_000).Select(i => new ExampleInput
        {
            Input = Json(new { text = string.Join(' ', Enumerable.Range(0, 120).Select(_ => $"word{random.Next(20_000)}")) }),
            Output = Json($"class{i % 60}"),
        });
        await examples.AddManyAsync(caller, taskId, [.. rows], CancellationToken.None);
    }

    public static SynthesisResult Learn(IReadOnlyList<LabelledExample> examples, object? outputSchema = null, SynthesisStrategy strategy = SynthesisStrategy.Auto) =>
        Synthesizer.Synthesize(
            new SynthesisRequest { Examples = examples, InputSchema = Json(new { type = "object" }), OutputSchema = Json(outputSchema ?? new { type = "string" }), Strategy = strategy },
            null,
            CancellationToken.None);

    public static JsonElement Answer(this ModelProgram program, object? input) => Json(JsonDocument.Parse(program.Execute(Json(input)).Output).RootElement);
}
