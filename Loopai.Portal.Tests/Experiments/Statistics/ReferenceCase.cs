using System.Globalization;
using System.Text.Json;
using Loopai.Core.Experiments.Statistics;
using Loopai.Portal.Tests.Conformance;

namespace Loopai.Portal.Tests.Experiments.Statistics;

/// <summary>A case of the shared reference results, with its own tolerances.</summary>
internal sealed record ReferenceCase(string Id, JsonElement Input, JsonElement Expected, JsonElement Tolerance, JsonElement Also)
{
    private static readonly Lazy<ILookup<string, ReferenceCase>> All = new(() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(ConformanceData.Folder!, "experiment-stats.json"))).RootElement.GetProperty("cases").EnumerateArray()
            .ToLookup(c => c.GetProperty("kind").GetString()!, c => new ReferenceCase(
                c.GetProperty("id").GetString()!, c.GetProperty("input"), c.GetProperty("expected"), c.GetProperty("tolerance"),
                c.TryGetProperty("also", out var also) ? also : default)));

    public static IEnumerable<ReferenceCase> Of(string kind) => All.Value[kind];

    public static IReadOnlyDictionary<string, int> Kinds => All.Value.ToDictionary(g => g.Key, g => g.Count());

    public double Alpha => Number(Input, "alpha");

    public Tail Tail => Input.TryGetProperty("alternative", out var alternative)
        ? alternative.GetString() == "treatment_greater" ? Tail.Greater : Tail.Less
        : Tail.TwoSided;

    public Sample Control => Arm(Input.GetProperty("control"));

    public Sample Treatment => Arm(Input.GetProperty("treatment"));

    public static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    public static Sample Arm(JsonElement arm)
    {
        var n = arm.GetProperty("n").GetInt64();
        if (arm.TryGetProperty("x", out var successes))
        {
            return Sample.Proportion(n, successes.GetDouble());
        }

        if (arm.TryGetProperty("m_post_sum", out _))
        {
            return AdjustedRatio(n, arm);
        }

        if (arm.TryGetProperty("post_sum", out _))
        {
            var binomial = arm.TryGetProperty("type", out var type) && type.GetString() == "binomial";
            return Sample.Adjusted(
                binomial ? SampleKind.Proportion : SampleKind.Mean, n,
                N("post_sum"), N(binomial ? "post_sum" : "post_sum_squares"), N("pre_sum"), N(binomial ? "pre_sum" : "pre_sum_squares"),
                N("post_pre_sum_of_products"));
        }

        return arm.TryGetProperty("m_sum", out _)
            ? Sample.Ratio(n, N("m_sum"), N("m_sum_squares"), N("d_sum"), N("d_sum_squares"), N("m_d_sum_of_products"))
            : Sample.Mean(n, N("sum"), N("sum_squares"));

        double N(string name) => Number(arm, name);
    }

    private static Sample AdjustedRatio(long n, JsonElement arm)
    {
        return Sample.AdjustedRatio(n, [N("m_post_sum"), N("d_post_sum"), N("m_pre_sum"), N("d_pre_sum")], new[,]
        {
            { N("m_post_sum_squares"), N("m_post_d_post"), N("m_post_m_pre"), N("m_post_d_pre") },
            { N("m_post_d_post"), N("d_post_sum_squares"), N("m_pre_d_post"), N("d_post_d_pre") },
            { N("m_post_m_pre"), N("m_pre_d_post"), N("m_pre_sum_squares"), N("m_pre_d_pre") },
            { N("m_post_d_pre"), N("d_post_d_pre"), N("m_pre_d_pre"), N("d_pre_sum_squares") },
        });

        double N(string name) => Number(arm, name);
    }

    /// <summary>Within the case's tolerance, which a field may have of its own.</summary>
    public void Same(double? actual, JsonElement expected, string field)
    {
        if (expected.ValueKind == JsonValueKind.String)
        {
            actual.ShouldBeNull($"{Id}: {field} is {expected}");
            return;
        }

        var tolerance = Tolerance.TryGetProperty(field, out var own) ? own : Tolerance;
        var wanted = expected.GetDouble();
        var allowed = Math.Max(Number(tolerance, "abs"), Number(tolerance, "rel") * Math.Abs(wanted));
        actual.ShouldNotBeNull($"{Id}: {field} should be {wanted}");
        Math.Abs(actual.Value - wanted).ShouldBeLessThanOrEqualTo(
            allowed, string.Create(CultureInfo.InvariantCulture, $"{Id}: {field} is {actual:R}, should be {wanted:R}"));
    }

    public void Same(IReadOnlyList<double> actual, JsonElement expected, string field)
    {
        actual.Count.ShouldBe(expected.GetArrayLength(), Id);
        for (var i = 0; i < actual.Count; i++)
        {
            Same(actual[i], expected[i], field);
        }
    }

    /// <summary>An effect against a block of expected figures; an error has to be named, and has no figures here.</summary>
    public void Same(Effect actual, JsonElement expected, JsonElement error = default)
    {
        if (Failed(actual.State, expected))
        {
            (actual.Uplift, actual.PValue, actual.Interval).ShouldBe((null, null, null), Id);
            return;
        }

        Same(actual.Uplift, expected.GetProperty("uplift"), "uplift");
        if (error.ValueKind != JsonValueKind.Undefined)
        {
            Same(actual.StandardError, error, "standard_error");
            return;
        }

        Same(actual.StandardError, expected.GetProperty("standard_error"), "standard_error");
        Same(actual.PValue, expected.GetProperty("p_value"), "p_value");
        Same(actual.Interval!.Value.Low, expected.GetProperty("ci")[0], "ci");
        Same(actual.Interval!.Value.High, expected.GetProperty("ci")[1], "ci");
        if (expected.TryGetProperty("df", out var df))
        {
            Same(actual.DegreesOfFreedom, df, "df");
            Same(actual.Uplift / actual.StandardError, expected.GetProperty("t_stat"), "t_stat");
        }
    }

    /// <summary>Whether the case is an error, which then has to be the one that is named.</summary>
    public bool Failed(EffectState state, JsonElement expected)
    {
        var code = state switch
        {
            EffectState.TooFewUnits or EffectState.NoVariance => "ZERO_NEGATIVE_VARIANCE",
            EffectState.ZeroBaseline => "ZERO_NEGATIVE_BASELINE_VARIATION",
            EffectState.OutOfRange => "OUT_OF_RANGE",
            EffectState.Estimated => null,
        };
        code.ShouldBe(expected.GetProperty("error").GetString(), Id);
        return code is not null;
    }
}
