using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Rollouts;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;

namespace Loopai.Portal.Demo;

/// <summary>
/// Mails that were really sent: is this one spam? Rules answer at first; from the sixth day on an experiment compares them with a learned model, sender
/// by sender.
/// </summary>
internal static class SpamFilterTask
{
    public const string Name = "Spam filter";

    /// <summary>Calls of this moment, so that today has some.</summary>
    private const int LiveCalls = 40;

    private const int DaysOfVersion1 = 5;

    /// <summary>Calls while the winner goes into service, stage by stage: as many as let its gates speak.</summary>
    private static readonly int[] CallsByStage = [180, 90, 30];

    private static readonly string[] Mailboxes =
        ["support", "sales", "info", "jobs", "billing", "press", "anna.keller", "tom.okafor", "maria.lopez", "office"];

    public static TaskSpecification Specification { get; } = new()
    {
        Name = Name,
        Description = "Decides whether an incoming mail is spam, before it reaches a mailbox. Learned from 4,000 labelled mails of the SpamAssassin public corpus.",
        InputSchema = """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "properties": {
                "subject": { "type": "string", "description": "The mail's subject, decoded" },
                "from": { "type": "string", "description": "The sender as the mail names it" },
                "body": { "type": "string", "description": "The text of the mail, without markup" }
              },
              "required": ["subject", "from", "body"],
              "additionalProperties": false
            }
            """,
        OutputSchema = """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "string",
              "enum": ["spam", "ham"]
            }
            """,
        AccuracyTarget = 0.97,
        LatencyTargetMs = 5,
        // While versions are compared every answer is checked: the learned model errs so rarely that a sample would hold no error to learn from.
        Sampling = new SamplingPolicy { Rate = 1, Oracle = Oracle.LabelsThenPerson },
        Tags = new TaskTags(["mail"]),
    };

    /// <param name="mails">Which mail plays which part.</param>
    /// <param name="end">When the imported traffic ends.</param>
    public static DemoTask Of(MailPlan mails, DateTimeOffset end) => new(
        Specification,
        [
            .. mails.Training.Select(m => DemoTask.Example(MailPlan.Input(m), m.Label, forTraining: true)),
            .. mails.Labelled.Select(m => DemoTask.Example(MailPlan.Input(m), m.Label, forTraining: false)),
        ],
        [
            new DemoVersion("rule", null, "Rules that read as sentences: a start that everybody can check."),
            new DemoVersion("ml", null, "A linear model over words and letter sequences; catches what the rules of version 1 miss."),
        ],
        Calls(mails, end))
    {
        // The corpus has no others: those of the first days come once more, and their labels judge the answers again.
        Later = [.. mails.Labelled.Take(CallsByStage.Sum()).Select((mail, i) => new DemoCall(MailPlan.Input(mail), SenderOf(mail, i), null, At: null))],
    };

    /// <summary>The part of the later calls that belongs to a stage, from 0.</summary>
    public static IEnumerable<DemoCall> LaterOf(DemoTask task, int stage) => task.Later.Skip(CallsByStage.Take(stage).Sum()).Take(CallsByStage[stage]);

    private static List<DemoCall> Calls(MailPlan mails, DateTimeOffset end)
    {
        var traffic = Mixed(mails);
        var live = Math.Min(LiveCalls, traffic.Count / 4);
        var times = TrafficPlan.Times(traffic.Count - live, end);
        var switched = end.AddDays(DaysOfVersion1 - TrafficPlan.Days);
        return
        [
            .. traffic.Select((mail, i) => i < times.Count
                ? times[i] < switched ? new DemoCall(MailPlan.Input(mail), Mailbox(i), 1, times[i]) : new DemoCall(MailPlan.Input(mail), SenderOf(mail, i), null, times[i])
                : new DemoCall(MailPlan.Input(mail), SenderOf(mail, i), null, At: null)),
        ];
    }

    /// <summary>When the experiment starts, for traffic that ends then.</summary>
    public static DateTimeOffset ExperimentStart(DateTimeOffset end) => end.AddDays(DaysOfVersion1 - TrafficPlan.Days);

    /// <summary>Rules against the learned model, by how often they are right.</summary>
    public static ExperimentDraft Experiment(Guid taskId) => new()
    {
        TaskId = taskId,
        Key = "spam-filter-v2",
        Name = "Learned model against rules",
        Hypothesis = "The learned model of version 2 is right more often than the rules of version 1, because it knows words that no rule names.",
        Variants = [new VariantDraft("control", "Rules", 1, 0.5), new VariantDraft("learned", "Learned model", 2, 0.5)],
        Metrics = [new ChosenMetric("accuracy", MetricRole.Goal, 0.01), new ChosenMetric("success_rate", MetricRole.Guardrail), new ChosenMetric("latency", MetricRole.Secondary)],
        Plan = new AnalysisPlan { TargetUnits = 1000, MinDays = 7 },
        Breaker = new CircuitBreaker(),
        AutomaticWinner = new AutomaticWinner(CoolDownHours: 0, new RolloutPlan { Stages = [new(25, 0, 20), new(50, 0, 20), new(100, 0, 20)] }),
    };

    /// <summary>Who sent the mail: the unit of the experiment, so that one sender meets one version.</summary>
    private static string SenderOf(LabelledMail mail, int i) =>
        mail.From.Trim() is { Length: > 0 and <= Execution.MaxUnitLength } sender ? sender : $"unknown sender {i}";

    /// <summary>The mails without a label, evenly among the others.</summary>
    private static List<LabelledMail> Mixed(MailPlan mails)
    {
        var mixed = mails.Labelled.ToList();
        for (var i = 0; i < mails.Unlabelled.Count; i++)
        {
            mixed.Insert((int)((i + 0.5) * mixed.Count / mails.Unlabelled.Count), mails.Unlabelled[i]);
        }

        return mixed;
    }

    // The first mailboxes get the most mail.
    private static string Mailbox(int i) => $"{Mailboxes[(int)(Mailboxes.Length * Math.Pow(i * 0.618034 % 1, 1.7))]}@acme.example";
}
