using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Experiments;
using Loopai.Core.Rollouts;

namespace Loopai.Portal.Pages.Experiments.Builder;

/// <summary>What a person has said so far about an experiment. Knows no page; shares are in percent, as people say them.</summary>
public sealed class ExperimentForm
{
    public Guid? TaskId { get; set; }

    public string Name { get; set; } = "";

    public string Hypothesis { get; set; } = "";

    public List<VariantForm> Variants { get; private set; } = [];

    public double? CoveragePercent { get; set; } = 100;

    public bool RequiresUnit { get; set; }

    public List<ConditionForm> Conditions { get; private set; } = [];

    /// <summary>A condition that the rows above cannot say, as JSON.</summary>
    public string? ConditionJson { get; set; }

    public string NamespaceName { get; set; } = "";

    public double? NamespaceFrom { get; set; } = 0;

    public double? NamespaceTo { get; set; } = 100;

    public string? HoldoutId { get; set; }

    public string Goal { get; set; } = "accuracy";

    public double? MinimumEffectPercent { get; set; } = 1;

    public List<string> Secondary { get; private set; } = [];

    public List<string> Guardrails { get; private set; } = ["success_rate", "latency"];

    public StatisticalMethod Method { get; set; } = StatisticalMethod.Sequential;

    public double? AlphaPercent { get; set; } = 5;

    public double? PowerPercent { get; set; } = 80;

    public double? MaxDays { get; set; }

    public double? TargetUnits { get; set; }

    public string Segments { get; set; } = "";

    public bool Breaker { get; set; } = true;

    public double? MaxFailurePercent { get; set; } = 20;

    public bool Automatic { get; set; }

    public double? CoolDownHours { get; set; } = 24;

    /// <summary>By which stages a winner goes into service; null for at once.</summary>
    public RolloutPlan? Rollout { get; set; } = new();

    public bool RequiresApproval { get; set; }

    /// <summary>The active version against the newest other one: what most experiments are.</summary>
    public void Propose(int? active, int last)
    {
        var control = active ?? Math.Max(1, last - 1);
        var treatment = last != control ? last : Math.Max(1, last - 1);
        Variants = [new VariantForm { Version = control, SharePercent = 50 }, new VariantForm { Version = treatment, SharePercent = 50 }];
    }

    public void AddVariant(int version)
    {
        Variants.Add(new VariantForm { Version = version });
        ShareEqually();
    }

    /// <summary>Gives all that answer the same share; what does not divide goes to the last.</summary>
    public void ShareEqually()
    {
        var answering = Variants.Where(v => !v.Shadow).ToList();
        for (var i = 0; i < answering.Count; i++)
        {
            var each = Math.Floor(10_000.0 / answering.Count) / 100;
            answering[i].SharePercent = i == answering.Count - 1 ? Math.Round(100 - (each * (answering.Count - 1)), 2) : each;
        }

        Variants.Where(v => v.Shadow).ToList().ForEach(v => v.SharePercent = 0);
    }

    public double ShareSum => Math.Round(Variants.Sum(v => v.SharePercent ?? 0), 4);

