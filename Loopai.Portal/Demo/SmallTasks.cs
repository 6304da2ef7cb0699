using System.Text.Json;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;

namespace Loopai.Portal.Demo;

/// <summary>Two tasks of other fields beside the large one: a learned one over sentences, and one whose program a person wrote.</summary>
internal static class SmallTasks
{
    private static readonly string[] Apps = ["web-chat", "mobile-app", "help-center", "newsletter"];
    private static readonly string[] Desks = ["desk-berlin", "desk-austin", "desk-porto"];

    public static DemoTask SentenceLanguage(DateTimeOffset end)
    {
        const int forTraining = 28;
        var sentences = Read<Dictionary<string, string[]>>("sentences.json");

        // Those of a language lie together in the file; traffic has them mixed.
        var held = Enumerable.Range(forTraining, sentences.Values.Max(s => s.Length) - forTraining)
            .SelectMany(i => sentences.Where(s => i < s.Value.Length).Select(s => (Sentence: s.Value[i], Language: s.Key))).ToList();
        var calls = Enumerable.Range(0, 4).SelectMany(_ => held).ToList();
        return new DemoTask(
            new TaskSpecification
            {
                Name = "Sentence language",
                Description = "Names the language of a chat message, so that it reaches somebody who speaks it.",
                InputSchema = """{"type":"object","properties":{"sentence":{"type":"string","minLength":1}},"required":["sentence"],"additionalProperties":false}""",
                OutputSchema = """{"type":"string","enum":["english","german","french","spanish","italian"]}""",
                AccuracyTarget = 0.95,
                LatencyTargetMs = 2,
                Sampling = new SamplingPolicy { Rate = 0.2, LowConfidenceBelow = 0.5, LowConfidenceRate = 1, Oracle = Oracle.LabelsThenPerson },
                Tags = new TaskTags(["chat", "support"]),
            },
            [
                .. sentences.SelectMany(s => s.Value.Take(forTraining).Select(text => DemoTask.Example(Sentence(text), s.Key, forTraining: true))),

                // Three stay without a label: a person is asked.
                .. held.SkipLast(3).Select(s => DemoTask.Example(Sentence(s.Sentence), s.Language, forTraining: false)),
            ],
            [new DemoVersion("auto", null, "Learned from 140 everyday sentences.")],
            Spread([.. calls.Select(c => Sentence(c.Sentence))], Apps, end, seed: 2));
    }

    public static DemoTask TicketPriority(DateTimeOffset end)
    {
        var tickets = Read<TicketFile>("tickets.json");
        var labelled = tickets.Tickets.Select(t => (Input: TicketInput(t), t.Priority)).ToList();

        // Every ticket three times with other numbers of users, of which the labels know one.
        var calls = Enumerable.Range(0, 3)
            .SelectMany(round => tickets.Tickets.Select((t, i) => TicketInput(t with { AffectedUsers = t.AffectedUsers + ((round + i) % 3) })))
            .ToList();
        return new DemoTask(
            new TaskSpecification
            {
                Name = "Ticket priority",
                Description = "Sorts support tickets by how urgent they are: the subject, the customer's plan, and how many people are stuck.",
                InputSchema = """
                    {
                      "type": "object",
                      "properties": {
                        "subject": { "type": "string" },
                        "plan": { "type": "string", "enum": ["free", "team", "enterprise"] },
                        "affectedUsers": { "type": "integer", "minimum": 0 }
                      },
                      "required": ["subject", "plan", "affectedUsers"],
                      "additionalProperties": false
                    }
                    """,
                OutputSchema = """{"type":"string","enum":["urgent","high","normal","low"]}""",
                AccuracyTarget = 0.9,
                LatencyTargetMs = 20,
                Sampling = new SamplingPolicy { Rate = 0.15, Oracle = Oracle.LabelsThenPerson },
                Tags = new TaskTags(["support"]),
            },
            [.. labelled.Select(t => DemoTask.Example(t.Input, t.Priority, forTraining: true))],
            [new DemoVersion(null, new CreateProgram(ProgramLanguage.Python, DemoResource.Text("ticket_priority.py"), null), "The support team's own rules, written down.")],
            Spread(calls, Desks, end, seed: 3));
    }

    private static List<DemoCall> Spread(List<JsonElement> inputs, string[] units, DateTimeOffset end, int seed)
    {
        const int live = 6;
        var times = TrafficPlan.Times(inputs.Count - live, end, seed);
        return [.. inputs.Select((input, i) => new DemoCall(input, units[i * 7 % units.Length], 1, i < times.Count ? times[i] : null))];
    }

    private static JsonElement Sentence(string text) => JsonSerializer.SerializeToElement(new { sentence = text });

    private static JsonElement TicketInput(Ticket ticket) => JsonSerializer.SerializeToElement(new { ticket.Subject, ticket.Plan, ticket.AffectedUsers }, JsonSerializerOptions.Web);

    private static T Read<T>(string name) => JsonSerializer.Deserialize<T>(DemoResource.Text(name), JsonSerializerOptions.Web)!;

    private sealed record TicketFile(IReadOnlyList<Ticket> Tickets);

    private sealed record Ticket(string Subject, string Plan, int AffectedUsers, string Priority);
}

/// <summary>The demo's own data, carried in the assembly.</summary>
internal static class DemoResource
{
    public static string Text(string name)
    {
        using var stream = typeof(DemoResource).Assembly.GetManifestResourceStream($"demo/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
