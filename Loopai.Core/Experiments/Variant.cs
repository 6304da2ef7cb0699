using System.Text.Json;

namespace Loopai.Core.Experiments;

/// <summary>One of the things that an experiment compares.</summary>
/// <param name="Key">Its name for programs, unique in the experiment.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Version">The version of the task that answers.</param>
/// <param name="Weight">Its share of the units that take part, in steps of 0.0001; all weights add up to 1. A shadow's is 0.</param>
/// <param name="Parameters">What a caller is told along with the variant, a JSON object; null for nothing.</param>
/// <param name="Shadow">Whether it runs beside the control without its answer being used.</param>
public sealed record Variant(string Key, string Name, int Version, double Weight, JsonElement? Parameters = null, bool Shadow = false)
{
    /// <summary>The same variant, whatever the white space of its parameters.</summary>
    public bool Equals(Variant? other) => other is not null
        && (Key, Name, Version, Weight, Shadow) == (other.Key, other.Name, other.Version, other.Weight, other.Shadow)
        && (Parameters is { } mine ? other.Parameters is { } theirs && JsonElement.DeepEquals(mine, theirs) : other.Parameters is null);

    public override int GetHashCode() => HashCode.Combine(Key, Name, Version, Weight, Shadow);
}

/// <param name="Name">The namespace.</param>
/// <param name="Start">Where the experiment's range begins, 0..1.</param>
/// <param name="End">Where it ends, exclusive.</param>
public sealed record NamespaceShare(string Name, double Start, double End)
{
    public bool Overlaps(NamespaceShare other) => Name == other.Name && Start < other.End && other.Start < End;
}

/// <param name="Unit">A tester.</param>
/// <param name="Variant">The key of the variant they get.</param>
public sealed record ForcedVariant(string Unit, string Variant);