    public ExperimentDraft ToDraft() => new()
    {
        TaskId = TaskId,
        Name = Name,
        Hypothesis = Hypothesis,
        Variants = [.. Variants.Select((v, i) => new VariantDraft(v.Key, v.Name, v.Version, Share(v.SharePercent) ?? 0, null, v.Shadow))],
        Coverage = Share(CoveragePercent),
        RequiresUnit = RequiresUnit,
        Targeting = Targeting() is { } condition ? JsonSerializer.SerializeToElement(condition) : null,
        Namespace = NamespaceName.Trim().Length == 0 ? null : new NamespaceShare(NamespaceName.Trim(), Share(NamespaceFrom) ?? 0, Share(NamespaceTo) ?? 1),
        HoldoutId = Guid.TryParse(HoldoutId, out var holdout) ? holdout : null,
        Metrics =
        [
            new ChosenMetric(Goal, MetricRole.Goal, Share(MinimumEffectPercent)),
            .. Guardrails.Where(m => m != Goal).Select(m => new ChosenMetric(m, MetricRole.Guardrail)),
            .. Secondary.Where(m => m != Goal && !Guardrails.Contains(m)).Select(m => new ChosenMetric(m, MetricRole.Secondary)),
        ],
        Segments = [.. Segments.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
        Plan = ToPlan(),
        Breaker = Breaker ? new CircuitBreaker(Share(MaxFailurePercent) ?? 0.2) : null,
        AutomaticWinner = Automatic ? new AutomaticWinner(CoolDownHours ?? 24, Rollout) : null,
        RequiresApproval = RequiresApproval,
        Without = [.. Removed()],
    };

    public AnalysisPlan ToPlan() => new()
    {
        Method = Method, Alpha = Share(AlphaPercent) ?? 0.05, Power = Share(PowerPercent) ?? 0.8, MaxDays = MaxDays, TargetUnits = (long?)TargetUnits,
    };

    public static ExperimentForm Of(Experiment experiment)
    {
        var goal = experiment.Metrics.FirstOrDefault(m => m.Role == MetricRole.Goal);
        var form = new ExperimentForm
        {
            TaskId = experiment.TaskId, Name = experiment.Name, Hypothesis = experiment.Hypothesis, CoveragePercent = Percent(experiment.Coverage), RequiresUnit = experiment.RequiresUnit,
            NamespaceName = experiment.Namespace?.Name ?? "", NamespaceFrom = Percent(experiment.Namespace?.Start ?? 0), NamespaceTo = Percent(experiment.Namespace?.End ?? 1),
            HoldoutId = experiment.HoldoutId?.ToString(), Goal = goal?.Metric ?? "accuracy", MinimumEffectPercent = Percent(goal?.MinimumEffect ?? 0.01),
            Secondary = [.. experiment.Metrics.Where(m => m.Role == MetricRole.Secondary).Select(m => m.Metric)],
            Guardrails = [.. experiment.Metrics.Where(m => m.Role == MetricRole.Guardrail).Select(m => m.Metric)],
            Method = experiment.Plan.Method, AlphaPercent = Percent(experiment.Plan.Alpha), PowerPercent = Percent(experiment.Plan.Power), MaxDays = experiment.Plan.MaxDays,
            TargetUnits = experiment.Plan.TargetUnits, Segments = string.Join(", ", experiment.Segments), Breaker = experiment.Breaker is not null,
            MaxFailurePercent = Percent(experiment.Breaker?.MaxFailureRate ?? 0.2), Automatic = experiment.AutomaticWinner is not null,
            CoolDownHours = experiment.AutomaticWinner?.CoolDownHours ?? 24, Rollout = experiment.AutomaticWinner is { } winner ? winner.Rollout : new(), RequiresApproval = experiment.RequiresApproval,
            Variants = [.. experiment.Variants.Select(v => new VariantForm { Key = v.Key, Name = v.Name, Version = v.Version, SharePercent = Percent(v.Weight), Shadow = v.Shadow })],
        };
        form.ReadTargeting(experiment.Targeting);
        return form;
    }

    private static double Percent(double share) => Math.Round(share * 100, 6);

    private static double? Share(double? percent) => percent is { } value ? Math.Round(value / 100, 8) : null;

    /// <summary>The condition as the hot path reads it; null for everybody.</summary>
    private JsonNode? Targeting()
    {
        if (!string.IsNullOrWhiteSpace(ConditionJson))
        {
            try
            {
                return JsonNode.Parse(ConditionJson);
            }
            catch (JsonException)
            {
                // Said where it is checked: an array is no condition.
                return new JsonArray();
            }
        }

        var said = Conditions.Where(c => c.Attribute.Trim().Length > 0).ToList();
        return said.Count == 0 ? null : said.Count == 1 ? said[0].ToJson() : new JsonObject { ["$and"] = new JsonArray([.. said.Select(c => (JsonNode)c.ToJson())]) };
    }

    private void ReadTargeting(string? targeting)
    {
        if (targeting is null)
        {
            return;
        }

        var node = JsonNode.Parse(targeting) as JsonObject;
        var parts = node is { Count: 1 } && node["$and"] is JsonArray all ? all.OfType<JsonObject>().ToList() : node is null ? [] : [node];
        var rows = parts.Select(ConditionForm.Of).ToList();
        if (rows.TrueForAll(r => r is not null))
        {
            Conditions = [.. rows.OfType<ConditionForm>()];
        }
        else
        {
            ConditionJson = targeting;
        }
    }

    private IEnumerable<string> Removed()
    {
        if (Targeting() is null)
        {
            yield return "targeting";
        }

        if (NamespaceName.Trim().Length == 0)
        {
            yield return "namespace";
        }

        if (string.IsNullOrEmpty(HoldoutId))
        {
            yield return "holdoutId";
        }

        if (!Automatic)
        {
            yield return "automaticWinner";
        }

        if (!Breaker)
        {
            yield return "breaker";
        }
    }
}
