using System.Diagnostics.CodeAnalysis;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Packages;

/// <summary>
/// A range of versions as npm writes them: <c>^1.4</c>, <c>~2.0</c>, <c>&gt;=1 &lt;3</c>, <c>1.x</c>, <c>1.2 - 2</c>, alternatives with <c>||</c>. A pre-release
/// is only taken where the range names one of the same major, minor and patch.
/// </summary>
public sealed class SemanticRange : IEquatable<SemanticRange>
{
    public const int MaxLength = 256;

    private readonly IReadOnlyList<IReadOnlyList<VersionBound>> _alternatives;
    private readonly string _text;

    internal SemanticRange(string text, IReadOnlyList<IReadOnlyList<VersionBound>> alternatives)
    {
        _text = text;
        _alternatives = alternatives;
    }

    /// <exception cref="FormatException">The text is not a range.</exception>
    public static SemanticRange Parse(string text) => TryParse(text, out var range) ? range : throw new FormatException($"'{text}' is not a range of versions.");

    public static bool TryParse(string? text, [NotNullWhen(true)] out SemanticRange? range)
    {
        range = text is { Length: <= MaxLength } ? SemanticRangeParser.Parse(text) : null;
        return range is not null;
    }

    public bool Satisfies(SemanticVersion version) => _alternatives.Any(bounds => Satisfies(bounds, version));

    public bool Equals(SemanticRange? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as SemanticRange);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>As it was written, without superfluous space.</summary>
    public override string ToString() => _text;

    private static bool Satisfies(IReadOnlyList<VersionBound> bounds, SemanticVersion version) =>
        bounds.All(b => b.Holds(version)) && (!version.IsPrerelease || bounds.Any(b => b.Names(version)));
}

/// <summary>One condition of a range.</summary>
internal readonly record struct VersionBound(VersionRelation Relation, SemanticVersion Version)
{
    public bool Holds(SemanticVersion version)
    {
        var order = VersionComparer.VersionRelease.Compare(version, Version);
        return Relation switch
        {
            VersionRelation.Below => order < 0,
            VersionRelation.AtMost => order <= 0,
            VersionRelation.Above => order > 0,
            VersionRelation.AtLeast => order >= 0,
            VersionRelation.Exactly => order == 0,
            _ => throw new InvalidOperationException($"There is no relation {Relation}."),
        };
    }

    /// <summary>Whether this condition names a pre-release of the same version.</summary>
    public bool Names(SemanticVersion version) =>
        Version.IsPrerelease && Version.Major == version.Major && Version.Minor == version.Minor && Version.Patch == version.Patch;
}

internal enum VersionRelation
{
    Below,
    AtMost,
    Above,
    AtLeast,
    Exactly,
}
