using Loopai.Core.Programs;
using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Tasks.Versions;

/// <param name="Name">What is compared.</param>
/// <param name="Left">The first version's figure.</param>
/// <param name="Right">The second's.</param>
/// <param name="Difference">How the second differs; empty where a difference says nothing.</param>
/// <param name="Trend">Whether that is good news.</param>
/// <param name="Help">How the figure is known.</param>
internal sealed record ComparisonRow(string Name, string Left, string Right, string Difference = "", Trend Trend = Trend.Neutral, string? Help = null);

/// <summary>Two versions figure by figure.</summary>
internal static class ComparisonRows
{
    public static IEnumerable<ComparisonRow> Of(ProgramComparison pair)
    {
        var (left, right) = (pair.Left, pair.Right);
        var (leftReport, rightReport) = (VersionReport.Read(left.Program.Report), VersionReport.Read(right.Program.Report));
        yield return new("Status", left.Program.Status.ToString().ToLowerInvariant(), right.Program.Status.ToString().ToLowerInvariant());
        yield return new("Made as", VersionWords.Strategy(left.Program.Strategy), VersionWords.Strategy(right.Program.Strategy));
        yield return Share("Measured accuracy", left.Program.Accuracy, right.Program.Accuracy, "on examples, when it was made");
        yield return new("95 % interval", Interval(leftReport.Accuracy), Interval(rightReport.Accuracy));
        yield return Share("Accuracy on traffic", Traffic(left), Traffic(right), "checked executions, unweighted");
        yield return Number("Checked executions", left.Matched + left.Mismatched, right.Matched + right.Mismatched);
        foreach (var row in PerClass(leftReport, rightReport))
        {
            yield return row;
        }

        yield return Time("Time of one execution", Milliseconds(leftReport), Milliseconds(rightReport));
        yield return new("Size", Format.Bytes(left.Program.SizeBytes), Format.Bytes(right.Program.SizeBytes), Times(left.Program.SizeBytes, right.Program.SizeBytes, "larger", "smaller"));
        yield return Time("Made in", left.Program.MadeInMs, right.Program.MadeInMs);
    }

    private static IEnumerable<ComparisonRow> PerClass(VersionReport left, VersionReport right)
    {
        var before = (left.Synthesis?.Classification?.Classes ?? []).ToDictionary(score => score.Class, StringComparer.Ordinal);
        foreach (var score in right.Synthesis?.Classification?.Classes ?? [])
        {
            if (before.TryGetValue(score.Class, out var old))
            {
                yield return Share($"Recall of {score.Class}", old.Recall, score.Recall);
            }
        }
    }

    private static double? Traffic(ProgramSide side) => side.Matched + side.Mismatched is > 0 and var all ? (double)side.Matched / all : null;

    private static string Interval(Measured? measured) => measured is null ? Format.Unknown : Format.PercentInterval(measured.Low, measured.High);

    private static double? Milliseconds(VersionReport report) => report.Synthesis?.PredictMicroseconds / 1000 ?? report.Trial?.P50Ms;

    private static ComparisonRow Share(string name, double? left, double? right, string? help = null)
    {
        var change = right - left;
        return new(
            name, Format.Percent(left), Format.Percent(right), change is { } points ? Format.Change(points * 100, "points") : "",
            change is { } by ? Trends.Of(Math.Round(by, 4), higherIsBetter: true) : Trend.Neutral, help);
    }

    private static ComparisonRow Number(string name, long left, long right) => new(name, Format.Exact(left), Format.Exact(right));

    private static ComparisonRow Time(string name, double? left, double? right) =>
        new(name, Format.Duration(left), Format.Duration(right), left is { } from && right is { } to ? Times(from, to, "longer", "shorter") : "");

    private static string Times(double left, double right, string more, string less) => left <= 0 || right <= 0 ? "" : (right / left) switch
    {
        > 0.95 and < 1.05 => "the same",
        >= 1 and var factor => $"{Format.Short(Math.Round(factor, 1))} × {more}",
        var factor => $"{Format.Short(Math.Round(1 / factor, 1))} × {less}",
    };
}
