namespace Loopai.Portal.Components.Surfaces;

/// <summary>Whether a change is good news; more is better for accuracy and worse for latency.</summary>
public enum Trend
{
    Neutral,
    Better,
    Worse,
}

public static class Trends
{
    public static Trend Of(double change, bool higherIsBetter) =>
        change == 0 ? Trend.Neutral : change > 0 == higherIsBetter ? Trend.Better : Trend.Worse;
}
