using System.Globalization;
using System.Text.RegularExpressions;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Packages;

/// <summary>Reads npm's grammar of ranges, and turns its short forms into plain conditions.</summary>
internal static partial class SemanticRangeParser
{
    /// <summary>The lowest pre-release: <c>&lt;2.0.0-0</c> leaves 2.0.0's own pre-releases out too.</summary>
    private const string Lowest = "0";

    private static readonly VersionBound Anything = new(VersionRelation.AtLeast, new SemanticVersion(0, 0, 0));

    private static readonly VersionBound Nothing = new(VersionRelation.Below, new SemanticVersion(0, 0, 0, Lowest));

    public static SemanticRange? Parse(string text)
    {
        var alternatives = text.Split("||").Select(a => (Text: Spaces().Replace(a.Trim(), " "), Bounds: Bounds(a))).ToList();
        return alternatives.Exists(a => a.Bounds is null)
            ? null
            : new SemanticRange(string.Join(" || ", alternatives.Select(a => a.Text.Length == 0 ? "*" : a.Text)), [.. alternatives.Select(a => a.Bounds!)]);
    }

    private static List<VersionBound>? Bounds(string text)
    {
        if (Hyphen().Match(text) is { Success: true } hyphen)
        {
            return Partial.Read(hyphen.Groups["from"].Value) is { } from && Partial.Read(hyphen.Groups["to"].Value) is { } to
                ? [.. AtLeast(from), .. AtMost(to)]
                : null;
        }

        var bounds = new List<VersionBound>();
        foreach (var part in AfterOperator().Replace(text.Trim(), "$1").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var simple = Simple().Match(part);
            if (!simple.Success || Partial.Read(simple.Groups["version"].Value) is not { } partial || Simple(simple.Groups["operator"].Value, partial) is not { } some)
            {
                return null;
            }

            bounds.AddRange(some);
        }

        return bounds is [] ? [Anything] : bounds;
    }

    private static IEnumerable<VersionBound>? Simple(string relation, Partial version) => relation switch
    {
        "" or "=" => Same(version),
        "^" => Caret(version),
        "~" or "~>" => Tilde(version),
        ">=" => AtLeast(version),
        "<=" => AtMost(version),
        ">" => version.IsWhole ? [new(VersionRelation.Above, version.First())] : version.Major is null ? [Nothing] : [new(VersionRelation.AtLeast, version.Following(""))],
        "<" => version.IsWhole ? [new(VersionRelation.Below, version.First())] : version.Major is null ? [Nothing] : [new(VersionRelation.Below, version.First(Lowest))],
        _ => null,
    };

    private static IEnumerable<VersionBound> Same(Partial version) => version switch
    {
        { IsWhole: true } => [new(VersionRelation.Exactly, version.First())],
        { Major: null } => [Anything],
        _ => [new(VersionRelation.AtLeast, version.First()), new(VersionRelation.Below, version.Following(Lowest))],
    };

    private static IEnumerable<VersionBound> AtLeast(Partial version) => [version.Major is null ? Anything : new(VersionRelation.AtLeast, version.First())];

    private static IEnumerable<VersionBound> AtMost(Partial version) => version switch
    {
        { IsWhole: true } => [new(VersionRelation.AtMost, version.First())],
        { Major: null } => [Anything],
        _ => [new(VersionRelation.Below, version.Following(Lowest))],
    };

    /// <summary>What leaves the leftmost figure that is not zero as it is.</summary>
    private static IEnumerable<VersionBound> Caret(Partial version)
    {
        if (version.Major is not { } major)
        {
            return [Anything];
        }

        var below = (major, version.Minor, version.Patch) switch
        {
            (> 0, _, _) or (_, null, _) => new SemanticVersion(major + 1, 0, 0, Lowest),
            (_, > 0 and var minor, _) => new SemanticVersion(0, minor + 1, 0, Lowest),
            (_, _, null) => new SemanticVersion(0, 1, 0, Lowest),
            (_, _, { } patch) => new SemanticVersion(0, 0, patch + 1, Lowest),
        };
        return [new(VersionRelation.AtLeast, version.First()), new(VersionRelation.Below, below)];
    }

    private static IEnumerable<VersionBound> Tilde(Partial version) => version.Major is null
        ? [Anything]
        : [new(VersionRelation.AtLeast, version.First()), new(VersionRelation.Below, (version with { Patch = null }).Following(Lowest))];

    [GeneratedRegex(@"^\s*(?<from>[^\s<>=~^]+)\s+-\s+(?<to>[^\s<>=~^]+)\s*$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Hyphen();

    [GeneratedRegex(@"\A(?<operator>\^|~>|~|>=|<=|>|<|=|)(?<version>[^<>=~^]+)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Simple();

    [GeneratedRegex(@"([<>=~^])\s+(?=[^\s<>=~^])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AfterOperator();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();

    /// <summary>A version of which the end may be open: <c>1</c>, <c>1.2</c>, <c>1.2.x</c>.</summary>
    private sealed partial record Partial(int? Major, int? Minor, int? Patch, string Release)
    {
        public bool IsWhole => Patch is not null;

        public static Partial? Read(string text)
        {
            var match = Form().Match(text);
            if (!match.Success)
            {
                return null;
            }

            int?[] figures = [Figure(match.Groups["major"]), Figure(match.Groups["minor"]), Figure(match.Groups["patch"])];
            var open = Array.IndexOf(figures, null) is >= 0 and var first ? first : figures.Length;
            return figures.Any(f => f < 0) || figures[open..].Any(f => f is not null) || (match.Groups["release"].Success && open < figures.Length)
                ? null
                : new Partial(open > 0 ? figures[0] : null, open > 1 ? figures[1] : null, open > 2 ? figures[2] : null, match.Groups["release"].Value);
        }

        /// <summary>The lowest version that this stands for.</summary>
        public SemanticVersion First(string? release = null) => new(Major ?? 0, Minor ?? 0, Patch ?? 0, release ?? Release);

        /// <summary>The lowest version above all that this stands for.</summary>
        public SemanticVersion Following(string release) => Minor is { } minor ? new(Major ?? 0, minor + 1, 0, release) : new((Major ?? 0) + 1, 0, 0, release);

        /// <summary>Null for an open figure, negative for one that is too big to count on.</summary>
        private static int? Figure(Group figure) => figure.Value is "" or "x" or "X" or "*"
            ? null
            : int.TryParse(figure.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < int.MaxValue ? value : -1;

        [GeneratedRegex(@"\A[v=]?(?<major>0|[1-9][0-9]*|[xX*])(\.(?<minor>0|[1-9][0-9]*|[xX*])(\.(?<patch>0|[1-9][0-9]*|[xX*])(-(?<release>(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?(\+[0-9A-Za-z.-]+)?)?)?\z",
            RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
        private static partial Regex Form();
    }
}
